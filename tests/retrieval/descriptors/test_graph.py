"""Graphs as such; what the bundled one computes is in test_global_descriptor."""

import shutil
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.retrieval.descriptors.graph import Graph, engine_name
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.runtime.extras import Extra
from tests.support.extras import break_openvino, leave_out

MODEL = Path(__file__).resolve().parents[3] / "models" / "default"
BUNDLED = MODEL / "descriptor.xml"
DIMENSION = 512
DIMENSIONS = {"descriptor": DIMENSION, "semantic": 256}
WAIT_SECONDS = 60


@pytest.fixture(params=["OpenVINO", "OpenCV"])
def engine(request, monkeypatch):
    if request.param == "OpenCV":
        leave_out(monkeypatch, Extra.OPENVINO)
    return request.param


@pytest.fixture
def copied(tmp_path):
    for suffix in (".xml", ".onnx", ".bin"):
        shutil.copy(BUNDLED.with_suffix(suffix), tmp_path)
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


def same(one, other):
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) for name in one
    )


def test_the_engine_is_named(engine):
    assert engine_name().startswith(f"{engine} ")
    assert engine_name()[-1].isdigit()


def test_opencv_runs_networks_where_openvino_is_broken(monkeypatch, caplog):
    break_openvino(monkeypatch)
    assert engine_name().startswith("OpenCV ")
    assert "OpenVINO is installed but cannot be loaded" in caplog.text
    graph = Graph.open(BUNDLED, DIMENSION)
    assert graph.run(picture(64, 64))["descriptor"].any()


def test_one_network_serves_all_sizes_in_any_order(engine):
    sizes = [(96, 128), (128, 96), (64, 64), (96, 128)]
    graph, other = (Graph.open(BUNDLED, DIMENSION) for _ in range(2))
    there = [graph.run(picture(*size)) for size in sizes]
    back = [other.run(picture(*size)) for size in sizes[::-1]][::-1]
    assert all(same(one, two) for one, two in zip(there, back, strict=True))


def test_threads_take_turns(engine):
    graph = Graph.open(BUNDLED, DIMENSION)
    sizes = [(64, 96), (96, 64), (128, 96), (96, 96)]
    expected = [graph.run(picture(*size)) for size in sizes]
    right = []

    def ask(size, results):
        right.append(all(same(graph.run(picture(*size)), results) for _ in range(5)))

    asking = [
        threading.Thread(target=ask, args=each, daemon=True)
        for each in zip(sizes, expected, strict=True)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(WAIT_SECONDS)
    assert right == [True] * len(sizes)


@pytest.mark.parametrize("name", ["descriptor", "semantic"])
@pytest.mark.parametrize("all_classes", [False, True])
def test_both_engines_agree(name, all_classes, monkeypatch):
    path = MODEL / f"{name}.xml"
    # Of the sides that the model is for.
    sizes = [(260, 260)] if name == "semantic" else [(224, 224), (192, 256), (256, 192)]
    noise = [picture(*size) for size in sizes]
    seen = [*noise, *(cv2.GaussianBlur(one, (0, 0), 4) for one in noise)]
    exact = Graph.open(path, DIMENSIONS[name], all_classes=all_classes)
    expected = [exact.run(one) for one in seen]
    leave_out(monkeypatch, Extra.OPENVINO)
    graph = Graph.open(path, DIMENSIONS[name], all_classes=all_classes)
    for one, results in zip(seen, expected, strict=True):
        found = graph.run(one)
        assert ("probabilities" in found) == all_classes
        assert found.keys() == results.keys()
        for output, right in results.items():
            assert found[output].shape == right.shape, output
            assert np.allclose(found[output], right, rtol=1e-4, atol=1e-5), output
        assert np.dot(found["descriptor"], results["descriptor"]) > 0.999999


def test_what_was_computed_stays_when_the_next_picture_comes(engine):
    graph = Graph.open(BUNDLED, DIMENSION)
    first = graph.run(picture(96, 128))
    kept = {name: array.copy() for name, array in first.items()}
    graph.run(picture(128, 96))
    graph.run(picture(96, 96))
    assert same(first, kept)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux tells it")
def test_the_weights_file_is_not_kept_in_memory(copied, engine):
    graph = Graph.open(copied, DIMENSION)
    graph.run(picture(64, 96))
    assert resident_kb(copied.with_suffix(".bin")) < 500


@pytest.mark.parametrize("suffix", [".xml", ".bin"])
def test_a_missing_file_is_named(copied, engine, suffix):
    copied.with_suffix(suffix).unlink()
    with pytest.raises(MissingArtefactError, match=rf"descriptor\{suffix} .*train"):
        Graph.open(copied, DIMENSION)


def test_a_model_of_before_is_still_run_and_opencv_says_what_it_lacks(
    copied, monkeypatch
):
    copied.with_suffix(".onnx").unlink()
    assert Graph.open(copied, DIMENSION).run(picture(64, 64))["descriptor"].any()
    leave_out(monkeypatch, Extra.OPENVINO)
    with pytest.raises(MissingArtefactError) as raised:
        Graph.open(copied, DIMENSION)
    assert str(raised.value) == (
        f"{copied.with_suffix('.onnx')} does not exist. "
        f"Make it with: python -m app convert {copied.parent}"
    )


@pytest.mark.parametrize("length", [0, 100_000])
def test_a_weights_file_that_was_cut_off_is_called_damaged(copied, engine, length):
    weights = copied.with_suffix(".bin")
    weights.write_bytes(weights.read_bytes()[:length])
    with pytest.raises(DamagedArtefactError, match="damaged") as raised:
        Graph.open(copied, DIMENSION)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"no graph", None])
def test_a_broken_graph_is_called_damaged(copied, monkeypatch, content):
    leave_out(monkeypatch, Extra.OPENVINO)
    graph = copied.with_suffix(".onnx")
    graph.write_bytes(graph.read_bytes()[:3_000] if content is None else content)
    with pytest.raises(DamagedArtefactError, match=r"descriptor\.onnx is damaged: "):
        Graph.open(copied, DIMENSION)


@pytest.mark.parametrize("said", ["Unknown exception from OpenCV code", ""])
def test_an_error_of_opencv_is_not_called_by_the_name_of_one_before(
    copied, monkeypatch, said
):
    def fail(*_):
        raise cv2.error(said)

    with pytest.raises(cv2.error, match=r"src\.empty"):
        cv2.cvtColor(np.empty((0, 0, 3), np.uint8), cv2.COLOR_RGB2GRAY)
    leave_out(monkeypatch, Extra.OPENVINO)
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", fail)
    with pytest.raises(DamagedArtefactError, match=f"damaged: {said or 'error'}"):
        Graph.open(copied, DIMENSION)


def test_a_graph_of_other_descriptors_is_called_damaged(engine):
    with pytest.raises(DamagedArtefactError, match="512 long, not 64"):
        Graph.open(BUNDLED, 64)
