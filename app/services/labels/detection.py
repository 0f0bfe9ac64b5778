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

LONG_PX = 736
"""Long side of what the network sees; larger would find smaller letters. Both sides are
multiples of 32, which it asks for."""
SHORT_PX = 416, 544, 736
"""Its short sides, filled up to the next: for each size that it meets first, the
network is prepared anew, and keeps 5 MB for good."""
SQUEEZED = 0.97
"""Share to which a photo may be made narrower, so that it need not be filled up."""
LIKELY = 0.3
"""From here on a place belongs to a line."""
SURE = 0.5
"""Mean over a line, below which it is none."""
GROWTH = 1.6
"""By which area over perimeter a line is grown, as the network was taught."""
MIN_HEIGHT_PX = 3
"""Of a shrunk line, in what the network saw."""


def detect(image: Image, network: Network) -> FloatArray:
    """Find lines of text.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    network : Network

    Returns
    -------
    boxes : (N, 4, 2) float32
        Corners in pixels of ``image``, clockwise, the long sides first and last: top
        left, top right, bottom right, bottom left of a line that is roughly upright.
    """
    batch, (seen_height, seen_width) = prepared(image)
    scores = np.ascontiguousarray(network(batch)[0, 0, :seen_height, :seen_width])
    height, width = image.shape[:2]
    scale = np.array([width / seen_width, height / seen_height], np.float32)
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


def prepared(image: Image) -> tuple[FloatArray, tuple[int, int]]:
    """Bring a picture to what the network takes.

    Returns
    -------
    batch : (1, 3, h, w) float32 in [-1, 1]
        Grey where the picture ends before.
    size : tuple of int
        Height and width of the picture in it.
    """
    small = resize_to_long_side(image, LONG_PX)
    height, width = small.shape[:2]
    short = next(side for side in SHORT_PX if SQUEEZED * min(height, width) <= side)
    size = min(height, short), width
    if height > width:
        size = height, min(width, short)
    fitted = cv2.resize(small, size[::-1], interpolation=cv2.INTER_LINEAR)
    frame = (LONG_PX, short) if height > width else (short, LONG_PX)
    batch = np.zeros((1, 3, *frame), np.float32)
    batch[0, :, : size[0], : size[1]] = network_values(
        np.asarray(fitted[..., ::-1], np.uint8)
    )
    return batch, size


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
