import numpy as np
import pytest

from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.training.data.works import Classes
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network():
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network

    return build_network(build_backbone("morelli"), class_count=3, dimension=8)


def test_pooled_features_are_what_the_class_head_averages(network):
    from app.retrieval.training.network.class_head import pooled_features

    picture = draw_picture(1)[:96, :96]
    features = pooled_features(network, [picture], [(96, 96)])
    maps = network(picture[None].astype(np.float32))["feature_maps"]
    assert features[0] == pytest.approx(np.asarray(maps).mean(axis=(0, 1, 2)), abs=1e-4)


def test_separable_classes_are_told_apart(network):
    from app.retrieval.training.network.class_head import fit_class_head

    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    features = rng.normal(size=(90, 256)).astype(np.float32)
    features[:, :3] += 8 * np.eye(3, dtype=np.float32)[labels] + 20
    targets = np.eye(3, dtype=np.float32)[labels]
    targets[::10] = 0  # unlabelled
    classes = Classes(("a", "b", "c"), targets)
    assert fit_class_head(network, features, classes, seed=0) > 0.95
    head = network.get_layer("classes")
    logits = features @ np.asarray(head.kernel) + np.asarray(head.bias)
    assert (logits.argmax(axis=1) == labels).mean() > 0.9


def test_a_silent_channel_gets_no_huge_weight(network):
    from app.retrieval.training.network.class_head import fit_class_head

    features = np.random.default_rng(0).normal(size=(60, 256)).astype(np.float32)
    features[:, 7] = 1e-8 * features[:, 7]
    classes = Classes(("a", "b", "c"), np.eye(3, dtype=np.float32)[np.arange(60) % 3])
    fit_class_head(network, features, classes, seed=0)
    kernel = np.asarray(network.get_layer("classes").kernel)
    assert np.abs(kernel).max() < 1000


def test_clusters_put_alike_with_alike():
    from app.retrieval.training.network.class_head import cluster_classes

    rng = np.random.default_rng(0)
    centres = rng.normal(size=(40, 16))
    features = np.repeat(centres, 3, axis=0) + rng.normal(0, 1e-3, (120, 16))
    targets = cluster_classes(features.astype(np.float32), seed=0).targets
    assert targets.sum(axis=1).tolist() == [1] * 120
    assert np.array_equal(targets[::3], targets[1::3])


def test_imagenet_classes_are_the_published_networks_opinion(monkeypatch):
    from app.retrieval.runtime.keras import keras
    from app.retrieval.training.network import class_head

    classifier = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    monkeypatch.setattr(class_head, "published_classifier", lambda _: classifier)
    listed = [[("n1", name, 1.0)] for name in ("ant", "bee", "sea_lion", "oak")]
    monkeypatch.setattr(
        keras.applications.imagenet_utils, "decode_predictions", lambda *_, **__: listed
    )
    classes = class_head.imagenet_classes("vgg16", [draw_picture(n) for n in range(3)])
    assert classes.names == ("ant", "bee", "sea lion", "oak")
    assert classes.targets.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_without_a_network_imagenet_classes_are_an_error_with_facts(monkeypatch):
    from app.retrieval.training.network import class_head

    def unreachable(name):
        raise WeightsUnavailableError(name, "imagenet", "no network", "Do without.")

    monkeypatch.setattr(class_head, "published_classifier", unreachable)
    with pytest.raises(WeightsUnavailableError, match="no network"):
        class_head.imagenet_classes("vgg16", [draw_picture(0)])
