"""Detection of lines of text in a photo.

A network gives for every place of the photo how likely it lies in the middle of a line;
what is connected is a line, shrunk by a known share, and is grown again (Liao et al.,
"Real-time scene text detection with differentiable binarization", AAAI 2020).
"""

import cv2
import numpy as np

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import FloatArray, Image
from app.services.labels.networks import Network

STEP_PX = 32
"""Both sides of what the network sees are a multiple of this."""
LIKELY = 0.3
"""From here on a place belongs to a line."""
SURE = 0.5
"""Mean over a line, below which it is none."""
GROWTH = 1.6
"""By which area over perimeter a line is grown, as the network was taught."""
MIN_HEIGHT_PX = 3
"""Of a shrunk line, in what the network saw."""


def detect(image: Image, network: Network, *, side_px: int) -> FloatArray:
    """Find lines of text.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    network : Network
    side_px : int, > 0
        Long side of what the network sees, about; larger finds smaller letters.

    Returns
    -------
    boxes : (N, 4, 2) float32
        Corners in pixels of ``image``, clockwise, the long sides first and last: top
        left, top right, bottom right, bottom left of a line that is roughly upright.
    """
    scores = network(prepared(image, side_px))[0, 0]
    height, width = image.shape[:2]
    scale = np.array(
        [width / scores.shape[1], height / scores.shape[0]], dtype=np.float32
    )
    mask = cv2.dilate((scores > LIKELY).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours:
        centre, size, angle = cv2.minAreaRect(contour)
        if min(size) < MIN_HEIGHT_PX or _mean_inside(scores, contour) < SURE:
            continue
        grown = GROWTH * size[0] * size[1] / (2 * (size[0] + size[1]))
        larger = (size[0] + 2 * grown, size[1] + 2 * grown)
        boxes.append(_ordered(cv2.boxPoints((centre, larger, angle)) * scale))
    return np.array(boxes, np.float32).reshape(-1, 4, 2)


def prepared(image: Image, side_px: int) -> FloatArray:
    """Bring a picture to what the network takes: (1, 3, h, w) float32 in [-1, 1]."""
    small = resize_to_long_side(image, side_px)
    height, width = (
        max(STEP_PX, STEP_PX * round(n / STEP_PX)) for n in small.shape[:2]
    )
    fitted = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return network_values(np.asarray(fitted[..., ::-1], np.uint8))[None]


def network_values(image: Image) -> FloatArray:
    """Turn (h, w, 3) uint8, BGR as the networks were taught, into (3, h, w) float32."""
    values = image.astype(np.float32).transpose(2, 0, 1)
    return np.ascontiguousarray(values / 127.5 - 1)


def _mean_inside(scores: FloatArray, contour: np.ndarray) -> float:
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour - (left, top)], -1, 1, cv2.FILLED)
    part = np.ascontiguousarray(scores[top : top + height, left : left + width])
    return float(cv2.mean(part, inside)[0])


def _ordered(corners: FloatArray) -> FloatArray:
    """Order the corners of a rectangle: its long side on top, the left end first."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
