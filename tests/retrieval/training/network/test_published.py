"""Networks to compare with: what is written is what the given weights compute."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.pooling import JOINED, class_activation_maps
from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.images.letterbox import choose_frame, frame
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow
BUNDLED = Path(__file__).resolve().parents[4] / "models" / "default"


@pytest.fixture
def write(tmp_path):
    from app.retrieval.training.network.published import write_published

    def write(backbone, weights):
        return write_published(
            backbone, str(weights), tmp_path / "written", side_px=64, dimension=16
        )

    return write


def test_random_weights_have_no_classes_and_no_fc6(write, tmp_path):
    written = write("morelli", "random")
    maps, cams = Descriptor.open(tmp_path / "written").maps(draw_picture(1))
    assert maps.shape == (3, 5, 256)
    assert cams.shape == (2, 3, 5)
    assert not written.has_classes
    assert written.fc6 is None


@pytest.fixture
def short_densenet(monkeypatch):
    """Blocks of two layers each for those of DenseNet121; return what makes them."""
    from app.retrieval.descriptors import backbone
    from app.retrieval.runtime.keras import keras
    from app.retrieval.training.network import published

    real = backbone.BACKBONES["densenet121"]
    assert real.published is keras.applications.DenseNet121
    # Keras makes those of its three sizes public only.
    whole = import_module(real.published.__module__).DenseNet
    make = partial(whole, [2, 2, 2, 2])
    shorter = backbone._published(make, real.layers, real.stride, real.mode)
    for module in (backbone, published):
        known = {**module.BACKBONES, "densenet121": shorter}
        monkeypatch.setattr(module, "BACKBONES", known)
    return make


def test_linear_classes_of_a_published_file_make_its_activation_maps(
    write, tmp_path, short_densenet
):
    from app.retrieval.runtime.keras import keras

    keras.utils.set_random_seed(3)
    whole = short_densenet(weights=None)
    whole.save_weights(tmp_path / "densenet121.weights.h5")
    written = write("densenet121", tmp_path / "densenet121.weights.h5")
    assert written.has_classes
    assert written.fc6 is None
    network = Descriptor.open(tmp_path / "written")
    maps, cams = network.maps(draw_picture(1))
    kernel = whole.get_layer("predictions").get_weights()[0]
    classes = [
        int(one.label.split()[1]) for one in network.describe(draw_picture(1)).classes
    ]
    expected = class_activation_maps(maps, kernel[:, classes])
    assert cams == pytest.approx(expected, abs=2e-2), "weights are kept as float16"


def test_fc6_is_the_layer_after_the_last_pooling(write, tmp_path):
    from app.retrieval.runtime.keras import keras

    keras.utils.set_random_seed(4)
    whole = keras.applications.VGG16(weights=None)
    whole.save_weights(tmp_path / "vgg16.weights.h5")
    written = write("vgg16", tmp_path / "vgg16.weights.h5")
    assert not written.has_classes
    fc6 = Descriptor.open(written.fc6)
    image = draw_picture(2)
    framed = frame(image, choose_frame(image.shape[:2], fc6.manifest.frames)).image
    prepared = keras.applications.vgg16.preprocess_input(framed[None].astype("f4"))
    layer = keras.Model(whole.input, whole.get_layer("fc1").output)
    expected = np.asarray(layer(prepared))[0]
    found = fc6.describe_many([image])[0]
    assert found.shape == (4096,)
    assert found == pytest.approx(expected, abs=0.01 * float(expected.max()))
    assert np.corrcoef(found, expected)[0, 1] > 0.999


def test_a_variant_is_the_same_network_with_other_settings(tmp_path):
    from app.retrieval.training.network.published import write_variant

    write_variant(BUNDLED, tmp_path / "one", top_classes=3)
    write_variant(BUNDLED, tmp_path / "small", side_px=96)
    image = draw_picture(3)
    maps, cams = Descriptor.open(BUNDLED).maps(image)
    same_maps, fewer_cams = Descriptor.open(tmp_path / "one").maps(image)
    assert same_maps == pytest.approx(maps, abs=0.02 * float(maps.max()))
    assert fewer_cams == pytest.approx(cams[:3], abs=0.02)
    assert Descriptor.open(tmp_path / "small").maps(image)[0].shape == (5, 7, 384)


def test_joined_poolings_stay_joined_in_a_variant(tmp_path):
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network, join_poolings
    from app.retrieval.training.model_folder import write_network
    from app.retrieval.training.network.published import write_variant

    network = build_network(build_backbone("morelli"), class_count=4, dimension=16)
    manifest = replace(
        ModelManifest.read(BUNDLED),
        backbone="morelli",
        frames=((64, 64), (48, 80), (80, 48)),
        classes=("a", "b", "c", "d"),
        dimension=300,
        pooling=JOINED,
        training={"recipe": {"top classes": 4, "extra convolution": 0}},
    )
    (tmp_path / "joined").mkdir()
    write_network(join_poolings(network, 300), manifest, tmp_path / "joined")
    write_variant(tmp_path / "joined", tmp_path / "one", top_classes=1)
    image = draw_picture(3)
    whole, one = (Descriptor.open(tmp_path / name) for name in ("joined", "one"))
    assert one.manifest.pooling == JOINED
    descriptor = whole.describe(image).descriptor
    assert descriptor.shape == (300,)
    cosine = float(descriptor @ one.describe(image).descriptor)
    assert 0.6 < cosine < 0.9999, "one class instead of four changes a third of it"


def test_a_file_that_does_not_fit_is_named(write, tmp_path):
    (tmp_path / "broken.h5").write_bytes(b"no weights")
    with pytest.raises(WeightsUnavailableError, match=r"broken\.h5"):
        write("vgg16", tmp_path / "broken.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.h5"]
