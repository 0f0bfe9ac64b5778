"""What led to an answer, for measuring and learning."""

from dataclasses import dataclass

from app.retrieval.search.rerank import Candidate
from app.retrieval.types import Answer, Description, Hit, Image
from app.retrieval.verification.decision import Evidence

TIE = 0.1
"""With a margin below this share of its inliers, the best work is tied with another
one that explains the same part of the photo: a copy, a second state of a print."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """One candidate, what speaks for it, and how likely that makes it."""

    candidate: Candidate
    evidence: Evidence
    probability: float

    @property
    def is_tied(self) -> bool:
        """Whether another work explains the same part of the photo as well."""
        return self.evidence.margin < TIE * self.evidence.inlier_count


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """An answer together with all that led to it, for measuring and learning.

    Attributes
    ----------
    answer : Answer
    global_hits, local_hits : tuple of Hit
        What each channel proposed, best first.
    judgements : tuple of Judgement
        One per verified work, the most probable first; before them all, a work
        that is found in the middle of the photo.
    """

    answer: Answer
    global_hits: tuple[Hit, ...]
    local_hits: tuple[Hit, ...]
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a photo, and what the network says of it."""

    image: Image
    description: Description
