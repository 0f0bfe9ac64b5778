"""Fitting of the class head on a frozen backbone.

Three sources of classes: what the catalogue says, clusters of the pictures themselves
where it says nothing, or ImageNet's classes as the published network tells them apart
on the collection (no labels needed).
"""

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import KMeans

from app.retrieval.descriptors.backbone import (
    BACKBONES,
    preprocess,
    published_classifier,
)
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.images.letterbox import frame
from app.retrieval.runtime.keras import keras
from app.retrieval.training.data.batches import run_network
from app.retrieval.training.data.works import Classes
from app.retrieval.types import FloatArray, Image

CLUSTER_COUNT = 32
IMAGENET_SIDE_PX = 224
EPOCHS = 60


def pooled_features(
    network: keras.Model, pictures: Sequence[Image], sizes: Sequence[tuple[int, int]]
) -> FloatArray:
    """Average the maps that the class head sees over each picture: (N, C) float32.

    As in :func:`run_network`, with all of a network of ``build_network``.
    """
    maps = network.get_layer("classes").input
    average = keras.layers.GlobalAveragePooling2D(dtype="float32")(maps)
    pooled = keras.Model(network.input, average)
    return np.stack(run_network(pooled, pictures, sizes))


def cluster_classes(features: FloatArray, *, seed: int) -> Classes:
    """Cluster pictures by their `pooled_features`, (N, C) float32, with k-means."""
    count = min(CLUSTER_COUNT, len(features))
    members = KMeans(count, n_init=1, random_state=seed).fit_predict(
        unit_length(features)
    )
    names = tuple(f"cluster {number}" for number in range(1, count + 1))
    return Classes(names, np.eye(count, dtype=np.float32)[members])


def imagenet_classes(backbone: str, pictures: Sequence[Image]) -> Classes:
    """Ask the published network for its ImageNet probabilities of each picture.

    Raises
    ------
    WeightsUnavailableError
        If the network or the names of its classes cannot be fetched.
    """
    classifier = published_classifier(backbone)
    mode = BACKBONES[backbone].mode
    square = (IMAGENET_SIDE_PX, IMAGENET_SIDE_PX)
    answers = []
    for picture in pictures:
        pixels = frame(picture, square).image[None].astype(np.float32)
        answers.append(np.asarray(classifier(preprocess(pixels, mode), training=False)))
    targets = np.concatenate(answers)
    try:
        listed = keras.applications.imagenet_utils.decode_predictions(
            np.eye(targets.shape[1], dtype=np.float32), top=1
        )
    except Exception as error:  # Keras wraps failed downloads in bare Exceptions.
        raise WeightsUnavailableError(
            backbone,
            "imagenet",
            f"the names of the classes could not be fetched ({error})",
            "Use --classes catalogue.",
        ) from error
    names = tuple(best[0][1].replace("_", " ") for best in listed)
    return Classes(names, targets.astype(np.float32))


def fit_class_head(
    network: keras.Model, features: FloatArray, classes: Classes, *, seed: int
) -> float:
    """Fit the linear classes to soft targets, and put them into the network.

    Multinomial logistic regression on standardised features; the standardisation is
    folded into the weights.

    Parameters
    ----------
    network : keras.Model
        Its layer ``classes`` is set.
    features : (N, C) float32
        Of `pooled_features`.
    classes : Classes
        Rows without a target do not count.
    seed : int

    Returns
    -------
    agreement : float
        Share of the labelled pictures whose likeliest class is one of theirs.
    """
    has_label = classes.targets.sum(axis=1) > 0
    known, targets = features[has_label], classes.targets[has_label]
    mean, deviation = known.mean(axis=0), known.std(axis=0)
    # A channel that is nearly silent on this collection must not get a huge weight:
    # it would not fit into float16, and mean nothing.
    deviation = np.maximum(deviation, 0.01 * deviation.mean() + 1e-6)
    keras.utils.set_random_seed(seed)
    linear = keras.Sequential(
        [
            keras.Input((known.shape[1],)),
            keras.layers.Dense(targets.shape[1], activation="softmax"),
        ]
    )
    linear.compile(
        keras.optimizers.AdamW(1e-2, weight_decay=1e-3), "categorical_crossentropy"
    )
    linear.fit(
        (known - mean) / deviation, targets, batch_size=256, epochs=EPOCHS, verbose=0
    )
    kernel, bias = linear.layers[-1].get_weights()
    kernel = kernel / deviation[:, None]
    head = network.get_layer("classes")
    head.kernel.assign(kernel)
    head.bias.assign(bias - mean @ kernel)
    likeliest = (known @ kernel + bias - mean @ kernel).argmax(axis=1)
    return float((targets[np.arange(len(known)), likeliest] > 0).mean())
