"""What a network takes over of a file; whole files are in test_backbone."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def build():
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network

    def build(**changes):
        facts = {"class_count": 5, "dimension": 16, **changes}
        return build_network(build_backbone("morelli"), **facts)

    return build


def weights_of(network, layer):
    return [np.asarray(weight) for weight in network.get_layer(layer).weights]


def save(network, path):
    from app.retrieval.descriptors.weights import save_weights

    rng = np.random.default_rng(3)
    for layer in ("classes", "descriptor"):
        for weight in network.get_layer(layer).weights:
            weight.assign(rng.normal(size=weight.shape).astype(np.float16))
    save_weights(network, path)
    return {name: weights_of(network, name) for name in ("classes", "descriptor")}


def load(network, path):
    from app.retrieval.descriptors.weights import load_head

    return load_head(network, path)


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one, other)


def test_a_head_comes_with_its_projection(build, tmp_path):
    kept = save(build(), tmp_path / "weights.npz")
    network = build()
    assert load(network, tmp_path / "weights.npz")
    for layer, expected in kept.items():
        assert_same(weights_of(network, layer), expected)


def test_classes_are_taken_without_a_projection_that_does_not_fit(build, tmp_path):
    from app.retrieval.descriptors.network import join_poolings

    kept = save(join_poolings(build(), 24), tmp_path / "joined.npz")
    network = build()
    before = weights_of(network, "descriptor")
    assert load(network, tmp_path / "joined.npz")
    assert_same(weights_of(network, "classes"), kept["classes"])
    assert_same(weights_of(network, "descriptor"), before)


def test_other_classes_change_nothing(build, tmp_path):
    save(build(class_count=6), tmp_path / "weights.npz")
    network = build()
    before = weights_of(network, "descriptor")
    assert not load(network, tmp_path / "weights.npz")
    assert not load(network, tmp_path / "nowhere.npz")
    assert_same(weights_of(network, "descriptor"), before)
