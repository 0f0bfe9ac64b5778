"""Grey copy of a reference image, small enough to be kept beside its features.

What a photo is compared with, block by block, before a work is named: where two
pictures agree can be seen at this size, and reading a museum's own file would take
longer than all of the search.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import Image

SIDE_PX = 192
"""Long side of a copy: 2 to 3 kB. With 320 pixels no more differences were found."""
QUALITY = 40
"""Of WebP, which takes three quarters of a JPEG's bytes at this size."""


def encode_copy(image: Image) -> bytes:
    """Encode the grey copy of a picture.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB, upright
        A smaller one is not enlarged.

    Returns
    -------
    copy : bytes
        A WebP; the same picture gives the same bytes.
    """
    grey = cv2.cvtColor(resize_to_long_side(image, SIDE_PX), cv2.COLOR_RGB2GRAY)
    return cv2.imencode(".webp", grey, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])[1].tobytes()


def decode_copy(copy: bytes) -> NDArray[np.uint8]:
    """Decode what :func:`encode_copy` made: (h, w) uint8.

    Raises
    ------
    ValueError
        If the bytes are no picture.
    """
    grey = None
    if copy:
        grey = cv2.imdecode(np.frombuffer(copy, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{len(copy)} bytes are not the copy of a reference image")
    return np.asarray(grey, np.uint8)
