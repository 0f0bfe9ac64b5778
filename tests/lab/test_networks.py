"""The methods of the bundled model, and of networks with weights from a file."""

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from app.lab import __main__ as lab
from app.lab import networks
from app.lab.asking import Asker
from app.lab.errors import LabError
from app.lab.picture_cache import PictureCache
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.pooling import POOLINGS
from app.retrieval.errors import MissingArtefactError
from app.retrieval.images.letterbox import frame_sizes
from tests.support.fakes import draw_picture, photograph

BUNDLED = Path(__file__).resolve().parents[2] / "models" / "default"
COUNT = 30
SIDE_PX = 128


def options(weights, model=BUNDLED):
    return argparse.Namespace(model=model, weights=weights, seed=0)


@pytest.fixture
def small(tmp_path):
    """A model folder that says nothing but how large pictures are looked at."""
    folder = tmp_path / "small"
    folder.mkdir()
    manifest = ModelManifest.read(BUNDLED)
    frames = frame_sizes(SIDE_PX, manifest.stride)
    replace(manifest, frames=frames).write(folder)
    return folder


def test_every_pooling_is_explained():
    assert set(networks.ABOUT_POOLING) == set(POOLINGS)


def test_a_missing_similarity_is_named_with_its_command():
    with pytest.raises(MissingArtefactError, match="train-similarity"):
        list(networks.bundled_methods(BUNDLED, Path("nowhere.npz")))


@pytest.mark.slow
def test_the_bundled_methods_find_works_again():
    methods = list(networks.bundled_methods(BUNDLED))
    names = [method.name for method in methods]
    assert names[0] == "bundled, sum (SPoC)"
    assert names[5] == "bundled, CAM"
    assert names[6:] == [
        "bundled, CAM + GeM + mean",
        "bundled, activations 7 × 7",
        "bundled, deep ranking",
        "semantic",
        "style",
        "colour histogram",
        "pHash",
        "local words",
        "whole engine",
    ]
    asker = Asker(methods)
    for seed in range(COUNT):
        asker.add(asker.look(PictureCache(draw_picture(seed))))
    asker.finish(range(10, COUNT))
    photo = PictureCache(photograph(draw_picture(3)))
    ranks = {one.key: one.rank_of(3) for one in asker.ask(photo)}
    assert ranks["bundled, CAM", "cosine"] == 0
    assert ranks["bundled, CAM + GeM + mean", "cosine"] == 0
    assert ranks["whole engine", "probability"] == 0
    assert ranks["bundled, deep ranking", "cosine"] <= 2


@pytest.fixture
def short(monkeypatch):
    """ResNet50 for ResNet152: blocks of the same kind, in an eighth of the time."""
    from app.retrieval.descriptors import backbone
    from app.retrieval.runtime.keras import keras
    from app.retrieval.training.network import published

    layers = backbone.BACKBONES["resnet152"].layers
    shorter = backbone._published(keras.applications.ResNet50, layers, 32, "caffe")
    for module in (backbone, published):
        known = {**module.BACKBONES, "resnet152": shorter}
        monkeypatch.setattr(module, "BACKBONES", known)
    monkeypatch.setitem(networks.PUBLISHED, "resnet152", "ResNet50")


@pytest.mark.slow
@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", ["vgg16", "resnet152"])
def test_published_networks_run_with_weights_from_a_file(tmp_path, small, name):
    """The third, DenseNet121, does in tests/retrieval/training/network."""
    from app.retrieval.runtime.keras import keras

    keras.utils.set_random_seed(5)
    make = getattr(keras.applications, networks.PUBLISHED[name])
    weights = tmp_path / f"{name}_notop.weights.h5"
    make(weights=None, include_top=False).save_weights(weights)
    given = [f"{name}={weights}"]
    methods = list(networks.given_methods(options(given, small), tmp_path))
    assert [method.name for method in methods] == [
        f"{name}, {networks.POOLING_NAMES.get(pooling, pooling)}"
        for pooling in POOLINGS
        if not pooling.startswith("CAM")
    ]
    asker = Asker(methods)
    for seed in range(6):
        asker.add(asker.look(PictureCache(draw_picture(seed))))
    asker.finish(range(2, 6))
    for one in asker.ask(PictureCache(draw_picture(1)[4:-4, 6:-6])):
        if one.key[1] == "Euclid":
            assert one.rank_of(1) == 0, "a crop resembles its work to any network"
    assert not [line for line in networks.not_given(given) if line.startswith(name)]


@pytest.mark.slow
def test_weights_that_do_not_fit_come_with_the_way_to_get_those_that_do(tmp_path):
    (tmp_path / "broken.h5").write_bytes(b"no weights")
    given = [f"vgg16={tmp_path / 'broken.h5'}"]
    with pytest.raises(LabError, match=r"broken\.h5.*keras.applications.VGG16\(\)"):
        list(networks.given_methods(options(given), tmp_path))


@pytest.mark.slow
def test_the_settings_tried_are_those_the_model_can_have(tmp_path):
    methods = networks.variant_methods(BUNDLED, tmp_path)
    assert next(methods).name == "bundled, N_C = 1, CAM"


@pytest.mark.slow
@pytest.mark.lasting
def test_a_drawn_collection_is_compared_without_arguments(tmp_path, monkeypatch):
    from app.retrieval.training.similarity import learning

    monkeypatch.setattr(learning, "STEPS", 20)
    assert lab.main(["compare", "--works", "40", "--out", str(tmp_path / "out")]) == 0
    table = (tmp_path / "out" / "comparison.csv").read_text("utf-8").splitlines()
    assert len(table) == 1 + 12 * 4 + 1 + 2 + 2 + 1
    engine = table[-1].split(",")
    assert engine[:2] == ["whole engine", "probability"]
    assert float(engine[2]) == 1, "recall at rank 1 of mild photos"
