"""Geometric verification: a homography fitted to the matches of two pictures.

Paintings are flat, so photo and reference are related by a homography. Features
that merely look alike agree with none. Of a work in the round a homography explains
one face, a cheek or a plinth; what else of it is seen is the business of
``epipolar``.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.settings import VerificationSettings
from app.retrieval.types import FloatArray, LocalFeatures, Verification
from app.retrieval.verification.matching import locate, match_places
from app.retrieval.verification.polygons import spanned_share

MINIMUM_MATCHES = 4
"""Point pairs that determine a homography."""
SAMPLING_SEED = 0
"""State of the estimator's random generator at the start of each estimate."""
MAX_ITERATIONS = 2000
CONFIDENCE = 0.999
MAX_SIDE_RATIO = 8.0
"""Longest against shortest side of a found outline, each relative to the work's own
side. A work seen at 75 degrees from the front is foreshortened by 4."""
MIN_SCALE, MAX_SCALE = 1 / 20, 20.0
"""Length in the photo per length in the reference image, both resized."""


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
    matches = match_places(query, candidate, ratio=settings.ratio)
    nothing = Verification(matches, np.zeros(len(matches), np.bool_), None)
    if len(matches) < MINIMUM_MATCHES:
        return nothing
    source = query.xy[matches[:, 0]]
    target = candidate.xy[matches[:, 1]]
    homography = fit(source, target, settings.max_error_px)
    if homography is None:
        return nothing
    errors = np.linalg.norm(project(homography, source) - target, axis=1)
    inliers = errors <= settings.max_error_px
    if np.count_nonzero(inliers) < MINIMUM_MATCHES:
        return nothing
    if not is_plausible(homography, box_of(target[inliers])):
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


def is_plausible(homography: NDArray[np.float64], corners: FloatArray) -> bool:
    """Tell whether a camera could have seen a rectangle of the candidate like this.

    In the photo it must be a convex quadrilateral in front of the camera, not
    mirrored, neither squeezed to a line nor of an absurd size.

    Parameters
    ----------
    homography : (3, 3) float64
        Query pixels to candidate pixels.
    corners : (4, 2) float32
        Of the rectangle, in candidate pixels, in the order of `box_of`.
    """
    try:
        inverse = np.linalg.inv(homography)
    except np.linalg.LinAlgError:
        return False
    depths = corners @ inverse[2, :2] + inverse[2, 2]
    if not np.isfinite(inverse).all() or depths.min() * depths.max() <= 0:
        return False
    sides = _sides(corners.astype(np.float64))
    seen_sides = _sides(project(inverse, corners).astype(np.float64))
    following = np.roll(seen_sides, -1, axis=0)
    turns = seen_sides[:, 0] * following[:, 1] - seen_sides[:, 1] * following[:, 0]
    if not (turns > 0).all():
        return False
    # A side without length has no turn, so none is left here.
    scales = np.linalg.norm(seen_sides, axis=1) / np.linalg.norm(sides, axis=1)
    return bool(
        scales.max() <= MAX_SIDE_RATIO * scales.min()
        and scales.min() >= MIN_SCALE
        and scales.max() <= MAX_SCALE
    )


def box_of(xy: FloatArray) -> FloatArray:
    """Return the corners of the upright bounding box of some points.

    Parameters
    ----------
    xy : (M, 2) float32
        M >= 1.

    Returns
    -------
    corners : (4, 2) float32
        Top left, top right, bottom right, bottom left.
    """
    (left, top), (right, bottom) = xy.min(axis=0), xy.max(axis=0)
    return np.array(
        [[left, top], [right, top], [right, bottom], [left, bottom]], np.float32
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
        without a homography, and where it explains a part of the work only: a plane
        fitted to a cheek sends the far corners of the picture behind the camera.
    """
    homography = verification.homography
    if homography is None:
        return None
    height, width = candidate_size
    corners = box_of(np.array([[0, 0], [width, height]], np.float32))
    if not is_plausible(homography, corners):
        return None
    outline = project(np.linalg.inv(homography), corners)
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
    return locate(verification.matches[verification.inliers], query, candidate)


def coverage(verification: Verification, candidate: LocalFeatures) -> float:
    """Measure the share of a candidate's area that the inliers span, in [0, 1]."""
    rows = verification.matches[verification.inliers, 1]
    return spanned_share(candidate.xy[rows], candidate.size)


def _sides(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vector from each corner (K, 2) to the next one."""
    return np.roll(corners, -1, axis=0) - corners


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
