"""Whitening: the projection that was trained, or PCA of what the network now gives."""

from collections.abc import Sequence

import keras
import numpy as np

from app.retrieval.framing import choose_frame, frame
from app.retrieval.types import FloatArray, Image
from app.retrieval.whitening import unit_length


def class_vectors(
    network: keras.Model, pictures: Sequence[Image], sizes: Sequence[tuple[int, int]]
) -> FloatArray:
    """Pool pictures up to what whitening gets: one unit vector per class seen.

    Parameters
    ----------
    network : keras.Model
        Of :func:`app.retrieval.network.build_network`.
    pictures : sequence of (H, W, 3) uint8
    sizes : sequence of (height, width)
        Frames to choose from.

    Returns
    -------
    vectors : (M, C) float32
        Of all pictures together, unit length; classes seen nowhere are left out.
    """
    pooling = keras.Model(network.inputs, network.get_layer("class_vectors").output)
    parts = []
    for picture in pictures:
        size = choose_frame((picture.shape[0], picture.shape[1]), sizes)
        framed = frame(picture, size).image[None].astype(np.float32)
        parts.append(np.asarray(pooling(framed, training=False))[0])
    vectors = np.concatenate(parts)
    return unit_length(vectors[np.any(vectors > 0, axis=1)])
