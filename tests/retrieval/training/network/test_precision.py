"""Fewer digits are allowed only where they change no descriptor."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.openvino_network import has_bfloat16
from app.retrieval.descriptors.pooling import JOINED
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.images.letterbox import choose_frame, frame
from app.retrieval.training.network import precision

BUNDLED = Path(__file__).resolve().parents[4] / "models" / "default"


@pytest.fixture(scope="module")
def pictures():
    return [work.image for work in generate_collection(8, seed=5)]


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(BUNDLED, tmp_path / "model"))


def chosen(folder, pictures):
    manifest = ModelManifest.read(folder)
    manifest = precision.choose_precision(manifest, folder, pictures)
    assert ModelManifest.read(folder) == manifest
    return manifest.precision


@pytest.mark.slow
@pytest.mark.skipif(not has_bfloat16(), reason="this CPU has no bfloat16")
def test_the_threshold_decides(folder, pictures, monkeypatch):
    monkeypatch.setattr(precision, "LEAST_COSINE", 0.9)
    assert chosen(folder, pictures) == "bf16"
    monkeypatch.setattr(precision, "LEAST_COSINE", 1.1)
    assert chosen(folder, pictures) == "f32"


def test_without_bfloat16_nothing_can_be_promised(folder, pictures, monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    monkeypatch.setattr(
        "app.retrieval.descriptors.openvino_network.has_bfloat16", lambda: False
    )
    assert chosen(folder, pictures) == "f32"


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="precision must be bf16 or f32"):
        replace(ModelManifest.read(BUNDLED), precision="f8")


@pytest.mark.slow
def test_the_bundled_network_agrees_with_keras(pictures):
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network, join_poolings
    from app.retrieval.descriptors.weights import load_weights

    manifest = ModelManifest.read(BUNDLED)
    network = build_network(
        build_backbone(manifest.backbone, layer=manifest.layer),
        class_count=len(manifest.classes),
        dimension=manifest.dimension,
        top_classes=manifest.training["recipe"]["top classes"],
    )
    assert manifest.pooling == JOINED
    network = join_poolings(network, manifest.dimension)
    load_weights(network, BUNDLED / "weights.npz", manifest.backbone)
    described = Descriptor.open(BUNDLED).describe_many(pictures)
    for picture, descriptor in zip(pictures, described, strict=True):
        framed = frame(picture, choose_frame(picture.shape[:2], manifest.frames))
        expected = np.asarray(network(framed.image[None])["descriptor"])[0]
        assert descriptor @ expected >= 0.999
