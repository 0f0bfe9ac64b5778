"""Operations of published networks that ours lack: OpenCV against Keras."""

import cv2
import numpy as np
import pytest

from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.descriptors.translation.writing import write_onnx
from app.retrieval.errors import TrainingError

pytestmark = pytest.mark.slow

SIZE = (96, 128)


@pytest.fixture
def exported(tmp_path):
    from app.retrieval.descriptors.network import export
    from app.retrieval.runtime.keras import keras, layers

    def write(compute):
        pictures = keras.Input((None, None, 3))
        maps = compute(pictures)
        pooled = layers.GlobalAveragePooling2D()(maps)
        classes = layers.Softmax()(layers.Dense(4)(pooled)) / 2
        network = keras.Model(
            pictures, {"descriptor": pooled, "class_probabilities": classes}
        )
        export(network, tmp_path / "descriptor.xml")
        return network, tmp_path / "descriptor.xml"

    return write


def published(pictures):
    """Colours in another order, borders of zeros, averages over places."""
    from app.retrieval.descriptors.backbone import preprocess
    from app.retrieval.runtime.keras import layers

    maps = layers.ZeroPadding2D(((3, 1), (2, 3)))(preprocess(pictures, "caffe"))
    maps = layers.Conv2D(8, 5, strides=2, padding="valid")(maps)
    maps = layers.AveragePooling2D(3, strides=2, padding="same")(maps)
    return layers.DepthwiseConv2D(3, strides=2, padding="same", activation="relu")(maps)


def test_opencv_computes_what_keras_does(exported):
    network, graph = exported(published)
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    drawn = cv2.resize(noise, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    picture = np.asarray(drawn, np.uint8)
    found = OpenCVNetwork(write_onnx(graph, [SIZE]), all_classes=True).run(picture)
    expected = network(picture[None].astype(np.float32))
    for name in ("descriptor", "class_probabilities"):
        # Weights of float16 are rounded.
        right = np.asarray(expected[name])[0]
        np.testing.assert_allclose(found[name], right, 1e-2, 1e-2 * right.max())
    assert found["descriptor"].max() > 0
    halved = pytest.approx(found["class_probabilities"])
    assert found["probabilities"] / 2 == halved


def test_a_range_of_colours_is_refused(exported):
    _, graph = exported(lambda pictures: pictures[..., 1:])
    with pytest.raises(TrainingError, match="StridedSlice of a range is not known"):
        write_onnx(graph, [SIZE])
