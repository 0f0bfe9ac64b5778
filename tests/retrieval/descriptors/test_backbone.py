import numpy as np
import pytest

from app.retrieval.errors import WeightsUnavailableError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backbone():
    from app.retrieval.descriptors import backbone

    return backbone


def outputs_of(network, side=64):
    picture = np.random.default_rng(0).integers(0, 256, (1, side, side, 3))
    return [np.asarray(maps) for maps in network(picture.astype(np.float32))]


def test_vgg16_describes_by_either_layer(backbone):
    network = backbone.build_backbone("vgg16", layer="block5_conv1")
    describing, last = outputs_of(network)
    assert describing.shape == last.shape == (1, 4, 4, 512)
    assert not np.array_equal(describing, last)


def test_the_longest_one_describes_by_its_last_layer(backbone):
    maps, last = outputs_of(backbone.build_backbone("resnet152"))
    assert maps.shape == last.shape == (1, 2, 2, 2048)


def test_our_own_network_keeps_the_variance_of_its_activations(backbone):
    maps, _ = outputs_of(backbone.build_backbone("morelli"))
    assert maps.shape == (1, 4, 4, 256)
    assert 0.2 < maps.std() < 5
    assert maps.min() >= 0


def test_the_seed_decides_the_random_weights(backbone):
    first, again, other = (
        outputs_of(backbone.build_backbone("morelli", seed=seed))[0]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_published_preprocessing_is_part_of_the_network(backbone):
    from app.retrieval.runtime.keras import ops

    grey = np.full((1, 2, 2, 3), 124.0, np.float32)
    caffe = np.asarray(ops.convert_to_tensor(backbone.preprocess(grey.copy(), "caffe")))
    assert caffe[0, 0, 0] == pytest.approx([20.061, 7.221, 0.32], abs=1e-3)


def test_weights_survive_a_round_trip_as_float16(backbone, tmp_path):
    network = backbone.build_backbone("morelli", seed=5)
    from app.retrieval.descriptors.weights import save_weights

    save_weights(network, tmp_path / "w.npz")
    again = backbone.build_backbone("morelli", weights=str(tmp_path / "w.npz"), seed=6)
    assert outputs_of(again)[0] == pytest.approx(
        outputs_of(network)[0], rel=0.1, abs=0.05
    )


def test_a_keras_file_of_ones_own_is_taken(backbone, tmp_path):
    network = backbone.build_backbone("vgg16", seed=5)
    network.save(tmp_path / "mine.keras")
    again = backbone.build_backbone("vgg16", weights=str(tmp_path / "mine.keras"))
    assert np.array_equal(outputs_of(again)[0], outputs_of(network)[0])


def test_published_files_fit_with_and_without_their_classifier(backbone, tmp_path):
    whole = backbone.BACKBONES["densenet121"].published(weights=None, include_top=True)
    whole.save_weights(tmp_path / "densenet.weights.h5")
    network = backbone.build_backbone(
        "densenet121", weights=str(tmp_path / "densenet.weights.h5")
    )
    kernel = whole.get_layer("conv1_conv").get_weights()[0]
    assert np.array_equal(network.get_layer("conv1_conv").get_weights()[0], kernel)


def test_a_file_that_is_not_there_is_said_to_be_missing(backbone):
    with pytest.raises(WeightsUnavailableError, match="no such file"):
        backbone.build_backbone("morelli", weights="nowhere.npz")


@pytest.mark.parametrize("name", ["w.npz", "w.keras", "w.h5"])
def test_a_file_of_rubbish_is_refused_with_a_remedy(backbone, tmp_path, name):
    (tmp_path / name).write_bytes(b"rubbish")
    with pytest.raises(WeightsUnavailableError, match="bundled"):
        backbone.build_backbone("vgg16", weights=str(tmp_path / name))


def test_weights_of_another_network_are_refused(backbone, tmp_path):
    from app.retrieval.descriptors.weights import save_weights

    save_weights(backbone.build_backbone("morelli"), tmp_path / "w.npz")
    with pytest.raises(WeightsUnavailableError, match="block1_conv1"):
        backbone.build_backbone("vgg16", weights=str(tmp_path / "w.npz"))


def test_no_network_is_an_error_with_facts(backbone, monkeypatch):
    def unreachable(**_):
        raise Exception("URL fetch failure on https://…: None\nTraceback")  # noqa: TRY002

    monkeypatch.setattr(
        backbone,
        "BACKBONES",
        {"vgg16": backbone.Backbone(("l",), 16, 512, lambda *_: None, unreachable)},
    )
    with pytest.raises(WeightsUnavailableError, match=r"vgg16 .*URL fetch") as caught:
        backbone.published_classifier("vgg16")
    assert "Traceback" not in str(caught.value)


def test_nobody_has_published_our_own_network(backbone):
    with pytest.raises(WeightsUnavailableError, match="nobody"):
        backbone.build_backbone("morelli", weights="imagenet")


@pytest.mark.parametrize(("name", "layer"), [("vgg17", None), ("vgg16", "block9")])
def test_unknown_names_are_refused(backbone, name, layer):
    with pytest.raises(ValueError, match="there are"):
        backbone.build_backbone(name, layer=layer)
