"""Vocabulary of visual words, with 64-bit signatures within each word.

The word says roughly what a local descriptor looks like; the signature says on
which side of 64 hyperplanes it lies, and so tells the descriptors of one word
apart at the price of eight bytes. A code of sixteen bytes stands for the descriptor
where it is compared with others one by one.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import reading
from app.retrieval.files.arrays import load_arrays
from app.retrieval.local.product_quantiser import ProductQuantiser
from app.retrieval.types import CodedFeatures, FloatArray, LocalFeatures

SIGNATURE_BITS = 64
DESCRIPTOR_LENGTH = 128
PROBED_CELLS = 8
"""Cells whose words are compared with one descriptor. With 64 cells this finds the
nearest word of 98.6 % of real descriptors, in a fifth of the time of all cells."""
CHUNK = 4096
"""Descriptors assigned at a time: at most some 10 MB of distances."""
_ARRAYS = ("words", "cells", "projection", "thresholds", "codebooks")
_LARGEST_SIDE_PX = 65_536 // CodedFeatures.STEPS_PER_PX


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A fixed set of visual words, grouped into cells of neighbouring words.

    Attributes
    ----------
    words : (V, 128) uint8
        Centres in the space of local descriptors, those of one cell together.
    cells : (V,) uint16
        Cell of each word: ascending, from 0, without gaps.
    projection : (64, 128) float32
        Orthonormal rows: the directions in which signatures are taken.
    thresholds : (V, 64) float16
        Per word, the median of its descriptors in each direction.
    codebooks : (16, 256, 8) uint8
        Of the codes: see :class:`ProductQuantiser`.

    References
    ----------
    .. [1] Sivic and Zisserman, "Video Google: a text retrieval approach to object
       matching in videos", ICCV 2003.
    .. [2] Jégou, Douze and Schmid, "Hamming embedding and weak geometric
       consistency for large scale image search", ECCV 2008.
    """

    words: NDArray[np.uint8]
    cells: NDArray[np.uint16]
    projection: FloatArray
    thresholds: NDArray[np.float16]
    codebooks: NDArray[np.uint8]
    fingerprint: str = field(init=False)
    """Hexadecimal digest of the five arrays."""
    quantiser: ProductQuantiser = field(init=False, repr=False)
    _tree: "_CellTree" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        count = len(self.words)
        for name, shape in (
            ("words", (count, DESCRIPTOR_LENGTH)),
            ("cells", (count,)),
            ("projection", (SIGNATURE_BITS, DESCRIPTOR_LENGTH)),
            ("thresholds", (count, SIGNATURE_BITS)),
        ):
            found = getattr(self, name).shape
            if found != shape or not count:
                raise ValueError(f"{name} must be {shape} and not empty, got {found}")
        steps = np.diff(self.cells.astype(np.int64))
        if self.cells[0] != 0 or steps.min(initial=0) < 0 or steps.max(initial=0) > 1:
            raise ValueError("cells must ascend from 0 without gaps")
        digest = hashlib.sha256()
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        object.__setattr__(self, "fingerprint", digest.hexdigest()[:16])
        object.__setattr__(self, "quantiser", ProductQuantiser(self.codebooks))
        object.__setattr__(self, "_tree", _CellTree(self.words, self.cells))

    def __len__(self) -> int:
        return len(self.words)

    def assign(
        self,
        descriptors: NDArray[np.uint8],
        count: int = 1,
        *,
        probed_cells: int = PROBED_CELLS,
    ) -> NDArray[np.int32]:
        """Find the nearest words of each descriptor, nearest first.

        Only the words of the nearest cells are looked at, so a word that lies
        just across the border of a far cell is missed now and then; with as many
        cells probed as there are, the answer is exact.

        Parameters
        ----------
        descriptors : (M, 128) uint8
        count : int, > 0
            Words per descriptor; at most ``len(self)``.
        probed_cells : int, > 0
            More is slower and nearer to exact.

        Returns
        -------
        words : (M, count) int32

        Raises
        ------
        ValueError
            If ``count`` or ``probed_cells`` is out of range, or the descriptors
            have another length.
        """
        if descriptors.ndim != 2 or descriptors.shape[1] != DESCRIPTOR_LENGTH:
            raise ValueError(f"descriptors must be (M, 128), got {descriptors.shape}")
        if not 0 < count <= len(self) or probed_cells <= 0:
            raise ValueError(f"count or probed_cells out of range: {count}")
        assigned = np.empty((len(descriptors), count), np.int32)
        for start in range(0, len(descriptors), CHUNK):
            chunk = slice(start, start + CHUNK)
            assigned[chunk] = self._tree.nearest(
                descriptors[chunk].astype(np.float32), count, probed_cells
            )
        return assigned

    def signatures(
        self, descriptors: NDArray[np.uint8], words: NDArray[np.int32]
    ) -> NDArray[np.uint64]:
        """Sign descriptors within the words that they were assigned to.

        Parameters
        ----------
        descriptors : (M, 128) uint8
        words : (M, n) int32

        Returns
        -------
        signatures : (M, n) uint64
            Bit i is set where direction i lies above the word's median.
        """
        projected = descriptors.astype(np.float32) @ self.projection.T
        above = projected[:, None, :] > self.thresholds[words]
        packed = np.packbits(above, axis=2, bitorder="little")
        return np.asarray(packed.view("<u8")[..., 0], dtype=np.uint64)

    def code(self, features: LocalFeatures) -> CodedFeatures:
        """Bring a reference image's local features to what a gallery keeps of them.

        Raises
        ------
        ValueError
            If the picture has a side of 1024 pixels or more.
        """
        if max(features.size) >= _LARGEST_SIDE_PX:
            raise ValueError(
                f"sides must be below {_LARGEST_SIDE_PX} pixels, got {features.size}"
            )
        words = self.assign(features.descriptors)
        return CodedFeatures(
            np.rint(features.xy * CodedFeatures.STEPS_PER_PX).astype(np.uint16),
            self.quantiser.encode(features.descriptors),
            words[:, 0],
            self.signatures(features.descriptors, words)[:, 0],
            features.size,
        )

    def save(self, path: Path) -> None:
        """Write the vocabulary to an ``.npz`` file.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        np.savez_compressed(path, **{name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a vocabulary that ``save`` wrote.

        Raises
        ------
        MissingArtefactError
            If there is no such file.
        DamagedArtefactError
            If it is not a whole vocabulary.
        """
        with reading(path, "python train.py"):
            words, cells, projection, thresholds, codebooks = load_arrays(
                path, *_ARRAYS
            )
            return cls(
                words.astype(np.uint8, casting="no"),
                cells.astype(np.uint16, casting="no"),
                projection.astype(np.float32, casting="no"),
                thresholds.astype(np.float16, casting="no"),
                codebooks.astype(np.uint8, casting="no"),
            )


