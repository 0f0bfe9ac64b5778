"""Array types with their shapes, and the records that modules hand on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""An upright picture: (H, W, 3), RGB, sRGB."""

FloatArray: TypeAlias = NDArray[np.float32]
BoolArray: TypeAlias = NDArray[np.bool_]


def no_numbers() -> FloatArray:
    """Return the vector of length 0."""
    return np.zeros(0, np.float32)


def no_points() -> FloatArray:
    """Return no pairs of positions: (0, 4)."""
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """Keypoints of one picture and their RootSIFT descriptors.

    Attributes
    ----------
    xy : (M, 2) float32
        Positions, x right and y down, in pixels of the *resized* picture.
    descriptors : (M, 128) uint8
        RootSIFT, quantised: ``round(512 * sqrt(sift / sum(sift)))`` clipped to 255.
    size : tuple of int
        (height, width) in pixels of the resized picture that ``xy`` refers to.
    """

    xy: FloatArray
    descriptors: NDArray[np.uint8]
    size: tuple[int, int]

    def __post_init__(self) -> None:
        count = len(self.xy)
        if self.xy.shape != (count, 2) or self.descriptors.shape != (count, 128):
            raise ValueError(
                "xy must be (M, 2) and descriptors (M, 128), got "
                f"{self.xy.shape} and {self.descriptors.shape}"
            )

    def __len__(self) -> int:
        return len(self.xy)

    def subset(self, rows: BoolArray) -> "LocalFeatures":
        """Return some of the keypoints, marked in (M,) bool, of the same picture."""
        return LocalFeatures(self.xy[rows], self.descriptors[rows], self.size)

    @classmethod
    def empty(cls, size: tuple[int, int] = (1, 1)) -> "LocalFeatures":
        """No keypoints at all: what a blank wall gives."""
        return cls(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), size)


@dataclass(frozen=True, slots=True, eq=False)
class ClassEvidence:
    """Class that the network saw in a picture, and where.

    Attributes
    ----------
    label : str
    probability : float in [0, 1]
    activation_map : (h, w) float32 in [0, 1]
        The class activation map, covering the picture (padding removed).
    """

    label: str
    probability: float
    activation_map: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """Global description of one picture by the network.

    Attributes
    ----------
    descriptor : (D,) float32
        Unit length.
    classes : tuple of ClassEvidence
        The classes whose maps weighted the descriptor, most probable first.
    feature_means : (C,) float32
        Of the network's feature maps over the picture.
    """

    descriptor: FloatArray
    classes: tuple[ClassEvidence, ...] = ()
    feature_means: FloatArray = field(default_factory=no_numbers)


