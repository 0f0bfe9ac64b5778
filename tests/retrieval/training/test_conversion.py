"""Conversion of a model folder of before, and what is refused."""

import shutil
from pathlib import Path

import pytest

from app.retrieval.descriptors.translation.writing import write_onnx
from app.retrieval.errors import (
    DamagedArtefactError,
    MissingArtefactError,
    TrainingError,
)
from app.retrieval.model import model_id_of
from app.retrieval.training import conversion

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default"


@pytest.fixture
def folder(tmp_path):
    """A copy of the bundled model as it was before OpenCV ran networks."""
    copy = tmp_path / "mine"
    shutil.copytree(BUNDLED, copy, ignore=shutil.ignore_patterns("*.onnx"))
    return copy


def test_graphs_are_added_and_the_model_stays_the_same(folder):
    before = model_id_of(folder)
    written = conversion.convert(folder)
    assert [path.name for path in written] == ["descriptor.onnx", "semantic.onnx"]
    for path in written:
        assert path.read_bytes() == (BUNDLED / path.name).read_bytes()
    assert model_id_of(folder) == before == model_id_of(BUNDLED)


def test_a_model_without_a_semantic_part_has_one_graph(folder):
    for path in folder.glob("semantic.*"):
        path.unlink()
    assert [one.name for one in conversion.convert(folder)] == ["descriptor.onnx"]


def test_a_graph_that_computes_something_else_is_not_kept(folder, monkeypatch):
    def wrongly(graph, _sizes):
        return write_onnx(graph, [(261, 261)])

    monkeypatch.setattr(conversion, "write_onnx", wrongly)
    sizes = [(260, 260)]
    with pytest.raises(TrainingError, match="something else than OpenVINO"):
        conversion.write_for_opencv(folder / "semantic.xml", sizes)
    assert not list(folder.glob("*.onnx"))


def test_what_opencv_cannot_run_is_said(folder, monkeypatch):
    def broken(graph, _sizes):
        path = graph.with_suffix(".onnx")
        path.write_bytes(b"no graph")
        return path

    monkeypatch.setattr(conversion, "write_onnx", broken)
    with pytest.raises(TrainingError, match="OpenCV cannot run"):
        conversion.write_for_opencv(folder / "descriptor.xml", [(224, 224)])
    assert not list(folder.glob("*.onnx"))


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(MissingArtefactError, match=r"model\.json"):
        conversion.convert(tmp_path)


def test_a_damaged_network_is_refused(folder):
    (folder / "descriptor.bin").write_bytes(b"")
    with pytest.raises(DamagedArtefactError, match="damaged"):
        conversion.convert(folder)