class _CellTree:
    """Two levels of search: the nearest cells, then the words in them."""

    def __init__(self, words: NDArray[np.uint8], cells: NDArray[np.uint16]) -> None:
        self.words = words
        values = words.astype(np.float32)
        # Comparing -2 q·w + |w|² leaves out |q|², which all words of q share.
        self.lengths = np.einsum("vd,vd->v", values, values)
        cell_count = int(cells[-1]) + 1
        self.bounds = np.searchsorted(cells, np.arange(cell_count + 1))
        sizes = np.diff(self.bounds)
        sums = np.add.reduceat(values, self.bounds[:-1], axis=0)
        # Whole numbers keep every distance exact in float32, so that no order of
        # additions inside BLAS can change an assignment.
        self.centres = np.rint(sums / sizes[:, None]).astype(np.float32)
        self.centre_lengths = np.einsum("cd,cd->c", self.centres, self.centres)

    def nearest(
        self, values: FloatArray, count: int, probed_cells: int
    ) -> NDArray[np.int32]:
        """Find the nearest words of (M, 128) float32 descriptors: (M, count)."""
        cell_count = len(self.centres)
        # A cell may hold a single word: probe enough cells for `count` words.
        probes = min(max(probed_cells, count), cell_count)
        to_cells = values @ self.centres.T
        to_cells *= -2
        to_cells += self.centre_lengths
        probed = np.argpartition(to_cells, probes - 1, axis=1)[:, :probes]
        order = np.argsort(probed, axis=None, kind="stable")
        edges = np.searchsorted(probed.ravel()[order], np.arange(cell_count + 1))
        rows = order // probes
        distances = np.full((len(order), count), np.inf, np.float32)
        words = np.zeros((len(order), count), np.int32)
        # One matrix product per cell serves all descriptors that probe it.
        for cell in np.flatnonzero(np.diff(edges)):
            slots = slice(edges[cell], edges[cell + 1])
            inside = slice(self.bounds[cell], self.bounds[cell + 1])
            # As float32, all words would take 10 MB of every process.
            block = values[rows[slots]] @ self.words[inside].astype(np.float32).T
            block *= -2
            block += self.lengths[inside]
            each = np.arange(len(block))
            for rank in range(min(count, block.shape[1])):
                best = block.argmin(axis=1)
                distances[slots, rank] = block[each, best]
                words[slots, rank] = best + self.bounds[cell]
                block[each, best] = np.inf
        # Back to one row per descriptor, with the finds of all its cells.
        home = np.argsort(order)
        distances = distances[home].reshape(len(values), probes * count)
        words = words[home].reshape(len(values), probes * count)
        nearest = np.argsort(distances, axis=1, kind="stable")[:, :count]
        return np.take_along_axis(words, nearest, axis=1)
