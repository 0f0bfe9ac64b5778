"""Engines that run workers on several machines: what every one offers.

Two copies of each shard are held by two workers, which are named after the shard's
number: ``1a`` and ``1b`` hold the first one. Other workers compute features.
"""

from collections.abc import Sequence
from typing import Protocol

from app.retrieval.gallery.shards.asking import Copy, Shards
from app.retrieval.gallery.shards.cut import Shard
from app.retrieval.gallery.shards.questions import PresenceQuestion
from app.services.shards.computing import FeatureComputer

LETTERS = "ab"
"""Of the copies of a shard."""
OPENING_SECONDS = 15.0
"""How long a server that begins with an index waits for the shards to be opened."""


class ShardEngine(Protocol):
    """Engine whose workers hold copies of shards."""

    def copy(self, folder: str, worker: str) -> Copy:
        """Return a copy of a shard; nothing is asked yet.

        Parameters
        ----------
        folder : str
            The shard's name, see `Shard`.
        worker : str
            Name of the worker that holds it, or opens it when it is asked first.
        """
        ...


class FeatureWorkers(Protocol):
    """Workers of an engine that compute the features of pictures."""

    def computer(self, model_id: str) -> FeatureComputer | None:
        """Return what computes features by a model; None where no worker does."""
        ...


class ShardConnection:
    """Way to the shards of any index, for who opens it.

    Parameters
    ----------
    engine : ShardEngine
    deadline_seconds : float, > 0
    """

    def __init__(self, engine: ShardEngine, deadline_seconds: float) -> None:
        self._engine = engine
        self._deadline_seconds = deadline_seconds

    def connect(self, shards: Sequence[Shard]) -> Shards:
        """Find the copies of some shards, and let the workers open them.

        Waits until one copy of each is open, or for `OPENING_SECONDS`: the first photo
        would be answered without those that are still being opened.
        """
        copies = [
            [self._engine.copy(shard.folder, f"{number}{letter}") for letter in LETTERS]
            for number, shard in enumerate(shards, 1)
        ]
        Shards(copies, OPENING_SECONDS).ask(
            dict.fromkeys(range(len(copies)), PresenceQuestion())
        )
        return Shards(copies, self._deadline_seconds)
