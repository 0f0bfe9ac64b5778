import subprocess
import sys

from app.configuration.load import ROOT
from tests.support.waiting import SCRIPT_SECONDS

LOADED = """
import sys
from pathlib import Path
from app.retrieval.runtime import openvino

tasks = Path("/proc/self/task")
before = set(tasks.iterdir()) if tasks.exists() else set()
openvino.load_plugin()
sys.exit(tasks.exists() and set(tasks.iterdir()) != before)
"""


def test_loading_the_plugin_starts_no_thread():
    """Threads would not be there any more in the processes that part from this one."""
    command = [sys.executable, "-c", LOADED]
    subprocess.run(command, cwd=ROOT, check=True, timeout=SCRIPT_SECONDS)
