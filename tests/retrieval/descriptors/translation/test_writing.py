"""Translation to ONNX; what OpenCV makes of it is in test_graph."""

import shutil
from pathlib import Path

import onnx
import pytest

from app.retrieval.descriptors.translation.writing import write_onnx
from app.retrieval.errors import TrainingError

BUNDLED = Path(__file__).resolve().parents[4] / "models" / "default"
SIZES = {
    "descriptor": [(224, 224), (192, 256), (256, 192)],
    "semantic": [(260, 260)],
}


@pytest.fixture
def copied(tmp_path):
    def copy(name):
        for suffix in (".xml", ".bin"):
            shutil.copy(BUNDLED / f"{name}{suffix}", tmp_path)
        return tmp_path / f"{name}.xml"

    return copy


@pytest.mark.parametrize("name", SIZES)
def test_the_bundled_graph_is_that_of_the_bundled_network(copied, name):
    written = write_onnx(copied(name), SIZES[name])
    assert written.read_bytes() == (BUNDLED / f"{name}.onnx").read_bytes()


@pytest.mark.parametrize("name", SIZES)
def test_it_is_valid_and_holds_no_weights_of_its_own(name):
    path = BUNDLED / f"{name}.onnx"
    onnx.checker.check_model(str(path))
    assert path.stat().st_size < 50_000
    graph = onnx.load(path, load_external_data=False).graph
    outside = [t for t in graph.initializer if t.data_location == t.EXTERNAL]
    used = sum(
        int(fact.value)
        for tensor in outside
        for fact in tensor.external_data
        if fact.key == "length"
    )
    assert used >= 0.9 * (BUNDLED / f"{name}.bin").stat().st_size
    assert {
        f.value for t in outside for f in t.external_data if f.key == "location"
    } == {f"{name}.bin"}


def test_padding_is_of_the_size_that_it_is_for(copied):
    """Halving an even side, a row is added behind; of an odd one, one at either end."""
    graph = copied("semantic")

    def first_pads(side):
        path = write_onnx(graph, [(side, side)])
        nodes = onnx.load(path, load_external_data=False).graph.node
        convolution = next(node for node in nodes if node.op_type == "Conv")
        [pads] = [a.ints for a in convolution.attribute if a.name == "pads"]
        return list(pads)

    assert first_pads(260) == [0, 0, 1, 1]
    assert first_pads(261) == [1, 1, 1, 1]


def test_sizes_that_are_padded_differently_are_refused(copied):
    graph = copied("semantic")
    with pytest.raises(
        TrainingError, match="pads pictures of 261×261 pixels otherwise"
    ):
        write_onnx(graph, [(260, 260), (261, 261)])
    assert not graph.with_suffix(".onnx").exists()


def test_an_unknown_operation_is_named(copied):
    graph = copied("descriptor")
    text = graph.read_text("utf-8")
    graph.write_text(text.replace('type="Log"', 'type="Sqrt"'), "utf-8")
    with pytest.raises(TrainingError, match="Sqrt is not known"):
        write_onnx(graph, SIZES["descriptor"])
