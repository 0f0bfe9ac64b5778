"""Parts that are started, killed and ended; their machine is this one."""

import sys
import time

import pytest

from tests.support.waiting import WAIT_SECONDS
from tools.cluster.parts import Part
from tools.cluster.supervisor import StartError, Supervisor, log_of

NAP = "import time; print('up', flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {NAP}"
FALL = "import sys; sys.exit('no room left')"


class ThisMachine:
    """Runs at once what a machine of the network would run."""

    address = "127.0.0.1"

    def run(self, act, *, alone=False):
        return act()


def part(folder, name, code, **environ):
    made = Part(
        name,
        ThisMachine(),  # type: ignore[arg-type]  # a stand-in
        folder,
        [sys.executable, "-c", code],
        lambda: log_of(made).exists() and "up" in log_of(made).read_text(),
        environ,
    )
    return made


@pytest.fixture
def supervise(tmp_path):
    made = []

    def make(**codes):
        parts = [part(tmp_path, name, code) for name, code in codes.items()]
        made.append(Supervisor(None, parts))  # type: ignore[arg-type]  # no cables here
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_parts_are_started_killed_and_started_again(supervise):
    supervisor = supervise(one=NAP, two=NAP)
    supervisor.start(["one", "two"])
    assert supervisor.is_running("one")
    assert supervisor.dead() == []
    supervisor.kill("one")
    assert supervisor.dead() == ["one"]
    assert supervisor.is_running("two")
    supervisor.start(["one", "two"])
    assert supervisor.dead() == []


def test_a_part_that_ends_at_once_is_told_with_its_last_words(supervise):
    supervisor = supervise(one=FALL)
    with pytest.raises(StartError, match=r"one does not answer.*no room left"):
        supervisor.start(["one"])


def test_who_does_not_end_when_asked_is_killed(supervise, monkeypatch):
    monkeypatch.setattr("tools.cluster.supervisor.GRACE_SECONDS", 0.1)
    supervisor = supervise(one=DEAF, two=NAP)
    supervisor.start(["one", "two"])
    begun = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begun < WAIT_SECONDS
    assert not supervisor.is_running("one")
    assert not supervisor.is_running("two")
