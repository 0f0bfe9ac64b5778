import mmap
import os

import numpy as np
import pytest

from bench.measure import Clock, memory_mb, peak_memory_mb, resident_parts_mb


def test_a_clock_adds_up_a_stage():
    clock = Clock()
    for _ in range(2):
        with clock.stage("one"):
            pass
    assert list(clock.seconds) == ["one"]
    assert clock.seconds["one"] > 0


def test_memory_is_of_the_process_asked_for():
    assert memory_mb(os.getpid())["Pss"] <= memory_mb()["Rss"] * 1.5
    assert peak_memory_mb() >= memory_mb()["Rss"] * 0.5


def test_the_parts_of_memory_are_all_of_it():
    assert sum(resident_parts_mb().values()) == pytest.approx(
        memory_mb()["Rss"], rel=0.05
    )


def test_arrays_are_a_process_own_and_mapped_files_are_not(tmp_path):
    path = tmp_path / "zeros.npy"
    np.save(path, np.zeros(30 << 20, np.uint8))
    before = resident_parts_mb()
    # Not of the heap, which may have room that other tests have left.
    fresh = mmap.mmap(-1, 60 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    own, mapped = np.frombuffer(fresh, np.uint8), np.load(path, mmap_mode="r")
    own[:] = 1
    assert own.any() > mapped.any()
    grown = {name: mb - before[name] for name, mb in resident_parts_mb().items()}
    assert grown["own"] == pytest.approx(60, abs=3)
    assert grown["other files"] == pytest.approx(30, abs=3)
    assert grown["libraries"] == pytest.approx(0, abs=3)
