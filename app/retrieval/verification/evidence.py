"""Evidence for a candidate: what it is rated by, its comparison, and the verdict."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray


class Verdict(StrEnum):
    """Verdict on a photo, or on one match."""

    FOUND = "found"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Quantities that the decision rates a match by.

    Attributes
    ----------
    inlier_count : int
        Matches that one homography explains.
    inlier_share : float in [0, 1]
        Inliers per match.
    margin : int
        Inliers more than the strongest rival has; negative if that one has more. A
        rival is another work that explains the same place of the photo.
    coverage : float in [0, 1]
        Share of the reference image's area that the inliers span. Agreement that is
        confined to one corner is rather a shared frame, stamp or signature.
    agreement : float in [0, 1]
        Share of the work's comparable blocks that look the same in the photo, drawn
        towards one half where they are few; 0 for a match that was not compared.
    difference : float in [0, 1]
        Share of the visible area that looks different though its surroundings agree.
    epipolar_count : int
        Matches that one fundamental matrix explains; 0 where none was looked for.
    semantic_similarity : float in [-1, 1]
        Cosine of the semantic descriptors; 0 where the network was not asked.
    semantic_margin : float in [-2, 2]
        What it has more than the most similar other work.
    crowd : int
        Reference images of the gallery, over which that is a margin.
    """

    inlier_count: int = 0
    inlier_share: float = 0.0
    margin: int = 0
    coverage: float = 0.0
    agreement: float = 0.0
    difference: float = 0.0
    epipolar_count: int = 0
    semantic_similarity: float = 0.0
    semantic_margin: float = 0.0
    crowd: int = 0


class BlockState(IntEnum):
    """What a comparison says of one block of a work."""

    HIDDEN = -1
    """Outside the photo, or behind glare."""
    PLAIN = 0
    """Without texture in both pictures: nothing to compare."""
    AGREES = 1
    DISAGREES = 2


DOUBT_BLOCKS = 20
"""Comparable blocks of which a half is believed to agree before any is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Registered comparison of a photo with a reference image, block by block.

    Attributes
    ----------
    comparable : float in [0, 1]
        Share of the blocks that are visible and not plain. Of a poor photo it is small,
        and then the other two say little.
    agreement : float in [0, 1]
        Share of the comparable blocks that agree; 0 without any.
    difference : float in [0, 1]
        Share of the visible blocks in the largest region that disagrees though its
        surroundings agree; 0 if there is none.
    outlines : tuple of (K, 2) float32
        Polygons around all such regions, the largest first, as shares of the reference
        image's width and height (x right, y down).
    blocks : (R, C) int8
        A `BlockState` each. They overlap by half and lie in even rows and columns: the
        middle of the first one is a whole block from the edges, counted in steps.
    """

    comparable: float
    agreement: float
    difference: float
    outlines: tuple[FloatArray, ...]
    blocks: NDArray[np.int8]

    @property
    def weighed_agreement(self) -> float:
        """Agreement, drawn towards one half where few blocks could be compared."""
        count = self.comparable * self.blocks.size
        return (count * self.agreement + DOUBT_BLOCKS / 2) / (count + DOUBT_BLOCKS)
