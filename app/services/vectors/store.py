"""Vector stores: what every engine of nearest neighbours offers, and how it is asked.

A store holds the descriptors of the images of all kept generations, one table for a
model: what two generations have in common is there once, and a new one adds what is
new. A generation counts as there when its name is written down, which is the last step
of putting it there, and the first of taking it away: a server whose generation is not
whole in the store is told so, and compares for itself.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.retrieval.errors import NeighboursAwayError
from app.retrieval.gallery.nearest import ExactIndex
from app.retrieval.gallery.shared import Neighbours, SharedIndex
from app.retrieval.gallery.tuning import NEIGHBOURS, Sample, least_effort
from app.retrieval.gallery.writer import CHOSEN_RECALL, photo_like
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.types import VectorArray

REST_SECONDS = 5.0
"""How long a store that did not answer is not asked again."""
LEAST_RECALL = 0.99
"""Of the 100 nearest; a generation that is found less of is not searched there."""
SAMPLE = 50
"""Queries that the effort is chosen with: of 5,000 neighbours 0.2 % is ten."""
PREFIX = "morelli_vectors_"
"""Of the names of all tables of descriptors."""
_NAME = re.compile(r"[0-9a-z_]{1,40}")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredGeneration:
    """Descriptors of a generation, as a store is given them.

    Attributes
    ----------
    name : str
    model_id : str
    image_ids : sequence of str, length N
    descriptors : (N, D) float16 or float32
        Unit length; may be memory-mapped.
    """

    name: str
    model_id: str
    image_ids: Sequence[str]
    descriptors: VectorArray

    def lacking(self, there: Collection[str]) -> Iterator[tuple[str, VectorArray]]:
        """Yield id and descriptor of the images that are not there yet."""
        for image_id, row in zip(self.image_ids, self.descriptors, strict=True):
            if image_id not in there:
                yield image_id, row


class VectorStore(Protocol):
    """Store of descriptors by image id, shared by several servers."""

    def put(
        self, generation: StoredGeneration, kept: Mapping[str, Collection[str]]
    ) -> None:
        """Let a generation be searched; does nothing where that is so already.

        What a killed process left is made use of. Afterwards the store holds this
        generation and the kept ones, as far as they were there, and no other.

        Parameters
        ----------
        generation : StoredGeneration
        kept : mapping of str to collection of str
            Image ids of the other generations that may be in use, by name.

        Raises
        ------
        NeighboursAwayError
            If the store does not answer, or finds too little: then the generation is
            not searched there.
        """
        ...

    def open(self, name: str, model_id: str) -> Neighbours:
        """Return what finds neighbours in a generation; nothing is asked yet."""
        ...

    def close(self) -> None:
        """Close all connections; whoever asks again opens new ones."""
        ...


class Patience:
    """Memory of whether a store answers, shared by the threads of a process.

    Parameters
    ----------
    what : str
        The store, as messages name it; without passwords.
    errors : tuple of types
        What its client raises when it does not answer.
    rest_seconds : float
    """

    def __init__(
        self,
        what: str,
        errors: tuple[type[Exception], ...],
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self.what = what
        self._errors = errors
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._reason = ""
        self._silent_until = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask in the block, unless the store was away a moment ago.

        One thread at a time finds out whether it is there again.

        Raises
        ------
        NeighboursAwayError
            For what the client raises, or at once.
        """
        with self._lock:
            if self._reason:
                if time.monotonic() < self._silent_until:
                    raise NeighboursAwayError(self._reason)
                self._silent_until = time.monotonic() + self._rest_seconds
        try:
            yield
        except self._errors as error:
            reason = f"{self.what} cannot be asked: {_first_line(error)}"
            self._reason = reason
            self._silent_until = time.monotonic() + self._rest_seconds
            raise NeighboursAwayError(reason) from error
        except NeighboursAwayError:
            self._reason = ""  # it answered, that it lacks something
            raise
        self._reason = ""


def table_of(model_id: str) -> str:
    """Name the table of a model's descriptors.

    Raises
    ------
    ValueError
        If the model's id is none.
    """
    if not _NAME.fullmatch(model_id):
        raise ValueError(f"{model_id!r} is no id of a model")
    return PREFIX + model_id


def not_there(name: str | None, what: str) -> NeighboursAwayError:
    """Return what to raise where a store lacks a generation."""
    return NeighboursAwayError(
        f"index {name} is not in {what}; put it there with: {INDEX_COMMAND}"
    )


def effort_for(effort: int, count: int, most: int) -> int:
    """Scale an effort, which is for the first 100 as Annoy's is, to a count."""
    return max(effort, min(effort * count // 100, most))


def choose_effort(
    generation: StoredGeneration, ask_with: Callable[[int], Neighbours], most: int
) -> int:
    """Find the least effort with which an engine finds what exact search finds.

    Parameters
    ----------
    generation : StoredGeneration
    ask_with : callable
        Gives the engine at an effort.
    most : int

    Raises
    ------
    NeighboursAwayError
        If the engine finds too little at its most.
    """
    # As many as there are inspect everything.
    most = min(most, max(len(generation.image_ids), NEIGHBOURS))
    exact = ExactIndex(generation.descriptors)
    positions = {one: number for number, one in enumerate(generation.image_ids)}
    rng = np.random.default_rng(0)
    sample = Sample(exact, photo_like(generation.descriptors, rng, SAMPLE))

    def recall_at(effort: int) -> float:
        index = SharedIndex(ask_with(effort), exact, positions.get)
        recall = sample.recall_of(index)
        logger.info("%s: recall %.4f at %d", generation.name, recall, effort)
        return recall

    effort = least_effort(recall_at, most, target=CHOSEN_RECALL)
    if effort == most and recall_at(most) < LEAST_RECALL:
        raise NeighboursAwayError(
            f"of the nearest of {generation.name} less than {LEAST_RECALL:.0%} are "
            "found there"
        )
    return effort


def _first_line(error: Exception) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
