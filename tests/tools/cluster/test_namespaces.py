"""Networks of a process's own: machines reach each other, and nothing stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.configuration.load import ROOT
from tests.support.namespaces import missing_namespaces
from tests.support.waiting import WAIT_SECONDS
from tools.cluster.namespaces import NoNamespacesError

pytestmark = pytest.mark.skipif(
    missing_namespaces() != "", reason=missing_namespaces() or "they work"
)

BEGIN = """
import os, socket, subprocess, sys, time
from tools.cluster.namespaces import Network, isolate
outside = socket.create_server(("127.0.0.1", 0))
isolate()
"""
TWO_MACHINES = f"""{BEGIN}
with Network.opened() as network:
    one, two = network.add("one"), network.add("two")
    said = two.run(lambda: subprocess.check_output(["hostname"], text=True))
    assert said == "two\\n", said
    listening = one.run(lambda: socket.create_server((one.address, 7000)))

    def reaches(attempts=1):
        for _ in range(attempts):
            try:
                socket.create_connection((one.address, 7000), 1).close()
                return True
            except OSError:
                pass
        return False

    assert two.run(reaches) and reaches()
    network.cut(one)
    assert not two.run(reaches)
    network.mend(one)
    # The first packets may be lost, until both sides have found each other again.
    assert two.run(lambda: reaches(20))
    own = [sys.executable, "-c", "import os; print(os.getpid())"]
    assert two.run(lambda: subprocess.check_output(own), alone=True) == b"1\\n"
sys.exit(7)
"""
LEFT = f"""{BEGIN}
with Network.opened() as network:
    machine = network.add("one")
    words = [sys.executable, "-c", "import sys, time; time.sleep(600)", sys.argv[1]]
    machine.run(lambda: subprocess.Popen(words), alone=True)
    print("running", flush=True)
    time.sleep(600)
"""


def run(code, *words, **options):
    command = [sys.executable, "-c", code, *words]
    return subprocess.Popen(command, cwd=ROOT, **options)


def processes_with(word):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(path)
        except OSError:
            continue  # it has ended
    return found


def test_machines_reach_each_other_and_have_names_of_their_own():
    assert run(TWO_MACHINES).wait(WAIT_SECONDS) == 7


def test_whatever_is_killed_nothing_stays(tmp_path):
    process = run(LEFT, str(tmp_path), stdout=subprocess.PIPE)
    with process:
        assert process.stdout.readline() == b"running\n"
        assert len(processes_with(str(tmp_path))) > 1
        os.kill(process.pid, signal.SIGKILL)
    end = time.monotonic() + WAIT_SECONDS
    while processes_with(str(tmp_path)):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_system_that_allows_none_is_told_of_in_one_sentence():
    told = str(NoNamespacesError("Operation not permitted"))
    assert "Operation not permitted" in told
    assert "as root" in told
