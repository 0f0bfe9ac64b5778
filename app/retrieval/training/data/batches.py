"""Batched inference of a Keras network over pictures of any shape."""

from collections.abc import Sequence

import numpy as np

from app.retrieval.images.letterbox import choose_frame, frame
from app.retrieval.runtime.keras import keras
from app.retrieval.types import FloatArray, Image

BATCH = 32


def run_network(
    network: keras.Model, pictures: Sequence[Image], sizes: Sequence[tuple[int, int]]
) -> list[FloatArray]:
    """Frame pictures as the finished model will, and run them through a network.

    Parameters
    ----------
    network : keras.Model
        With one output.
    pictures : sequence of (H, W, 3) uint8
    sizes : sequence of (height, width)
        Frames to choose from.

    Returns
    -------
    results : list of float32 arrays
        One per picture, in their order.
    """
    chosen = [choose_frame((p.shape[0], p.shape[1]), sizes) for p in pictures]
    results: dict[int, FloatArray] = {}
    for size in sizes:
        members = [number for number, own in enumerate(chosen) if own == size]
        for start in range(0, len(members), BATCH):
            part = members[start : start + BATCH]
            framed = np.stack([frame(pictures[number], size).image for number in part])
            outputs = network.predict_on_batch(framed.astype(np.float32))
            results.update(zip(part, outputs, strict=True))
    return [results[number] for number in range(len(pictures))]
