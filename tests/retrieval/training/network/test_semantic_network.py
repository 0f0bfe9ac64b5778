"""The published network in Keras, by the definitions of what is made of its maps."""

import numpy as np
import pytest

from app.retrieval.descriptors.pooling import gem
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.errors import WeightsUnavailableError
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow
DIMENSION = 16


@pytest.fixture(scope="module")
def picture():
    return draw_picture(2)[None, :64, :96].astype(np.float32)


@pytest.fixture(scope="module")
def network():
    from app.retrieval.training.network.semantic_network import build_semantic_network

    return build_semantic_network(DIMENSION)


@pytest.fixture(scope="module")
def published():
    from app.retrieval.training.network.efficientnet_lite import (
        build_efficientnet,
        load_published,
    )

    network = build_efficientnet()
    load_published(network)
    return network


def test_outputs_are_made_of_the_published_maps(network, published, picture):
    made, of = network(picture), published(picture)
    maps = np.asarray(of["maps"][0])
    averages = [
        unit_length(np.asarray(part[0]).mean(axis=(0, 1)))
        for part in (of["maps"], of["stages"][4], of["stages"][5])
    ]
    pooled = np.concatenate([unit_length(gem(maps)), averages[1]])
    assert np.asarray(made["pooled"][0]) == pytest.approx(pooled, abs=1e-4)
    means = np.asarray(made["feature_means"][0])
    assert means == pytest.approx(np.concatenate(averages), abs=1e-4)
    assert made["descriptor"].shape == (1, DIMENSION)


def test_classes_are_the_most_probable_ones_with_exact_maps(
    network, published, picture
):
    made, of = network(picture), published(picture)
    logits, maps = np.asarray(of["logits"][0]), np.asarray(of["maps"][0])
    indices = np.asarray(made["class_indices"][0])
    assert list(indices) == list(np.argsort(-logits, kind="stable")[: len(indices)])
    kernel, bias = published.get_layer("fc").get_weights()
    raw = maps @ kernel[:, indices[0]]
    assert raw.mean() + bias[indices[0]] == pytest.approx(logits[indices[0]], rel=1e-3)
    expected = np.maximum(raw, 0) / max(raw.max(), 1e-12)
    seen = np.asarray(made["class_activation_maps"][0, 0])
    assert seen == pytest.approx(expected, abs=1e-3)


def test_the_published_weights_fit_and_normalise(published):
    assert published.count_params() == 6_150_168
    head = published.get_layer("bn1")
    _, _, mean, variance = head.get_weights()
    assert np.isfinite(mean).all()
    assert (variance > 0).all()


def test_names_of_classes_are_those_of_imagenet():
    from app.retrieval.training.network.efficientnet_lite import class_names

    names = class_names()
    assert len(names) == 1000
    assert (names[0], names[985], names[999]) == ("tench", "daisy", "toilet paper")


def test_without_the_package_the_remedy_is_told(monkeypatch):
    from app.retrieval.training.network import efficientnet_lite

    monkeypatch.setattr(efficientnet_lite, "WEIGHTS_PACKAGE", "no_such_package")
    network = efficientnet_lite.build_efficientnet()
    with pytest.raises(WeightsUnavailableError, match=r"requirements\.txt"):
        efficientnet_lite.load_published(network)
    monkeypatch.setattr(efficientnet_lite, "CLASSES_PACKAGE", "no_such_package")
    with pytest.raises(WeightsUnavailableError, match=r"requirements\.txt"):
        efficientnet_lite.class_names()
