"""Trace of an answer: the intermediate results, for measuring and learning."""

from dataclasses import dataclass

from app.retrieval.types import Answer, Description, Hit, Image, Match


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """An answer together with the shortlists and matches that led to it.

    Attributes
    ----------
    answer : Answer
    global_hits, local_hits : tuple of Hit
        What each channel proposed, best first.
    candidates : tuple of Match
        One per verified work, however improbable: the most probable first; before
        them all, a work that is found in the middle of the photo.
    """

    answer: Answer
    global_hits: tuple[Hit, ...]
    local_hits: tuple[Hit, ...]
    candidates: tuple[Match, ...]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A view of a photo, and its description by the network."""

    image: Image
    description: Description
