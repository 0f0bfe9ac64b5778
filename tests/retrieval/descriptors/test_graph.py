"""Graphs as such; what the bundled one computes is in test_global_descriptor."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.graph import Graph
from app.retrieval.errors import DamagedArtefactError

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default" / "descriptor.xml"
DIMENSION = 256


@pytest.fixture
def copied(tmp_path):
    for file in (BUNDLED, BUNDLED.with_suffix(".bin")):
        shutil.copy(file, tmp_path)
    return tmp_path / BUNDLED.name


def picture(height, width):
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)


def resident_kb(file):
    """Return how much of a file this process has in memory."""
    total, is_it = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if " " in line.partition(":")[0]:
            is_it = line.endswith(str(file))
        elif is_it and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


def test_one_network_serves_all_sizes_in_any_order():
    sizes = [(96, 128), (128, 96), (64, 64), (96, 128)]
    graph, other = (Graph.open(BUNDLED, DIMENSION) for _ in range(2))
    there = [graph.run(picture(*size)) for size in sizes]
    back = [other.run(picture(*size)) for size in sizes[::-1]][::-1]
    for one, two in zip(there, back, strict=True):
        assert one.keys() == two.keys()
        assert all(np.array_equal(one[name], two[name]) for name in one)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux tells it")
def test_the_weights_file_is_not_kept_in_memory(copied):
    graph = Graph.open(copied, DIMENSION)
    graph.run(picture(64, 96))
    assert resident_kb(copied.with_suffix(".bin")) < 500


def test_an_empty_weights_file_is_called_damaged(copied):
    copied.with_suffix(".bin").write_bytes(b"")
    with pytest.raises(DamagedArtefactError, match="damaged"):
        Graph.open(copied, DIMENSION)


def test_a_graph_of_other_descriptors_is_called_damaged():
    with pytest.raises(DamagedArtefactError, match="256 long, not 64"):
        Graph.open(BUNDLED, 64)
