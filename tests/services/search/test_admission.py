import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from app.services.search.admission import QueueFullError, Turnstile
from tests.support.waiting import WAIT_SECONDS, ended

HOLDER = """
import sys, time
from pathlib import Path
from app.services.search.admission import Turnstile
with Turnstile(Path(sys.argv[1]), places=1, waiting=9).turn():
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
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait(WAIT_SECONDS)


def test_as_many_have_a_turn_at_a_time_as_there_are_places(folder):
    turnstile = Turnstile(folder, places=2, waiting=20)
    lock = threading.Lock()
    inside, most = 0, 0

    def visit():
        nonlocal inside, most
        with turnstile.turn():
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
    turnstile = Turnstile(folder, places=1, waiting=20)
    served = []

    def visit(number):
        with Turnstile(folder, places=1, waiting=20).turn():
            served.append(number)

    visitors = []
    with turnstile.turn():
        for number in range(10):
            visitors.append(threading.Thread(daemon=True, target=visit, args=[number]))
            visitors[-1].start()
            line_of(folder, number + 1)
    ended(*visitors)
    assert served == list(range(10))


def test_beyond_the_line_people_are_told_when_to_come_back(folder):
    turnstile = Turnstile(folder, places=1, waiting=2)

    def visit():
        with turnstile.turn():
            pass

    with turnstile.turn():
        visitors = [threading.Thread(daemon=True, target=visit) for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        line_of(folder, 2)
        with pytest.raises(QueueFullError) as error, turnstile.turn():
            pass
    assert error.value.retry_seconds == 1
    ended(*visitors)
    with turnstile.turn():
        pass  # there is room again


def test_without_any_line_a_free_place_is_still_given(folder):
    turnstile = Turnstile(folder, places=1, waiting=0)
    with turnstile.turn(), pytest.raises(QueueFullError), turnstile.turn():
        pass
    with turnstile.turn():
        pass


def test_the_longer_turns_last_the_later_people_are_asked_back(folder):
    turnstile = Turnstile(folder, places=1, waiting=0)
    for _ in range(3):
        with turnstile.turn():
            time.sleep(0.001)
    slow = Turnstile(folder, places=1, waiting=0)
    slow._turn_seconds = 20
    with turnstile.turn():
        assert refusal(turnstile) == 1
        assert refusal(slow) == 20


def refusal(turnstile):
    with pytest.raises(QueueFullError) as error, turnstile.turn():
        pass
    return error.value.retry_seconds


def test_a_turn_that_fails_is_over(folder):
    turnstile = Turnstile(folder, places=1, waiting=0)
    with pytest.raises(ZeroDivisionError), turnstile.turn():
        raise ZeroDivisionError
    with turnstile.turn():
        pass


def test_other_processes_wait_too(folder, other_process):
    turnstile = Turnstile(folder, places=1, waiting=9)
    with turnstile.turn():
        other = other_process()
        line_of(folder, 1)
    assert other.stdout.readline() == b"inside\n"
    with pytest.raises(QueueFullError):
        Turnstile(folder, places=1, waiting=0)._wait()


def test_a_process_killed_in_its_turn_gives_its_place_back(folder, other_process):
    holder = other_process()
    assert holder.stdout.readline() == b"inside\n"
    kill(holder)
    with Turnstile(folder, places=1, waiting=0).turn():
        pass


def test_nobody_waits_for_a_process_killed_in_line(folder, other_process):
    turnstile = Turnstile(folder, places=1, waiting=9)
    served = threading.Event()

    def visit():
        with turnstile.turn():
            served.set()

    with turnstile.turn():
        dead = other_process()
        line_of(folder, 1)
        behind = threading.Thread(daemon=True, target=visit)
        behind.start()
        line_of(folder, 2)
        kill(dead)
    assert served.wait(10)
    ended(behind)
    assert not list(folder.glob("*.ticket"))


def test_the_dead_do_not_count_as_waiting(folder, other_process):
    def visit():
        with Turnstile(folder, places=1, waiting=1).turn():
            pass

    with Turnstile(folder, places=1, waiting=9).turn():
        dead = other_process()
        line_of(folder, 1)
        kill(dead)
        joined = threading.Thread(daemon=True, target=visit)
        joined.start()
        until(lambda: [path.stem for path in folder.glob("*.ticket")] == ["1"])
    ended(joined)
