"""Networks in OpenCV; that they agree with OpenVINO's is in test_graph."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from tests.support.waiting import SCRIPT_SECONDS

ROOT = Path(__file__).resolve().parents[3]
BUNDLED = ROOT / "models" / "default"
THREADS = """
import sys
from pathlib import Path
import numpy as np
from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.runtime.threads import limit_threads

TASKS = Path("/proc/self/task")
limit_threads(int(sys.argv[1]))
before = len(list(TASKS.iterdir()))
network = OpenCVNetwork(Path("models/default/descriptor.onnx"), all_classes=False)
for _ in range(3):
    network.run(np.zeros((256, 192, 3), np.uint8))
print(len(list(TASKS.iterdir())) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux tells it")
def test_it_uses_the_threads_of_the_process():
    started = []
    for threads in (1, 3):
        done = subprocess.run(
            [sys.executable, "-c", THREADS, str(threads)],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=SCRIPT_SECONDS,
            check=True,
        )
        started.append(int(done.stdout))
    assert started == [0, 2]


def test_it_is_loaded_again_when_it_is_needed_and_not_before():
    network = OpenCVNetwork(BUNDLED / "semantic.onnx", all_classes=False)
    assert network.dimension == 256
    assert "_network" not in vars(network)


def test_a_network_that_describes_nothing_is_refused(tmp_path):
    graph = (BUNDLED / "descriptor.onnx").read_bytes()
    (tmp_path / "descriptor.onnx").write_bytes(
        graph.replace(b"\x0adescriptor", b"\x0adescriptaa")
    )
    (tmp_path / "descriptor.bin").symlink_to(BUNDLED / "descriptor.bin")
    with pytest.raises(ValueError, match="no output 'descriptor'"):
        OpenCVNetwork(tmp_path / "descriptor.onnx", all_classes=False)
