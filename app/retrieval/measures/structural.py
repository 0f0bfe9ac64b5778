"""Structural similarity (SSIM) of pictures, alone and over a feature distance.

Both compare what is at the same place, so pictures are first brought to one size. That
makes them good at telling how a picture was changed and bad at telling what it shows;
and it makes them slow, so that on a collection they re-rank a shortlist.
"""

from dataclasses import dataclass
from typing import SupportsIndex

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.measures.distances import Euclidean
from app.retrieval.types import FloatArray, Image

SIDE_PX = 128
"""Of the square that pictures are stretched or shrunk to."""
WINDOW_PX, SIGMA_PX = 11, 1.5
"""Side of a neighbourhood, and of the Gaussian that weighs it, as in the paper."""
C1, C2 = 0.01**2, 0.03**2
"""Keep a division by nothing away; the paper's, for values in [0, 1]."""
SMALLEST_DISTANCE = 1e-6
"""Nearer vectors count as this far apart: about the rounding of a unit vector."""


@dataclass(frozen=True, slots=True, eq=False)
class StructuralInput:
    """Input of `SsimOverEuclidean`: one picture, or N.

    Attributes
    ----------
    luminance : (S, S) or (N, S, S) float32 in [0, 1]
    features : (D,) or (N, D) float32
    """

    luminance: FloatArray
    features: FloatArray

    def __getitem__(
        self, rows: SupportsIndex | slice | NDArray[np.integer]
    ) -> "StructuralInput":
        """Take one of N pictures, or some."""
        return StructuralInput(self.luminance[rows], self.features[rows])


class Ssim:
    """Mean structural similarity of two grey pictures, from -1 to 1; about 1 ms each.

    References
    ----------
    .. [1] Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error
       visibility to structural similarity", IEEE TIP 2004.
    """

    name = "SSIM"

    def score(self, query: FloatArray, candidates: FloatArray) -> FloatArray:
        """Compare a picture (S, S) with N pictures (N, S, S), values in [0, 1]."""
        if query.ndim != 2 or candidates.shape[1:] != query.shape:
            raise ValueError(
                "query must be (S, S) and candidates (N, S, S), got "
                f"{query.shape} and {candidates.shape}"
            )
        seen = _Neighbourhoods(query)
        return np.fromiter(
            (seen.similarity(_Neighbourhoods(one)) for one in candidates),
            np.float32,
            len(candidates),
        )


class SsimOverEuclidean:
    """Structural similarity divided by the distance of feature vectors.

    ``(1 + SSIM) / 2 / max(distance, 1e-6)``: alike in structure *and* near to what a
    network sees. SSIM may be negative, and then a larger distance would be better: so
    it is first brought to 0 … 1. Two pictures with the same vector are not infinitely
    alike: among such, SSIM decides.
    """

    name = "SSIM ÷ Euclid"

    def score(self, query: StructuralInput, candidates: StructuralInput) -> FloatArray:
        """Compare one picture with N."""
        return over_distance(
            Ssim().score(query.luminance, candidates.luminance),
            Euclidean().score(query.features, candidates.features),
        )


def over_distance(ssim: FloatArray, euclid: FloatArray) -> FloatArray:
    """Make the scores of `SsimOverEuclidean` of those of its two parts.

    Parameters
    ----------
    ssim, euclid : (...) float32
        Scores of `Ssim` and of `Euclidean`.

    Returns
    -------
    scores : (...) float32, >= 0
    """
    distances = np.maximum(-euclid, SMALLEST_DISTANCE)
    return np.asarray((1 + ssim) / 2 / distances, np.float32)


def luminance(image: Image) -> FloatArray:
    """Bring a picture to what structural similarity compares.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    luminance : (128, 128) float32 in [0, 1]
        Its shape is not kept: left stays left and top stays top.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    square = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(square, np.float32) / np.float32(255)


class _Neighbourhoods:
    """Means and variances around every pixel that has a whole neighbourhood.

    In float64: variances are small differences of large numbers.
    """

    def __init__(self, luminance: FloatArray) -> None:
        self._pixels = luminance.astype(np.float64)
        self._mean = _weighted(self._pixels)
        self._variance = _weighted(self._pixels**2) - self._mean**2

    def similarity(self, other: "_Neighbourhoods") -> float:
        """Mean over the pixels of equation 13 of the paper."""
        means = self._mean * other._mean
        covariance = _weighted(self._pixels * other._pixels) - means
        alike = (2 * means + C1) * (2 * covariance + C2)
        most = (self._mean**2 + other._mean**2 + C1) * (
            self._variance + other._variance + C2
        )
        return float(np.mean(alike / most))


def _weighted(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of each whole neighbourhood, weighted by the Gaussian."""
    blurred = cv2.GaussianBlur(values, (WINDOW_PX, WINDOW_PX), SIGMA_PX)
    border = WINDOW_PX // 2
    return np.asarray(blurred[border:-border, border:-border], np.float64)
