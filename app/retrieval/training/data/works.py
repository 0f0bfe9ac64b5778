"""Training works, their classes, and the split that keeps some from training.

Which works are held out follows from the accession number, the artist and the seed
alone: not from the order of the catalogue or from what else is in it. So a
measurement years later can still tell what a model has not been trained on.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.retrieval.types import FloatArray

CLASS_FIELDS = ("school", "artist", "technique")
"""What a catalogue says that can be seen in the picture."""
MIN_WORKS_PER_CLASS = 15
HELD_OUT_WORKS = 0.16
HELD_OUT_ARTISTS = 0.06
"""Shares that together keep about a fifth of a collection from training."""


@dataclass(frozen=True, slots=True)
class TrainingWork:
    """One picture of a work, and what its label says."""

    accession: str
    image_path: Path
    label: Mapping[str, str] = field(default_factory=dict)
    """Of ``CLASS_FIELDS`` those that are known; "" means unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Classes that the head is to tell apart, and which of them N pictures are of."""

    names: tuple[str, ...]
    targets: FloatArray
    """(N, K), a work's classes share its row's sum of 1; a row of 0s is unlabelled."""


def is_held_out(work: TrainingWork, seed: int) -> bool:
    """Tell whether a work, or everything by its artist, is kept from training."""
    artist = work.label.get("artist", "")
    return _chance(f"{seed}/work/{work.accession}") < HELD_OUT_WORKS or (
        artist != "" and _chance(f"{seed}/artist/{artist}") < HELD_OUT_ARTISTS
    )


def catalogue_classes(
    works: Sequence[TrainingWork], *, min_works: int = MIN_WORKS_PER_CLASS
) -> Classes:
    """Make a class of every school, artist and technique that is frequent enough.

    Parameters
    ----------
    works : sequence of TrainingWork
        Those that are trained on.
    min_works : int

    Returns
    -------
    classes : Classes
        Most frequent first; a work may belong to several. No classes at all if the
        catalogue says nothing, or the same of everything.
    """
    counts = Counter(
        (name, value)
        for work in works
        for name in CLASS_FIELDS
        if (value := work.label.get(name, ""))
    )
    frequent = [
        key for key, count in counts.most_common() if min_works <= count < len(works)
    ]
    targets = np.zeros((len(works), len(frequent)), np.float32)
    for column, (name, value) in enumerate(frequent):
        targets[:, column] = [work.label.get(name, "") == value for work in works]
    targets /= np.maximum(targets.sum(axis=1, keepdims=True), 1)
    return Classes(tuple(value for _, value in frequent), targets)


def _chance(text: str) -> float:
    """Turn a text into an even draw from [0, 1), always the same."""
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
