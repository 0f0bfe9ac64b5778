"""Letterboxing and stretching of pictures into shapes that networks are compiled for.

A network compiled for a fixed shape runs faster and in less memory, but stretching a
picture to that shape would change what it shows. So there are three shapes, a picture
goes into the one that suits it best, and what is left over is filled with its own
mean colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import FloatArray, Image


@dataclass(frozen=True, slots=True)
class Framed:
    """A letterboxed picture.

    Attributes
    ----------
    image : (H, W, 3) uint8
        Of exactly the frame's shape.
    box : tuple of int
        (top, left, height, width) of the picture in it.
    """

    image: Image
    box: tuple[int, int, int, int]


def frame_sizes(side_px: int, stride: int) -> tuple[tuple[int, int], ...]:
    """Make a square, a landscape and a portrait frame (4:3) of about the same area.

    Parameters
    ----------
    side_px : int
        Side of the square one.
    stride : int
        Pixels per position of the feature maps, of which all sides are multiples.

    Returns
    -------
    sizes : tuple of (height, width)
    """

    def rounded(length: float) -> int:
        return max(1, round(length / stride)) * stride

    short, long = rounded(side_px * 0.75**0.5), rounded(side_px / 0.75**0.5)
    return (rounded(side_px),) * 2, (short, long), (long, short)


def choose_frame(
    image_size: tuple[int, int], sizes: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Choose the frame whose shape is nearest to the picture's.

    Parameters
    ----------
    image_size : tuple of int
        (height, width)
    sizes : sequence of (height, width)
    """
    shape = np.log(image_size[0] / image_size[1])
    return min(sizes, key=lambda size: abs(np.log(size[0] / size[1]) - shape))


def frame(image: Image, size: tuple[int, int]) -> Framed:
    """Put a picture, as large as it fits, into the middle of a frame.

    Parameters
    ----------
    image : (H, W, 3) uint8
    size : tuple of int
        (height, width) of the frame.
    """
    height, width = image.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    resized = resize_to_long_side(
        image, max(1, int(max(height, width) * scale + 1e-6)), enlarge=True
    )
    resized = resized[: size[0], : size[1]]  # rounding may overshoot by a pixel
    height, width = resized.shape[:2]
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    framed = np.empty((*size, 3), np.uint8)
    framed[:] = np.rint(resized.mean(axis=(0, 1)))
    framed[top : top + height, left : left + width] = resized
    return Framed(framed, (top, left, height, width))


def stretch(image: Image, side_px: int) -> Image:
    """Resize a picture to a square, whatever its shape.

    For networks that were taught to see things in stretched pictures; nothing is filled
    in, so all that they compute is of the picture.

    Parameters
    ----------
    image : (H, W, 3) uint8
    side_px : int, > 0

    Returns
    -------
    stretched : (side_px, side_px, 3) uint8
    """
    # Areas are averaged where a side shrinks; OpenCV interpolates where both grow.
    return np.asarray(
        cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8
    )


def crop_map(
    activation_map: FloatArray, box: tuple[int, int, int, int], stride: int
) -> FloatArray:
    """Cut what lies on the filling out of a map of the framed picture.

    Parameters
    ----------
    activation_map : (h, w) or (h, w, C) float32
    box : tuple of int
        Of `Framed`, in pixels.
    stride : int
        Pixels per position.

    Returns
    -------
    cropped : (h', w') or (h', w', C) float32
        Every position that shows some of the picture.
    """
    top, left, height, width = box
    rows = slice(top // stride, -(-(top + height) // stride))
    columns = slice(left // stride, -(-(left + width) // stride))
    return np.ascontiguousarray(activation_map[rows, columns])
