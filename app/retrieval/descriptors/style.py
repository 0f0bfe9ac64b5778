"""Style descriptor: colours, brushwork and mean feature maps, for likeness.

The global descriptor is learnt so that two photos of *one* work agree, and other works
by the same hand are strangers to it. Likeness has a descriptor of its own, of three
blocks: a colour histogram, a histogram of local binary patterns at three scales, and
the means of a network's feature maps: the semantic one's where a model has it, which
has seen more than paintings, else the global descriptor's. A linear map, learnt from
the labels of a catalogue, keeps of them what tells artists and schools apart.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import reading
from app.retrieval.files.arrays import load_arrays
from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import Description, FloatArray, Image

SIDE_PX = 400
"""Long side of what colours and brushwork are taken from."""
COLOUR_BINS = (12, 4, 4)
"""Of hue, saturation and value."""
RADII_PX = (1, 2, 4)
"""From a pixel to its eight neighbours in a pattern."""
PATTERNS = 256
COLOUR_LENGTH = COLOUR_BINS[0] * COLOUR_BINS[1] * COLOUR_BINS[2]
TEXTURE_LENGTH = PATTERNS * len(RADII_PX)


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """Linear map from an appearance to a short vector, as it was learnt.

    Attributes
    ----------
    mean : (A,) float32
    projection : (S, A) float32
    """

    mean: FloatArray
    projection: FloatArray

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or self.projection.shape[1:] != self.mean.shape:
            raise ValueError(
                f"mean {self.mean.shape} and projection {self.projection.shape} "
                "do not belong together"
            )

    def describe(self, image: Image, description: Description) -> FloatArray:
        """Describe the style of a picture.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB
        description : Description
            Of the same picture, by the network that the style was learnt on.

        Returns
        -------
        style : (S,) float32
            Unit length.
        """
        return self.apply(appearance(image, description.feature_means))

    def apply(self, vector: FloatArray) -> FloatArray:
        """Map an appearance (A,) to a style (S,) of unit length."""
        if vector.shape != self.mean.shape:
            raise ValueError(
                f"appearance must be {self.mean.shape}, got {vector.shape}"
            )
        style = self.projection @ (vector - self.mean)
        length = max(float(np.linalg.norm(style)), 1e-12)
        return np.asarray(style / length, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write an ``.npz``; the projection with half the digits, which is enough."""
        np.savez(path, mean=self.mean, projection=self.projection.astype(np.float16))

    @classmethod
    def load(cls, path: Path) -> "Style":
        """Read what `save` wrote.

        Raises
        ------
        MissingArtefactError
            If there is no such file.
        DamagedArtefactError
            If it is not a style.
        """
        with reading(path, "python train.py"):
            mean, projection = load_arrays(path, "mean", "projection")
            return cls(mean.astype(np.float32), projection.astype(np.float32))


def appearance(image: Image, feature_means: FloatArray) -> FloatArray:
    """Compute the appearance that a style is mapped from; about 12 ms.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    feature_means : (C,) float32
        Of a network's maps over the picture.

    Returns
    -------
    appearance : (A,) float32
        A = 192 + 768 + C. Square roots (with the sign, which only means may have), so
        that the Euclidean distance between two histograms is Hellinger's, under which
        small bins count too.

    References
    ----------
    .. [1] Ojala, Pietikäinen and Mäenpää, "Multiresolution gray-scale and rotation
       invariant texture classification with local binary patterns", PAMI 2002.
    """
    small = resize_to_long_side(image, SIDE_PX)
    whole = np.concatenate([_colours(small), _textures(small), feature_means])
    return np.asarray(np.sign(whole) * np.sqrt(np.abs(whole)), dtype=np.float32)


def colour_histogram(image: Image) -> FloatArray:
    """Compute the colour histogram of an appearance, of unit length.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    histogram : (192,) float32
        Unit length.
    """
    return np.sqrt(_colours(resize_to_long_side(image, SIDE_PX)))


def _colours(image: Image) -> FloatArray:
    """Return shares of the picture per colour: (192,), sum 1."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    ranges = [0, 180, 0, 256, 0, 256]
    histogram = cv2.calcHist([hsv], [0, 1, 2], None, list(COLOUR_BINS), ranges)
    return np.asarray(histogram.ravel() / histogram.sum(), dtype=np.float32)


def _textures(image: Image) -> FloatArray:
    """Return shares of the picture per pattern and radius: (768,), sum 1 each."""
    lightness = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)[..., 0]
    padded = np.pad(lightness, max(RADII_PX), mode="edge")
    return np.concatenate([_patterns(padded, radius) for radius in RADII_PX])


def _patterns(padded: NDArray[Any], radius: int) -> FloatArray:
    border = max(RADII_PX)
    height, width = padded.shape[0] - 2 * border, padded.shape[1] - 2 * border
    middle = padded[border : border + height, border : border + width]
    codes = np.zeros((height, width), np.uint8)
    steps = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    for bit, (down, right) in enumerate(steps):
        top, left = border + radius * down, border + radius * right
        neighbour = padded[top : top + height, left : left + width]
        codes |= (neighbour >= middle).astype(np.uint8) << bit
    counts = np.bincount(codes.ravel(), minlength=PATTERNS)
    return np.asarray(counts / codes.size, dtype=np.float32)
