"""Registration: a homography refined on the pixels of the two pictures.

Keypoints fix a homography to a few pixels, and only where they lie. Patches from all
over the work, tracked from the reference picture into the rectified photo, fix it
everywhere, and to a fraction of a pixel.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray, FloatArray
from app.retrieval.verification.homography import box_of, fit, is_plausible, project

POINT_COUNT = 100
"""Corners tracked at most."""
SPACING_SHARE = 1 / 24
"""Least distance of two corners as a share of the picture's long side: all over it."""
WINDOW_PX = 15
QUALITY = 0.005
"""Weakest corner against the strongest one."""
LIGHT_PX = 31
LEVELS = 1
"""Pyramid levels above the full size: finds shifts of some 10 pixels."""
MAX_ERROR_PX = 1.5
"""Largest error of a tracked corner that still counts, in pixels of the picture."""
LEAST_POINTS = 12
LEAST_SHARE = 0.4
"""Of the tracked corners that one homography must explain."""

Grey = NDArray[np.uint8]


def register(
    photo: Grey, picture: Grey, homography: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Refine a homography by tracking corners (pyramidal Lucas-Kanade).

    Parameters
    ----------
    photo, picture : (H, W) and (h, w) uint8, grey
    homography : (3, 3) float64
        Photo pixels to picture pixels, right to a few percent of the picture.

    Returns
    -------
    homography : (3, 3) float64
        The refined one; the given one where too little can be tracked, or where the
        pictures are not more alike by the refined one.

    References
    ----------
    .. [1] Bouguet, "Pyramidal implementation of the Lucas Kanade feature tracker",
       Intel Corporation 2000.
    """
    size = picture.shape[0], picture.shape[1]
    before, visible = rectify(photo, homography, size)
    correction = _correction(before, picture, visible)
    if correction is None:
        return homography
    refined = correction @ homography
    corners = box_of(np.array([[0, 0], size[::-1]], np.float32))
    if not is_plausible(refined, corners):
        return homography
    after, still_visible = rectify(photo, refined, size)
    both = visible & still_visible
    detail = detail_of(picture)
    earlier, later = (
        likeness(detail_of(rectified), detail, both) for rectified in (before, after)
    )
    if later <= earlier:
        return homography
    return np.asarray(refined / refined[2, 2], np.float64)


def rectify(
    photo: Grey, homography: NDArray[np.float64], size: tuple[int, int]
) -> tuple[Grey, BoolArray]:
    """Warp a photo into the plane of a picture.

    Parameters
    ----------
    photo : (H, W) uint8
    homography : (3, 3) float64
        Photo pixels to pixels of the result.
    size : tuple of int
        (height, width) of the result.

    Returns
    -------
    rectified : (height, width) uint8
    visible : (height, width) bool
        Which pixels the photo shows.
    """
    height, width = size
    rectified = cv2.warpPerspective(
        photo, homography, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    inside = np.full(photo.shape, 255, np.uint8)
    visible = cv2.warpPerspective(
        inside, homography, (width, height), flags=cv2.INTER_NEAREST
    )
    return np.asarray(rectified, np.uint8), visible > 0


def resizing(old: tuple[int, ...], new: tuple[int, ...]) -> NDArray[np.float64]:
    """Map pixels of a picture to those of its resized copy.

    Parameters
    ----------
    old, new : tuple of int
        (height, width) of the picture and of its copy.

    Returns
    -------
    homography : (3, 3) float64
        A homography to the picture, times this one from the left, leads to the copy.
    """
    down, across = new[0] / old[0], new[1] / old[1]
    # Pixel centres have whole coordinates, so resizing also shifts by half a pixel.
    return np.array(
        [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]]
    )


def detail_of(grey: Grey) -> FloatArray:
    """Take noise out of a picture, and illumination, which is smooth.

    Returns
    -------
    detail : (ceil(H / 2), ceil(W / 2)) float32
        Of every second pixel, which says as much in a quarter of the time.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    detail = smooth - cv2.blur(smooth, (LIGHT_PX, LIGHT_PX))
    return np.asarray(detail[::2, ::2], np.float32)


def likeness(one: FloatArray, other: FloatArray, where: BoolArray) -> float:
    """Correlate the details of two pictures where both show something.

    Parameters
    ----------
    one, other : (ceil(H / 2), ceil(W / 2)) float32
        From `detail_of`.
    where : (H, W) bool

    Returns
    -------
    likeness : float in [-1, 1]
        0 where one of them has no detail.
    """
    shown = where[::2, ::2]
    first, second = one[shown], other[shown]
    energy = float(first @ first) * float(second @ second)
    return float(first @ second) / float(np.sqrt(energy)) if energy else 0.0


def _correction(
    rectified: Grey, picture: Grey, visible: BoolArray
) -> NDArray[np.float64] | None:
    """Fit a homography, rectified photo to picture, to tracked corners."""
    corners = cv2.goodFeaturesToTrack(
        picture,
        POINT_COUNT,
        QUALITY,
        max(3.0, SPACING_SHARE * max(picture.shape)),
        mask=visible.astype(np.uint8),
    )
    if np.ndim(corners) != 3:  # None, without a single one
        return None
    tracked, status, _ = cv2.calcOpticalFlowPyrLK(
        picture,
        rectified,
        corners,
        np.empty_like(corners),
        winSize=(WINDOW_PX, WINDOW_PX),
        maxLevel=LEVELS,
    )
    is_tracked = status[:, 0] == 1
    source = np.asarray(tracked[is_tracked, 0], np.float32)
    target = np.asarray(corners[is_tracked, 0], np.float32)
    if len(source) < LEAST_POINTS:
        return None
    correction = fit(source, target, MAX_ERROR_PX)
    if correction is None:
        return None
    errors = np.linalg.norm(project(correction, source) - target, axis=1)
    explained = np.count_nonzero(errors <= MAX_ERROR_PX)
    if explained < max(LEAST_POINTS, LEAST_SHARE * len(source)):
        return None
    return correction