@dataclass(frozen=True, slots=True)
class Hit:
    """Candidate of a shortlist.

    Attributes
    ----------
    position : int
        Row in the gallery.
    similarity : float
        Higher is better. Cosine in [-1, 1] from the global channel, an
        unbounded tf-idf score >= 0 from the local channel.
    """

    position: int
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """Homography between two pictures, and the matches that it explains.

    Attributes
    ----------
    matches : (Q, 2) int32
        Rows of the query's (column 0) and the candidate's (column 1) keypoints.
    inliers : (Q,) bool
        Which matches the homography explains.
    homography : (3, 3) float64 or None
        Query pixels to candidate pixels (both resized); None when no plausible
        one was found.
    """

    matches: NDArray[np.int32]
    inliers: BoolArray
    homography: NDArray[np.float64] | None

    @property
    def inlier_count(self) -> int:
        """Number of matches that agree with the homography."""
        return int(np.count_nonzero(self.inliers))

    @property
    def inlier_share(self) -> float:
        """Inliers per match, in [0, 1]; 0 without matches."""
        return self.inlier_count / len(self.matches) if len(self.matches) else 0.0


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """One reference image of the gallery, known by opaque ids, and the work it shows.

    Several images may show one work.
    """

    image_id: str
    work_id: str


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFeatures:
    """Features of one reference image: global descriptors, local features, style.

    Attributes
    ----------
    descriptor : (D,) float32
        Unit length.
    local_features : LocalFeatures
    style : (S,) float32
        Unit length, see ``app.retrieval.descriptors.style``; S is 0 with a model that
        has none.
    semantic : (E,) float32
        Unit length, see ``app.retrieval.descriptors.semantic``; E is 0 with a model
        that has none.
    picture : bytes
        Grey copy that photos are compared with, see ``app.retrieval.images.grey_copy``.
    """

    descriptor: FloatArray
    local_features: LocalFeatures
    style: FloatArray = field(default_factory=no_numbers)
    semantic: FloatArray = field(default_factory=no_numbers)
    picture: bytes = b""


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


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Reference image compared with a photo by re-ranking, and rated by the decision.

    Attributes
    ----------
    position : int
        Row in the gallery.
    item : GalleryItem
    verification : Verification
    outline : (4, 2) float32 or None
        Corners of the work in the photo, as shares of its width and height
        (x right, y down; may lie outside [0, 1]): top left, top right, bottom
        right, bottom left of the work. None where no plane fits the whole work.
    points : (P, 4) float32
        The inliers, the least ambiguous first: x and y as shares of the photo's width
        and height, then the same of the reference image's.
    coverage : float in [0, 1]
        See `Evidence`.
    rival_inliers : int
        Of the strongest other work in the same place of the photo; 0 if there is none.
    comparison : Comparison or None
        None for a match that is not worth one.
    epipolar_count : int
        See `Evidence`.
    similarity, semantic_similarity : float in [-1, 1] or None
        Cosine of the global descriptors and of the semantic ones; None where the
        network was not asked.
    semantic_margin : float in [-2, 2]
        See `Evidence`.
    probability : float in [0, 1]
        That the photo shows this work; NaN until it is rated.
    verdict : Verdict
        On this work alone. One that differs from the photo is never *found*, however
        probable: it may be another version.
    region : (K, 2) float32 or None
        Convex surroundings of what was recognised of the work, in the photo, as
        ``outline`` with K >= 3; None with an outline, and where nothing was.
    region_points : (P, 4) float32
        What the region surrounds, as ``points``.
    """

    position: int
    item: GalleryItem
    verification: Verification
    outline: FloatArray | None
    points: FloatArray
    coverage: float
    rival_inliers: int = 0
    comparison: Comparison | None = None
    epipolar_count: int = 0
    similarity: float | None = None
    semantic_similarity: float | None = None
    semantic_margin: float = 0.0
    probability: float = math.nan
    verdict: Verdict = Verdict.NOT_FOUND
    region: FloatArray | None = None
    region_points: FloatArray = field(default_factory=no_points)

    @property
    def place(self) -> FloatArray | None:
        """Convex polygon in which the photo shows the work: outline, or region."""
        return self.region if self.outline is None else self.outline

    @property
    def seen_points(self) -> FloatArray:
        """Points (P, 4) that show why the work was recognised, as ``points``."""
        return self.points if self.region is None else self.region_points

    @property
    def inlier_count(self) -> int:
        """Number of keypoint pairs that agree with the homography."""
        return len(self.points)

    @property
    def is_different(self) -> bool:
        """Whether the photo was seen to differ from the work somewhere."""
        return self.comparison is not None and bool(self.comparison.outlines)

    @property
    def evidence(self) -> Evidence:
        """Quantities that the decision rates."""
        comparison = self.comparison
        return Evidence(
            inlier_count=self.inlier_count,
            inlier_share=self.verification.inlier_share,
            margin=self.inlier_count - self.rival_inliers,
            coverage=self.coverage,
            agreement=comparison.weighed_agreement if comparison else 0.0,
            difference=comparison.difference if comparison else 0.0,
            epipolar_count=self.epipolar_count,
            semantic_similarity=self.semantic_similarity or 0.0,
            semantic_margin=self.semantic_margin,
        )


@dataclass(frozen=True, slots=True)
class SimilarWork:
    """A work that looks alike, whether or not it is the answer."""

    item: GalleryItem
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Answer of the engine to one photo.

    Attributes
    ----------
    verdict : Verdict
    matches : tuple of Match
        One per work, most probable first; empty when nothing fits. When several
        works are found, the one in the middle of the photo comes first.
    similar : tuple of SimilarWork
        One per work, most similar first.
    description : Description or None
        What the network saw, for explanation; None where it was not asked, because
        geometry was certain.
    timings_ms : mapping of str to float
        Milliseconds per stage, and ``total``.
    """

    verdict: Verdict
    matches: tuple[Match, ...]
    similar: tuple[SimilarWork, ...]
    description: Description | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def probability(self) -> float:
        """Of the first match; 0 without one."""
        return self.matches[0].probability if self.matches else 0.0
