"""Perceptual hash (pHash): 64 bits that survive recompression, and little else.

What is often proposed for finding pictures again. Here to compare with: it knows
copies of a file, not photos of a work.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray, Image

SIDE_PX = 32
"""Of the square that a picture is shrunk to."""
FREQUENCIES = 8
"""Kept along each side, the lowest ones: 64 in all."""


def perceptual_hash(image: Image) -> NDArray[np.bool_]:
    """Compute pHash: whether each low frequency is stronger than the median.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    bits : (64,) bool
        In the order of the rows of the discrete cosine transform. A picture
        of one colour has the first one at most.

    References
    ----------
    .. [1] Zauner, "Implementation and benchmarking of perceptual image hash
       functions", 2010, section 3.2 (DCT based hash). As in the implementations in
       use, the constant part takes part and the picture is not blurred.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    spectrum = cv2.dct(small.astype(np.float32))[:FREQUENCIES, :FREQUENCIES]
    # Rounded, so that the traces of rounding in an empty spectrum are no signs.
    values = np.round(spectrum.ravel(), 3)
    return np.asarray(values > np.median(values), np.bool_)


def bit_agreement(query: NDArray[np.bool_], hashes: NDArray[np.bool_]) -> FloatArray:
    """Count equal bits: 64 less the Hamming distance.

    Parameters
    ----------
    query : (64,) bool
    hashes : (N, 64) bool

    Returns
    -------
    agreement : (N,) float32
        Higher is more alike.
    """
    if hashes.shape[1:] != query.shape:
        raise ValueError(f"hashes must be (N, {len(query)}), got {hashes.shape}")
    return np.asarray((hashes == query).sum(axis=1), np.float32)
