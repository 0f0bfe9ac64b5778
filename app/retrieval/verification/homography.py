"""Geometric verification: a homography fitted to the matches of two pictures.

Paintings are flat, so photo and reference are related by a homography. Features
that merely look alike agree with none. Sculpture is only approximately covered:
a view close to the reference image works, another side does not.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.settings import VerificationSettings
from app.retrieval.types import FloatArray, LocalFeatures, Verification
from app.retrieval.verification.polygons import spanned_share

MINIMUM_MATCHES = 4
"""Point pairs that determine a homography."""
SAMPLING_SEED = 0
"""State of the estimator's random generator at the start of each estimate."""
MAX_ITERATIONS = 2000
CONFIDENCE = 0.999
PLACE_PX = 1.0
"""Keypoints nearer than about this are one place (SIFT repeats a keypoint for each
of its orientations)."""
MAX_SIDE_RATIO = 8.0
"""Longest against shortest side of a found outline, each relative to the work's own
side. A work seen at 75 degrees from the front is foreshortened by 4."""
MIN_SCALE, MAX_SCALE = 1 / 20, 20.0
"""Length in the photo per length in the reference image, both resized."""


def match(
    query: LocalFeatures, candidate: LocalFeatures, *, ratio: float
) -> NDArray[np.int32]:
    """Pair keypoints that are each other's nearest, and clearly so.

    Parameters
    ----------
    query, candidate : LocalFeatures
        Either may be empty.
    ratio : float in (0, 1]
        Largest distance to the nearest descriptor of the candidate relative to
        that to the second nearest.

    Returns
    -------
    matches : (Q, 2) int32
        Rows of the query (column 0) and of the candidate (column 1), the least
        ambiguous first; no row occurs twice in a column.

    Raises
    ------
    ValueError
        If ``ratio`` is outside (0, 1].

    References
    ----------
    .. [1] Lowe, "Distinctive image features from scale-invariant keypoints",
       IJCV 2004.
    """
    if not 0 < ratio <= 1:
        raise ValueError(f"ratio must be in (0, 1], got {ratio}")
    if not len(query) or not len(candidate):
        return np.zeros((0, 2), np.int32)
    # Twice a sum of 128 products of bytes stays below 2 ** 24, so float32 holds all
    # of it exactly and the result does not depend on the order in which BLAS adds. One
    # product gives |b|^2 - 2 ab: the lengths ride along as one more dimension. The
    # query's own length is the same for all its distances, so only those that are
    # compared with a ratio get it.
    ours, our_lengths = _with_room(query.descriptors)
    theirs, their_lengths = _with_room(candidate.descriptors)
    ours[:, :-1] *= -2
    ours[:, -1] = 1
    theirs[:, -1] = their_lengths
    distances = ours @ theirs.T
    rows = np.arange(len(query))
    nearest = distances.argmin(axis=1)
    first = distances[rows, nearest] + our_lengths
    distances[rows, nearest] = np.inf
    second = distances.min(axis=1) + our_lengths
    clear = np.flatnonzero(first <= ratio**2 * second)
    # Back from the candidate, for the few that are left.
    ours[:, -1] = our_lengths
    theirs[:, -1] = 1
    back = theirs[nearest[clear]] @ ours.T
    clear = clear[back.argmin(axis=1) == clear]
    # Two keypoints with equal descriptors would both point at one candidate row.
    order = np.argsort(first[clear] / np.maximum(second[clear], 1), kind="stable")
    return np.stack([clear, nearest[clear]], axis=1).astype(np.int32)[order]


def verify(
    query: LocalFeatures, candidate: LocalFeatures, settings: VerificationSettings
) -> Verification:
    """Count the matches between two pictures that one homography explains.

    Parameters
    ----------
    query, candidate : LocalFeatures
        Either may be empty.
    settings : VerificationSettings

    Returns
    -------
    verification : Verification
        With the homography from query to candidate, or without one when there is
        none that a camera could have made. Several matches between the same two
        places count once. Same input, same output.

    References
    ----------
    .. [1] Barath et al., "MAGSAC++, a fast, reliable and accurate robust
       estimator", CVPR 2020.
    .. [2] Philbin et al., "Object retrieval with large vocabularies and fast
       spatial matching", CVPR 2007.
    """
    matches = _one_per_place(
        match(query, candidate, ratio=settings.ratio), query, candidate
    )
    nothing = Verification(matches, np.zeros(len(matches), np.bool_), None)
    if len(matches) < MINIMUM_MATCHES:
        return nothing
    source = query.xy[matches[:, 0]]
    target = candidate.xy[matches[:, 1]]
    homography = fit(source, target, settings.max_error_px)
    if homography is None or not is_plausible(homography, candidate.size):
        return nothing
    errors = np.linalg.norm(project(homography, source) - target, axis=1)
    inliers = errors <= settings.max_error_px
    if np.count_nonzero(inliers) < MINIMUM_MATCHES:
        return nothing
    return Verification(matches, inliers, homography)


