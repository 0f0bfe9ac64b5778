import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.search.admission import AdmissionQueue, QueueFullError
from tests.support.waiting import WAIT_SECONDS, ended

HOLDER = """
import sys, time
from pathlib import Path
from app.services.search.admission import AdmissionQueue
with AdmissionQueue(Path(sys.argv[1]), places=1, waiting=9).admit():
    print("inside", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "turnstile"


@pytest.fixture
def other_process(folder):
    """Start processes that take a turn and keep it; they are killed at the end."""
    started = []

    def start():
        command = [sys.executable, "-c", HOLDER, str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)


def line_of(folder, length):
    """Wait until so many stand in line."""
    until(lambda: len(list(folder.glob("*.ticket"))) == length)


def until(is_true):
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait(WAIT_SECONDS)


def test_as_many_have_a_turn_at_a_time_as_there_are_places(folder):
    queue = AdmissionQueue(folder, places=2, waiting=20)
    lock = threading.Lock()
    inside, most = 0, 0

    def visit():
        nonlocal inside, most
        with queue.admit():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    visitors = [threading.Thread(daemon=True, target=visit) for _ in range(12)]
    for visitor in visitors:
        visitor.start()
    ended(*visitors)
    assert most == 2
    assert not list(folder.glob("*.ticket"))


def test_who_comes_first_is_served_first(folder):
    queue = AdmissionQueue(folder, places=1, waiting=20)
    served = []

    def visit(number):
        with AdmissionQueue(folder, places=1, waiting=20).admit():
            served.append(number)

    visitors = []
    with queue.admit():
        for number in range(10):
            visitors.append(threading.Thread(daemon=True, target=visit, args=[number]))
            visitors[-1].start()
            line_of(folder, number + 1)
    ended(*visitors)
    assert served == list(range(10))


def visits(folder, senders, *, waiting):
    """Let senders come in this order while the only place is taken; who is served?"""
    served, visitors = [], []

    def visit(number, sender):
        with AdmissionQueue(folder, places=1, waiting=waiting).admit(sender):
            served.append((sender, number))

    with AdmissionQueue(folder, places=1, waiting=waiting).admit("taken"):
        for number, sender in enumerate(senders):
            arguments = [number, sender]
            visitors.append(threading.Thread(daemon=True, target=visit, args=arguments))
            visitors[-1].start()
            line_of(folder, number + 1)
    ended(*visitors)
    return served


def test_senders_are_served_in_turn(folder):
    served = visits(folder, ["many"] * 5 + ["one", "two", "two"], waiting=20)
    assert served == [
        *(("many", 0), ("one", 5), ("two", 6)),
        *(("many", 1), ("two", 7)),
        *(("many", 2), ("many", 3), ("many", 4)),
    ]


@given(st.lists(st.sampled_from("abc"), max_size=7))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_waits_for_more_than_one_of_each_other_sender(folder, senders):
    served = visits(folder, senders, waiting=20)
    assert sorted(number for _, number in served) == list(range(len(senders)))
    for sender in set(senders):
        own = [number for by, number in served if by == sender]
        assert own == sorted(own)
        before = [by for by, _ in served][: served.index((sender, own[0]))]
        assert len(before) == len(set(before))


def test_one_sender_fills_half_the_line(folder):
    queue = AdmissionQueue(folder, places=1, waiting=4)

    def visit(sender):
        with queue.admit(sender):
            pass

    def refused(sender):
        with pytest.raises(QueueFullError), queue.admit(sender):
            pass

    visitors = []
    with queue.admit("taken"):
        for number, sender in enumerate(("many", "many", "one", "two")):
            if number == 2:
                refused("many")
            arguments = [sender]
            visitors.append(threading.Thread(daemon=True, target=visit, args=arguments))
            visitors[-1].start()
            line_of(folder, number + 1)
        refused("three")
    ended(*visitors)


def test_beyond_the_line_people_are_told_when_to_come_back(folder):
    queue = AdmissionQueue(folder, places=1, waiting=2)

    def visit(sender):
        with queue.admit(sender):
            pass

    with queue.admit():
        visitors = [
            threading.Thread(daemon=True, target=visit, args=[sender])
            for sender in ("one", "another")
        ]
        for visitor in visitors:
            visitor.start()
        line_of(folder, 2)
        with pytest.raises(QueueFullError) as error, queue.admit():
            pass
    assert error.value.retry_seconds == 1
    ended(*visitors)
    with queue.admit():
        pass  # there is room again


def test_without_any_line_a_free_place_is_still_given(folder):
    queue = AdmissionQueue(folder, places=1, waiting=0)
    with queue.admit(), pytest.raises(QueueFullError), queue.admit():
        pass
    with queue.admit():
        pass


def test_the_longer_turns_last_the_later_people_are_asked_back(folder):
    queue = AdmissionQueue(folder, places=1, waiting=0)
    for _ in range(3):
        with queue.admit():
            time.sleep(0.001)
    slow = AdmissionQueue(folder, places=1, waiting=0)
    slow._turn_seconds = 20
    with queue.admit():
        assert refusal(queue) == 1
        assert refusal(slow) == 20


def refusal(queue):
    with pytest.raises(QueueFullError) as error, queue.admit():
        pass
    return error.value.retry_seconds


def test_a_turn_that_fails_is_over(folder):
    queue = AdmissionQueue(folder, places=1, waiting=0)
    with pytest.raises(ZeroDivisionError), queue.admit():
        raise ZeroDivisionError
    with queue.admit():
        pass


def test_other_processes_wait_too(folder, other_process):
    queue = AdmissionQueue(folder, places=1, waiting=9)
    with queue.admit():
        other = other_process()
        line_of(folder, 1)
    assert other.stdout.readline() == b"inside\n"
    with pytest.raises(QueueFullError):
        AdmissionQueue(folder, places=1, waiting=0)._wait("other")


def test_a_process_killed_in_its_turn_gives_its_place_back(folder, other_process):
    holder = other_process()
    assert holder.stdout.readline() == b"inside\n"
    kill(holder)
    with AdmissionQueue(folder, places=1, waiting=0).admit():
        pass


def test_nobody_waits_for_a_process_killed_in_line(folder, other_process):
    queue = AdmissionQueue(folder, places=1, waiting=9)
    served = threading.Event()

    def visit():
        with queue.admit():
            served.set()

    with queue.admit():
        dead = other_process()
        line_of(folder, 1)
        behind = threading.Thread(daemon=True, target=visit)
        behind.start()
        line_of(folder, 2)
        kill(dead)
    assert served.wait(WAIT_SECONDS)
    ended(behind)
    assert not list(folder.glob("*.ticket"))


def test_the_dead_do_not_count_as_waiting(folder, other_process):
    def visit():
        with AdmissionQueue(folder, places=1, waiting=1).admit():
            pass

    with AdmissionQueue(folder, places=1, waiting=9).admit():
        dead = other_process()
        line_of(folder, 1)
        kill(dead)
        joined = threading.Thread(daemon=True, target=visit)
        joined.start()
        until(
            lambda: [path.stem for path in folder.glob("*.ticket")] == ["0-1-anybody"]
        )
    ended(joined)


def test_who_does_not_wait_is_let_in_where_nobody_else_is(folder):
    queue = AdmissionQueue(folder, places=2, waiting=5)
    with queue.admit(waits=False), queue.admit(waits=False):
        with pytest.raises(QueueFullError), queue.admit(waits=False):
            pass
        assert not list(folder.glob("*.ticket"))
    with queue.admit(waits=False):
        pass
