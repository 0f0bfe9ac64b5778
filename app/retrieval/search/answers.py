"""Answers of the engine: matches, similar works, and the whole of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.retrieval.types import (
    Description,
    FloatArray,
    GalleryItem,
    Verification,
    no_points,
)
from app.retrieval.verification.evidence import Comparison, Evidence, Verdict


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
    crowd : int
        Reference images of the gallery, over which that is a margin.
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
    crowd: int = 0
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
            crowd=self.crowd,
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
        Never *not found* where only a part of the gallery was searched: *uncertain*
        then, without any match.
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
    missing : tuple of str
        Names of the parts of the gallery that did not answer in time, and were not
        searched, or not to the end.
    is_mirrored : bool
        Whether the photo shows the works as a mirror does. Places are of the photo as
        it is.
    """

    verdict: Verdict
    matches: tuple[Match, ...]
    similar: tuple[SimilarWork, ...]
    description: Description | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    is_mirrored: bool = False

    def of_nothing(self) -> "Answer":
        """Return the answer to a photo that shows nothing: no work, and none alike.

        A work that is found stays: geometry does not need much light.
        """
        if self.verdict is Verdict.FOUND:
            return self
        verdict = Verdict.NOT_FOUND if self.is_complete else Verdict.UNCERTAIN
        return replace(self, verdict=verdict, matches=(), similar=())

    @property
    def is_complete(self) -> bool:
        """Whether all of the gallery was searched."""
        return not self.missing

    @property
    def probability(self) -> float:
        """Of the first match; 0 without one."""
        return self.matches[0].probability if self.matches else 0.0