def project(homography: NDArray[np.floating], xy: FloatArray) -> FloatArray:
    """Map points by a homography.

    Parameters
    ----------
    homography : (3, 3) float64
    xy : (M, 2) float32

    Returns
    -------
    mapped : (M, 2) float32
        Not finite where a point maps to the horizon.
    """
    homogeneous = xy @ homography[:, :2].T + homography[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], dtype=np.float32)


def is_plausible(
    homography: NDArray[np.float64], candidate_size: tuple[int, int]
) -> bool:
    """Tell whether a camera could have seen the whole work like this.

    The outline of the work in the photo must be a convex quadrilateral in front of
    the camera, seen from its painted side, neither squeezed to a line nor of an
    absurd size.

    Parameters
    ----------
    homography : (3, 3) float64
        Query pixels to candidate pixels.
    candidate_size : tuple of int
        (height, width) of the candidate in pixels.
    """
    try:
        inverse = np.linalg.inv(homography)
    except np.linalg.LinAlgError:
        return False
    corners = _corners(candidate_size)
    depths = corners @ inverse[2, :2] + inverse[2, 2]
    if not np.isfinite(inverse).all() or depths.min() * depths.max() <= 0:
        return False
    outline = project(inverse, corners).astype(np.float64)
    sides = np.roll(outline, -1, axis=0) - outline
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    if not (turns > 0).all():
        return False
    height, width = candidate_size
    scales = np.linalg.norm(sides, axis=1) / [width, height, width, height]
    return bool(
        scales.max() <= MAX_SIDE_RATIO * scales.min()
        and scales.min() >= MIN_SCALE
        and scales.max() <= MAX_SCALE
    )


def project_outline(
    verification: Verification,
    query_size: tuple[int, int],
    candidate_size: tuple[int, int],
) -> FloatArray | None:
    """Find where the work's corners lie in the photo.

    Parameters
    ----------
    verification : Verification
    query_size, candidate_size : tuple of int
        (height, width) of the pictures that the keypoints refer to.

    Returns
    -------
    outline : (4, 2) float32 or None
        Top left, top right, bottom right and bottom left corner of the work as
        shares of the photo's width and height; may lie outside [0, 1]. None
        without a homography.
    """
    if verification.homography is None:
        return None
    outline = project(np.linalg.inv(verification.homography), _corners(candidate_size))
    height, width = query_size
    return np.asarray(outline / [width, height], dtype=np.float32)


def inlier_points(
    verification: Verification, query: LocalFeatures, candidate: LocalFeatures
) -> FloatArray:
    """Locate the inliers in both pictures.

    Parameters
    ----------
    verification : Verification
    query, candidate : LocalFeatures
        That it refers to.

    Returns
    -------
    points : (P, 4) float32
        x and y as shares of the query's width and height, then the same of the
        candidate's; the least ambiguous first.
    """
    rows = verification.matches[verification.inliers]
    sides = [
        features.xy[rows[:, column]] / features.size[::-1]
        for column, features in enumerate((query, candidate))
    ]
    return np.concatenate(sides, axis=1).astype(np.float32)


def coverage(verification: Verification, candidate: LocalFeatures) -> float:
    """Measure the share of a candidate's area that the inliers span, in [0, 1]."""
    rows = verification.matches[verification.inliers, 1]
    return spanned_share(candidate.xy[rows], candidate.size)


def _with_room(
    descriptors: NDArray[np.uint8],
) -> tuple[FloatArray, FloatArray]:
    """Return descriptors (M, 128) with an unset column after them, and |d|^2 (M,)."""
    count, length = descriptors.shape
    wider = np.empty((count, length + 1), np.float32)
    values = wider[:, :length]
    values[:] = descriptors
    return wider, np.einsum("md,md->m", values, values)


def _corners(size: tuple[int, int]) -> FloatArray:
    height, width = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _one_per_place(
    matches: NDArray[np.int32], query: LocalFeatures, candidate: LocalFeatures
) -> NDArray[np.int32]:
    """Keep the clearest match at each place of either picture, in order."""
    for column, features in enumerate((query, candidate)):
        places = np.floor(features.xy[matches[:, column]] / PLACE_PX)
        _, firsts = np.unique(places, axis=0, return_index=True)
        matches = matches[np.sort(firsts)]
    return matches


def fit(
    source: FloatArray, target: FloatArray, max_error_px: float
) -> NDArray[np.float64] | None:
    """Fit a homography to pairs of points robustly, with the same draws every time.

    None when no sample of them gave one.
    """
    parameters = cv2.UsacParams()
    parameters.randomGeneratorState = SAMPLING_SEED
    parameters.threshold = max_error_px
    parameters.confidence = CONFIDENCE
    parameters.maxIterations = MAX_ITERATIONS
    parameters.score = cv2.SCORE_METHOD_MAGSAC
    parameters.loMethod = cv2.LOCAL_OPTIM_SIGMA
    parameters.isParallel = False
    # None, or an empty matrix, when no sample gave a homography.
    found = np.asarray(cv2.findHomography(source, target, parameters)[0], np.float64)
    return found if found.shape == (3, 3) else None
