"""Whether this system lets a test make networks of its own."""

import shutil
import subprocess
import sys
from functools import cache

from app.configuration.load import ROOT

TRY = """
from tools.cluster.namespaces import Network, NoNamespacesError, isolate
try:
    isolate()
except NoNamespacesError as error:
    raise SystemExit(str(error))
with Network.opened() as network:
    network.add("one")
"""


@cache
def missing_namespaces():
    """Return why it does not; empty if it does."""
    if shutil.which("ip") is None:
        return "there is no ip: apt-get install iproute2"
    command = [sys.executable, "-c", TRY]
    tried = subprocess.run(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    return tried.stderr.strip().partition("\n")[0] if tried.returncode else ""
