"""Picture bank: decoded pictures in one file, read through shared memory.

Decoding a painting takes longer than simulating a photo of it, so it is done once.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import Image

SIDE_PX = 320
"""Long side of the stored pictures: photos for training are smaller."""
_PIXELS, _SHAPES = "pixels.bin", "shapes.npy"


class PictureBank:
    """Many RGB pictures, read by position."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shapes = np.load(folder / _SHAPES)
        lengths = self._shapes.prod(axis=1) * 3
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        self._pixels: NDArray[np.uint8] = np.zeros(0, np.uint8)
        if len(self):  # nothing cannot be mapped into memory
            self._pixels = np.memmap(folder / _PIXELS, np.uint8, "r")

    @classmethod
    def pack(cls, pictures: Iterable[Image], folder: Path) -> "PictureBank":
        """Write pictures into a folder, no larger than ``SIDE_PX``.

        Parameters
        ----------
        pictures : iterable of (H, W, 3) uint8
        folder : Path
            Made if need be; what was packed there before is replaced.
        """
        folder.mkdir(parents=True, exist_ok=True)
        shapes = []
        with (folder / _PIXELS).open("wb") as file:
            for picture in pictures:
                small = resize_to_long_side(picture, SIDE_PX)
                shapes.append(small.shape[:2])
                file.write(small.tobytes())
        np.save(folder / _SHAPES, np.array(shapes, np.int64).reshape(-1, 2))
        return cls(folder)

    def __len__(self) -> int:
        return len(self._shapes)

    def __getitem__(self, position: int) -> Image:
        height, width = self._shapes[position]
        flat = self._pixels[self._starts[position] : self._starts[position + 1]]
        return np.asarray(flat).reshape(height, width, 3)
