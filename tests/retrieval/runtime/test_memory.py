"""What a process keeps of what it frees; in one of its own, for it holds for good."""

import subprocess
import sys

import pytest

BEFORE = """
import ctypes, resource, sys, threading
import numpy as np
from app.retrieval.runtime.memory import borrowed_memory, keep_freed_memory

if not hasattr(ctypes.CDLL(None), "malloc_trim"):
    sys.exit(77)
keep_freed_memory()

def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6

def use_much(block_mb=4):
    for block in [np.ones(block_mb << 20, np.uint8) for _ in range(60 // block_mb)]:
        block[0] = 0

before = resident_mb()
"""


def run(code):
    command = [sys.executable, "-c", BEFORE + code]
    done = subprocess.run(command, check=False, timeout=120)
    if done.returncode == 77:
        pytest.skip("this C library has no malloc_trim")
    assert done.returncode == 0


def test_freed_memory_is_kept_while_it_is_borrowed_and_then_given_back():
    run("""
with borrowed_memory():
    use_much()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    use_much()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt < faults + 100
    assert resident_mb() > before + 50
assert resident_mb() < before + 10
""")


def test_the_last_of_several_borrowers_gives_back():
    run("""
with borrowed_memory():
    thread = threading.Thread(target=borrowed_memory()(use_much))
    thread.start()
    thread.join(60)
    assert resident_mb() > before + 50
assert resident_mb() < before + 10
""")


def test_a_borrower_that_fails_has_ended_too():
    run("""
@borrowed_memory()
def fail():
    use_much()
    raise ValueError

try:
    fail()
except ValueError:
    assert resident_mb() < before + 10
else:
    sys.exit(1)
""")


def test_pixels_of_a_large_photo_are_never_kept():
    run("""
with borrowed_memory():
    use_much(block_mb=60)
    assert resident_mb() < before + 10
""")


def test_a_full_collection_looks_only_at_what_was_made_after_the_start():
    run("""
import gc
from app.retrieval.runtime.memory import spare_started_objects

kept = [[] for _ in range(100_000)]
spare_started_objects()
assert len(gc.get_objects()) < 1_000
fresh = []
fresh.append(fresh)
del fresh
assert gc.collect() >= 1
assert len(kept) == 100_000
""")


def test_what_a_started_process_has_made_is_collected_when_it_ends():
    code = """
from app.retrieval.runtime.memory import spare_started_objects

class Kept:
    def __del__(self):
        print("collected")

kept = Kept()
kept.itself = kept
spare_started_objects()
"""
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert said.stdout == b"collected\n"


def test_libraries_give_back_what_they_only_read_and_work_on():
    run("""
from pathlib import Path
from app.retrieval.runtime.memory import give_back_libraries

def numpy_kb():
    is_numpy, total = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, _, value = line.partition(":")
        if " " in name:
            is_numpy = " r-xp " in line and "/numpy" in line
        elif name == "Rss" and is_numpy:
            total += int(value.split()[0])
    return total

matrix = np.random.default_rng(7).random((60, 60))
whole = np.linalg.svd(matrix, compute_uv=False)
before = numpy_kb()
give_back_libraries()
assert 0 < before
assert numpy_kb() < before / 4
assert np.array_equal(np.linalg.svd(matrix, compute_uv=False), whole)
""")
