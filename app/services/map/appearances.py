"""Appearances of all works by the plainest measures: colours, a perceptual hash.

Computed from the small pictures of the map, when that is made, and kept beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.style import colour_histogram
from app.retrieval.map.sprites import cell_of
from app.retrieval.measures.perceptual_hash import perceptual_hash
from app.retrieval.types import BoolArray, FloatArray, Image

HASHES_FILE, COLOURS_FILE = "hashes.npy", "colours.npy"


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """Appearance of one picture.

    Attributes
    ----------
    bits : (64,) bool
        The perceptual hash.
    colours : (C,) float32
        Unit length.
    """

    bits: BoolArray
    colours: FloatArray

    @classmethod
    def of(cls, picture: Image) -> "Appearance":
        """Look at a picture as it is on the map: as a square of 64 by 64 pixels."""
        return cls.of_cell(cell_of(picture))

    @classmethod
    def of_cell(cls, cell: Image) -> "Appearance":
        """Look at a cell of the map."""
        return cls(perceptual_hash(cell), colour_histogram(cell))


@dataclass(frozen=True, slots=True, eq=False)
class Appearances:
    """Appearances of N works.

    Attributes
    ----------
    accessions : sequence of str, length N
    bits : (N, 64) bool
    colours : (N, C) float16
        Unit length; mapped from a file.
    """

    accessions: Sequence[str]
    bits: BoolArray
    colours: NDArray[np.float16]

    @classmethod
    def open(cls, folder: Path, accessions: Sequence[str]) -> "Appearances":
        """Read what :func:`save` wrote of these works.

        Raises
        ------
        OSError, ValueError
            If it is not there.
        """
        packed = np.load(folder / HASHES_FILE, allow_pickle=False)
        bits = np.unpackbits(packed, axis=1).astype(np.bool_)
        colours = np.load(folder / COLOURS_FILE, mmap_mode="r", allow_pickle=False)
        if not len(bits) == len(colours) == len(accessions):
            raise ValueError(f"{folder}: looks are not those of the works")
        return cls(accessions, bits, colours)


def save(folder: Path, looks: Sequence[Appearance]) -> None:
    """Keep what works look like, in their order; half the digits of colours do."""
    bits = np.stack([look.bits for look in looks])
    colours = np.stack([look.colours for look in looks])
    np.save(folder / HASHES_FILE, np.packbits(bits, axis=1))
    np.save(folder / COLOURS_FILE, colours.astype(np.float16))
