"""Questions to a shard, and what it answers: small, and the same from every copy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import BoolArray, FloatArray, Hit

Reply_co = TypeVar("Reply_co", covariant=True)


class ShardQuestion(Protocol[Reply_co]):
    """Question that a copy of a shard answers from its gallery."""

    def answered_by(self, gallery: Gallery) -> Reply_co:
        """Answer it; positions are rows of the shard."""
        ...


class VectorKind(StrEnum):
    """Kind of vectors that the nearest are looked for among."""

    GLOBAL = "global"
    STYLE = "style"
    SEMANTIC = "semantic"


@dataclass(frozen=True, slots=True, eq=False)
class LocalQuestion:
    """Which images share most visual words with a photo; see `Votes.shortlist`.

    Attributes
    ----------
    words : (M, n) int32
    signatures : (M, n) uint64
        Of the photo's features, from `look_up`: once for all shards.
    settings : ShortlistSettings
    count : int, > 0
    counted : (M,) bool or None
        Which of the features count; None: all.
    excluded : (K,) int64
        Rows that must not be proposed.
    """

    words: NDArray[np.int32]
    signatures: NDArray[np.uint64]
    settings: ShortlistSettings
    count: int
    counted: BoolArray | None
    excluded: NDArray[np.int64]

    def answered_by(self, gallery: Gallery) -> tuple[Hit, ...]:
        """See :meth:`ShardQuestion.answered_by`."""
        votes = gallery.vote_by(self.words, self.signatures, self.settings)
        excluded = mask_of_rows(self.excluded, len(gallery))
        return votes.shortlist(self.count, counted=self.counted, excluded=excluded)


@dataclass(frozen=True, slots=True, eq=False)
class NearestQuestion:
    """Which images' vectors of a kind are nearest to one.

    Attributes
    ----------
    kind : VectorKind
    vector : (D,) float32, unit length
    count : int, > 0
    excluded : (K,) int64
        Rows that must not be returned.
    """

    kind: VectorKind
    vector: FloatArray
    count: int
    excluded: NDArray[np.int64]

    def answered_by(self, gallery: Gallery) -> tuple[Hit, ...]:
        """See :meth:`ShardQuestion.answered_by`."""
        search = {
            VectorKind.GLOBAL: gallery.search_global,
            VectorKind.STYLE: gallery.search_style,
            VectorKind.SEMANTIC: gallery.search_semantic,
        }[self.kind]
        excluded = mask_of_rows(self.excluded, len(gallery))
        return search(self.vector, self.count, excluded=excluded)


@dataclass(frozen=True, slots=True, eq=False)
class ShardRecord:
    """What a shard holds of one image, as it keeps it: about 15 kB.

    Attributes
    ----------
    descriptor, style, semantic : (D,), (S,), (E,) float32
    xy : (M, 2) uint16
    codes : (M, 16) uint8
    size : tuple of int
        Of the local features, see `CodedFeatures`.
    picture : bytes
        Grey copy, encoded.
    """

    descriptor: FloatArray
    style: FloatArray
    semantic: FloatArray
    xy: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    size: tuple[int, int]
    picture: bytes


@dataclass(frozen=True, slots=True)
class RecordsQuestion:
    """What is held of some images.

    Attributes
    ----------
    rows : tuple of int
    """

    rows: tuple[int, ...]

    def answered_by(self, gallery: Gallery) -> tuple[ShardRecord, ...]:
        """See :meth:`ShardQuestion.answered_by`."""
        return tuple(record_of(gallery, row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class PresenceQuestion:
    """Whether a copy is there and answers: with the number of its images."""

    def answered_by(self, gallery: Gallery) -> int:
        """See :meth:`ShardQuestion.answered_by`."""
        return len(gallery)


def record_of(gallery: Gallery, position: int) -> ShardRecord:
    """Take out what a gallery holds of one image."""
    xy, codes, size = gallery.local_features.stored(position)
    return ShardRecord(
        gallery.descriptor_of(position),
        gallery.style_of(position),
        gallery.semantic_of(position),
        # Copies: mapped arrays would take their files along.
        np.array(xy),
        np.array(codes),
        size,
        gallery.picture_of(position),
    )


def mask_of_rows(rows: NDArray[np.int64], length: int) -> BoolArray | None:
    """Mark rows in (length,) bool; None where there are none."""
    if not len(rows):
        return None
    mask = np.zeros(length, np.bool_)
    mask[rows] = True
    return mask
