"""Epipolar verification: the matches that two views of a solid object can have.

A homography relates two pictures of a plane. Two pictures of a bust from different
sides are related by their epipolar geometry only: a point of one lies somewhere on a
line of the other. That says less about a match, and is therefore asked of fewer, less
ambiguous ones.

The cameras are taken to be affine: a bust is seen from farther away than it is deep.
Four matches then determine the geometry, instead of seven with perspective, and so
fewer agree by chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.retrieval.settings import VerificationSettings
from app.retrieval.types import BoolArray, LocalFeatures
from app.retrieval.verification.matching import match_places

SAMPLE = 4
"""Matches that determine an affine epipolar geometry: so many always agree."""
SAMPLES = 500
"""Drawn at most; with a third of the matches right, all but two of a thousand
estimates see a sample without a wrong one."""
SAMPLING_SEED = 0
"""Of the draws of each estimate."""
REFINEMENTS = 3
"""Least-squares fits to the inliers, each to those of the one before."""
_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Epipolar:
    """Matches between two pictures that one epipolar geometry explains.

    Attributes
    ----------
    matches : (P, 2) int32
        Rows of the query's (column 0) and of the candidate's (column 1) keypoints, the
        least ambiguous first.
    """

    matches: NDArray[np.int32]

    @property
    def inlier_count(self) -> int:
        """Number of matches that agree; 0, or more than `SAMPLE`."""
        return len(self.matches)


def verify_epipolar(
    query: LocalFeatures, candidate: LocalFeatures, settings: VerificationSettings
) -> Epipolar:
    """Count the matches between two pictures that one epipolar geometry explains.

    Parameters
    ----------
    query, candidate : LocalFeatures
        Either may be empty.
    settings : VerificationSettings

    Returns
    -------
    epipolar : Epipolar
        Without matches where those that agree say nothing: not more than always do,
        or all on one line of a picture, as along a frame. Same input, same output.

    References
    ----------
    .. [1] Shapiro, Zisserman and Brady, "3D motion recovery via affine epipolar
       geometry", IJCV 1995.
    .. [2] Hartley and Zisserman, "Multiple view geometry in computer vision",
       chapter 14, 2004.
    """
    matches = match_places(query, candidate, ratio=settings.epipolar_ratio)
    nothing = Epipolar(matches[:0])
    if len(matches) <= SAMPLE:
        return nothing
    max_error_px = settings.epipolar_error_px
    pairs = np.hstack([query.xy[matches[:, 0]], candidate.xy[matches[:, 1]]])
    inliers = _agreeing(pairs.astype(np.float64), max_error_px)
    if np.count_nonzero(inliers) <= SAMPLE:
        return nothing
    agreeing = pairs[inliers]
    if min(_breadth(agreeing[:, :2]), _breadth(agreeing[:, 2:])) < max_error_px:
        return nothing
    return Epipolar(matches[inliers])


def _agreeing(pairs: NDArray[np.float64], max_error_px: float) -> BoolArray:
    """Mark the most pairs (Q, 4) of positions that one geometry explains.

    An affine epipolar geometry is a plane in the space of pairs (x, y, x', y').
    """
    rng = np.random.default_rng(SAMPLING_SEED)
    samples = pairs[rng.integers(0, len(pairs), (SAMPLES, SAMPLE))]
    normals = _normals(samples[:, 1:] - samples[:, :1])
    offsets = np.einsum("sd,sd->s", normals, samples[:, 0])
    is_inlier = _errors(pairs, normals, offsets) <= max_error_px
    best = np.asarray(is_inlier[:, is_inlier.sum(axis=0).argmax()], dtype=np.bool_)
    for _ in range(REFINEMENTS):
        if np.count_nonzero(best) <= SAMPLE:
            break
        middle = pairs[best].mean(axis=0)
        normal = np.linalg.svd(pairs[best] - middle, full_matrices=False)[2][-1]
        errors = _errors(pairs, normal[None], (normal @ middle)[None])[:, 0]
        if np.count_nonzero(errors <= max_error_px) <= np.count_nonzero(best):
            break
        best = errors <= max_error_px
    return best


def _normals(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vectors (S, 4) that are normal to three each, of (S, 3, 4).

    Zero where the three are not independent.
    """
    columns = np.arange(4)
    minors = [np.linalg.det(spans[:, :, columns != column]) for column in columns]
    return np.stack(minors, axis=1) * [1, -1, 1, -1]


def _errors(
    pairs: NDArray[np.float64],
    normals: NDArray[np.float64],
    offsets: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure the distance of each pair (Q, 4) from the lines of each geometry (S, 4).

    In pixels, (Q, S): in the picture where it is larger. Infinite where a geometry has
    no lines in one of them.
    """
    slopes = np.minimum(
        np.linalg.norm(normals[:, :2], axis=1), np.linalg.norm(normals[:, 2:], axis=1)
    )
    residuals = np.abs(pairs @ normals.T - offsets)
    is_geometry = slopes > _TINY * np.linalg.norm(normals, axis=1).clip(min=_TINY)
    return np.where(is_geometry, residuals / np.where(is_geometry, slopes, 1), np.inf)


def _breadth(xy: NDArray[np.floating]) -> float:
    """Measure how far points (P, 2) spread across the line that they are nearest to."""
    across = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False)[-1]
    return float(across / np.sqrt(len(xy)))
