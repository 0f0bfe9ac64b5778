"""Explanations: the rectified work, where the network looked, and what it saw.

What a person can check with their own eyes needs no trust in a number.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.subjects import SubjectReader
from app.retrieval.types import Description, FloatArray, Image

HEAT_SIDE_PX = 320
"""Long side of a heat map: it is smooth, and browsers enlarge it."""
MAX_OPACITY = 0.72
"""Of the hottest place: the photo must still be seen under it."""
LEAST_ATTENTION = 0.25
"""Below this share of the maximum the photo is left as it is."""
LEAST_SEEN = 0.05
"""Probability of what is named as seen. Less has many a painting of a leopard."""


def rectify(image: Image, outline: FloatArray, size: tuple[int, int]) -> Image:
    """Cut a work out of a photo as if it had been taken from straight ahead.

    Parameters
    ----------
    image : (H, W, 3) uint8
    outline : (4, 2) float
        The work's corners as shares of the photo's width and height: top left, top
        right, bottom right, bottom left. They fix the homography: a plane has no
        other four corners.
    size : tuple of int
        (height, width) of the result in pixels.

    Returns
    -------
    rectified : (height, width, 3) uint8
        Mid grey where the work lies outside the photo.
    """
    height, width = size
    corners = np.asarray(outline, np.float32) * (image.shape[1], image.shape[0])
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # Half a pixel, because OpenCV counts from the middle of the first one.
    homography = cv2.getPerspectiveTransform(
        corners.astype(np.float32) - 0.5, target - 0.5
    )
    rectified = cv2.warpPerspective(
        image, homography, (width, height), borderValue=(128, 128, 128)
    )
    return np.asarray(rectified, np.uint8)


def attention(description: Description) -> NDArray[np.uint8] | None:
    """Sum up where the network saw the classes that describe a photo.

    Parameters
    ----------
    description : Description

    Returns
    -------
    attention : (h, w) uint8 or None
        The class activation maps, each weighted by the probability of its class; 255
        at the most active place. None if the network saw nothing.

    References
    ----------
    .. [1] Zhou et al., "Learning deep features for discriminative localization",
       CVPR 2016.
    """
    maps = [one.probability * one.activation_map for one in description.classes]
    if not maps:
        return None
    total = np.sum(maps, axis=0)
    peak = float(total.max())
    if peak <= 0:
        return None
    return np.asarray((255 * total.clip(0) / peak).round(), np.uint8)


def subjects_seen(description: Description) -> tuple[str, ...]:
    """Name what the network saw in a photo, in words that people use.

    Parameters
    ----------
    description : Description

    Returns
    -------
    subjects : tuple of str
        Keys of ``app.retrieval.descriptors.subjects``. Empty where it saw nothing else
        than pictures, or has classes of its own.
    """
    if not description.classes:
        return ()
    labels = [one.label for one in description.classes]
    probabilities = [one.probability for one in description.classes]
    view = np.array(probabilities, np.float32)
    return SubjectReader.of(labels).read([view], least=LEAST_SEEN)


def encode_attention(grey: NDArray[np.uint8]) -> bytes:
    """Encode an attention map (h, w) as a grey PNG."""
    return cv2.imencode(".png", grey)[1].tobytes()


def draw_heat(png: bytes, size: tuple[int, int]) -> bytes:
    """Colour an attention map, to be laid over its photo.

    Parameters
    ----------
    png : bytes
        As `encode_attention` made it.
    size : tuple of int
        (height, width) of the photo; the result has its shape, not its size.

    Returns
    -------
    png : bytes
        With transparency: from nothing by red to yellow, where the network looked.
    """
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{len(png)} bytes are not the PNG of an attention map")
    scale = HEAT_SIDE_PX / max(size)
    height, width = (max(1, round(side * scale)) for side in size)
    share = cv2.resize(
        grey.astype(np.float32) / 255, (width, height), interpolation=cv2.INTER_CUBIC
    ).clip(0, 1)
    shown = ((share - LEAST_ATTENTION) / (1 - LEAST_ATTENTION)).clip(0, 1)
    # From the middle of the scale on: its beginning is black, which darkens.
    levels = (90 + 155 * shown).astype(np.uint8)
    colours = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)  # BGR
    opacity = (255 * MAX_OPACITY * np.sqrt(shown)).astype(np.uint8)
    return cv2.imencode(".png", np.dstack([colours, opacity]))[1].tobytes()
