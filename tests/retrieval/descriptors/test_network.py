"""The Keras graph against the formulas in NumPy, and OpenVINO against Keras."""

import numpy as np
import pytest

from app.retrieval.descriptors import pooling
from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.descriptors.whitening import Whitening
from app.retrieval.runtime.openvino import Core

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network():
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network

    network = build_network(
        build_backbone("morelli", seed=3), class_count=20, dimension=48, top_classes=5
    )
    mean = np.random.default_rng(0).normal(0, 0.02, 256).astype(np.float32)
    network.get_layer("descriptor").mean.assign(mean)
    return network


@pytest.fixture(scope="module")
def pictures():
    noise = np.random.default_rng(1).integers(0, 256, (2, 8, 12, 3))
    return np.kron(noise, np.ones((1, 12, 12, 1))).astype(np.float32)


@pytest.fixture(scope="module")
def results(network, pictures):
    return {name: np.asarray(value) for name, value in network(pictures).items()}


def test_shapes_are_those_of_the_contract(results):
    assert results["descriptor"].shape == (2, 48)
    assert results["class_probabilities"].shape == (2, 5)
    assert results["class_activation_maps"].shape == (2, 5, 6, 9)
    assert results["feature_maps"].shape == (2, 6, 9, 256)


def test_the_graph_computes_what_the_reference_does(network, results):
    head, aggregation = network.get_layer("classes"), network.get_layer("descriptor")
    whitening = Whitening(
        np.asarray(aggregation.mean), np.asarray(aggregation.projection)
    )
    for picture in range(2):
        maps = results["feature_maps"][picture]
        chosen = np.asarray(head.kernel)[:, results["class_indices"][picture]]
        cams = pooling.class_activation_maps(maps, chosen)
        assert results["class_activation_maps"][picture] == pytest.approx(
            cams, abs=1e-5
        )
        expected = pooling.aggregate(pooling.cam_pool(maps, cams), whitening)
        assert results["descriptor"][picture] == pytest.approx(expected, abs=1e-5)


def test_the_top_classes_are_the_most_probable(network, results):
    head = network.get_layer("classes")
    pooled = results["feature_maps"].mean(axis=(1, 2))
    logits = pooled @ np.asarray(head.kernel) + np.asarray(head.bias)
    expected = np.argsort(-logits, axis=1)[:, :5]
    assert results["class_indices"].tolist() == expected.tolist()


def test_a_class_seen_nowhere_adds_nothing(network, pictures):
    head = network.get_layer("classes")
    before = np.asarray(head.kernel)
    try:
        head.kernel.assign(-np.abs(before))
        assert not np.asarray(network(pictures)["descriptor"]).any()
    finally:
        head.kernel.assign(before)


@pytest.fixture(scope="module")
def joined(network):
    from app.retrieval.descriptors.network import join_poolings

    joined = join_poolings(network, 64)
    mean = np.random.default_rng(2).normal(0, 0.02, 3 * 256).astype(np.float32)
    joined.get_layer("descriptor").mean.assign(mean)
    return joined


def test_joined_poolings_are_those_of_the_reference(joined, network, pictures, results):
    found = {name: np.asarray(value) for name, value in joined(pictures).items()}
    aggregation = joined.get_layer("descriptor")
    whitening = Whitening(
        np.asarray(aggregation.mean), np.asarray(aggregation.projection)
    )
    pool = pooling.POOLINGS[pooling.JOINED]
    for picture in range(2):
        maps = results["feature_maps"][picture]
        vectors = pool(maps, results["class_activation_maps"][picture])
        expected = pooling.aggregate(vectors, whitening)
        assert found["descriptor"][picture] == pytest.approx(expected, abs=1e-5)
        assert expected.shape == (64,)
    for name in set(results) - {"descriptor"}:
        assert np.array_equal(found[name], results[name]), name
    assert np.asarray(network(pictures)["descriptor"]).shape == (2, 48)


@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_openvino_joins_as_keras_does(joined, pictures, precision, tmp_path):
    from app.retrieval.descriptors.network import export

    export(joined, tmp_path / GRAPH_FILE)
    compiled = Core().compile_model(
        tmp_path / GRAPH_FILE, "CPU", {"INFERENCE_PRECISION_HINT": precision}
    )
    found = compiled(pictures)["descriptor"]
    cosines = (found * np.asarray(joined(pictures)["descriptor"])).sum(axis=1)
    assert cosines.min() >= 0.999


@pytest.mark.parametrize("plain", [False, True])
def test_opencv_describes_as_keras_does(network, joined, pictures, plain, tmp_path):
    from app.retrieval.descriptors.network import export
    from app.retrieval.training.conversion import write_for_opencv

    exported = joined if plain else network
    export(exported, tmp_path / GRAPH_FILE)
    path = write_for_opencv(tmp_path / GRAPH_FILE, [pictures.shape[1:3]])
    found = OpenCVNetwork(path, all_classes=False)
    expected = {name: np.asarray(array) for name, array in exported(pictures).items()}
    for place, picture in enumerate(pictures):
        results = found.run(picture.astype(np.uint8))
        assert results.keys() == expected.keys()
        assert results["descriptor"] @ expected["descriptor"][place] >= 0.999
        for name, array in results.items():
            assert array.shape == expected[name][place].shape


@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_openvino_agrees_with_keras(network, pictures, results, precision, tmp_path):
    from app.retrieval.descriptors.network import export

    export(network, tmp_path / GRAPH_FILE)
    compiled = Core().compile_model(
        tmp_path / GRAPH_FILE, "CPU", {"INFERENCE_PRECISION_HINT": precision}
    )
    exported = compiled(pictures)
    cosines = (exported["descriptor"] * results["descriptor"]).sum(axis=1)
    assert cosines.min() >= 0.999
    assert exported["feature_maps"].shape == results["feature_maps"].shape


def test_the_extra_convolution_changes_the_maps_but_not_the_features(pictures):
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network

    extended = build_network(
        build_backbone("morelli", seed=3),
        class_count=20,
        dimension=48,
        extra_convolution=32,
    )
    assert extended.get_layer("classes").kernel.shape == (32, 20)
    assert extended.output["feature_maps"].shape[-1] == 256


@pytest.mark.parametrize("top_classes", [0, 65])
def test_the_number_of_top_classes_is_checked(top_classes):
    from app.retrieval.descriptors.network import build_network

    with pytest.raises(ValueError, match="top_classes"):
        build_network(None, class_count=9, dimension=9, top_classes=top_classes)
