"""Server and worker together, as a museum starts them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app.configuration.load import ROOT
from app.extensions import db
from app.factory import create_app
from app.services.system import database
from tests.support.databases import environ_of
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.slow

AT_ITS_LAST_STEPS = """
import signal, sys, time

def leave(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(float(sys.argv[1]))
    sys.exit(0)

signal.signal(signal.SIGTERM, leave)
sys.stdout.write("ready\\n")
sys.stdout.flush()
time.sleep(60)
"""
"""A program that a second signal kills, as Python is while it takes itself down."""


def children(process):
    """Map what each direct child was started as to its number."""
    numbers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    commands = {n: Path(f"/proc/{n}/cmdline").read_text() for n in numbers.split()}
    return {
        name: int(n)
        for n, command in commands.items()
        for name in ("gunicorn", "worker")
        if f"\0{name}\0" in command
    }


def until(is_true):
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def served(tmp_path, unused_tcp_port):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        database.upgrade()
        db.session.remove()
        db.engine.dispose()
    environ = {
        **environ_of(tmp_path),
        "MORELLI_INSTANCE": str(tmp_path),
        "MORELLI_PORT": str(unused_tcp_port),
    }
    process = subprocess.Popen(
        [sys.executable, "serve.py"], cwd=ROOT, env=environ, start_new_session=True
    )
    yield process, f"http://127.0.0.1:{unused_tcp_port}/healthz"
    process.kill()
    process.wait(WAIT_SECONDS)


@pytest.fixture
def unused_tcp_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def is_alive(address):
    try:
        with urllib.request.urlopen(address, timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own
            return answer.status == 200
    except OSError:
        return False


def test_both_run_and_end_together(served):
    process, address = served
    until(lambda: is_alive(address))
    started = children(process)
    assert set(started) == {"gunicorn", "worker"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not [n for n in started.values() if Path(f"/proc/{n}").exists()]


def test_a_worker_that_dies_is_started_again_and_the_server_goes_on(served):
    process, address = served
    until(lambda: is_alive(address))
    first = children(process)
    os.kill(first["worker"], signal.SIGKILL)
    until(lambda: children(process).get("worker", first["worker"]) != first["worker"])
    assert is_alive(address)
    assert children(process)["gunicorn"] == first["gunicorn"]
    os.kill(first["gunicorn"], signal.SIGKILL)
    assert process.wait(60) != 0
    assert not Path(f"/proc/{first['gunicorn']}").exists()


def test_a_stopped_server_ends_as_it_says_itself():
    program = (
        "import sys; from app.programs import serve; "
        "serve.PREFLIGHT = '-c', ''; "
        f"serve.SERVER = '-c', {AT_ITS_LAST_STEPS!r}, '2'; "
        f"serve.WORKER = '-c', {AT_ITS_LAST_STEPS!r}, '0'; "
        "sys.exit(serve.main())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == [b"ready\n"] * 2
        process.terminate()
        assert process.wait(WAIT_SECONDS) == 0


def test_stopped_while_it_starts_it_leaves_nothing_behind():
    program = (
        "import os, signal, sys\n"
        "from app.programs import serve\n"
        "serve.PREFLIGHT = '-c', ''\n"
        f"serve.SERVER = serve.WORKER = '-c', {AT_ITS_LAST_STEPS!r}, '0'\n"
        "begin = serve.start\n"
        "def start(arguments):\n"
        "    process = begin(arguments)\n"
        "    print(process.pid, file=sys.stderr, flush=True)\n"
        "    if arguments != serve.PREFLIGHT:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return process\n"
        "serve.start = start\n"
        "serve.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    started = [int(line) for line in ended.stderr.split()]
    assert len(started) == 3
    assert not [number for number in started if Path(f"/proc/{number}").exists()]
