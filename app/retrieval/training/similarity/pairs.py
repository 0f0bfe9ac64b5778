"""Easy and hard pairs of pictures to learn a similarity from, with their targets.

Easy ones: a picture and a photo of it, or anything of another class. Hard ones: what
lies near although it is of another class, and what lies far although it is of the same.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.retrieval.measures.distances import Euclidean
from app.retrieval.measures.structural import SsimOverEuclidean, StructuralInput
from app.retrieval.types import FloatArray

FAR_MATES, OTHER_MATES = 6, 6
NEAR_STRANGERS, OTHER_STRANGERS = 10, 20
"""Partners of each picture, at most."""
LOOKS = 0.3
"""Share of a target that looks decide; the class decides the rest. Chosen, like all
numbers here and in `similarity`, on halves of 25 classes of photographs by seeds 1 and
2: with 0.2 to 0.4, pictures that were not learnt from are ranked better than with 0."""


class PairKind(IntEnum):
    """What two pictures of a pair have to do with each other."""

    VIEW = 0
    """A picture, and a photo of the same."""
    FAR_MATE = 1
    """The same class, and among its members the farthest."""
    MATE = 2
    """The same class."""
    NEAR_STRANGER = 3
    """Another class, and of all such the nearest."""
    STRANGER = 4
    """Another class."""


SAME = (PairKind.VIEW, PairKind.FAR_MATE, PairKind.MATE)
EASY, HARD = (
    (PairKind.VIEW, PairKind.STRANGER),
    (PairKind.FAR_MATE, PairKind.NEAR_STRANGER),
)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows of pictures, two by two: (P,) each."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    """That of a `PairKind.VIEW` is the photo in the same row as the first."""
    kinds: NDArray[np.int64]
    """Of `PairKind`."""

    def __len__(self) -> int:
        return len(self.first)

    def are(self, kinds: Sequence[PairKind]) -> NDArray[np.bool_]:
        """Tell which pairs are of some kinds: (P,) bool."""
        return np.isin(self.kinds, kinds)


def choose_pairs(
    descriptors: FloatArray, labels: Sequence[str], rng: np.random.Generator
) -> Pairs:
    """Choose partners for each picture.

    Parameters
    ----------
    descriptors : (N, D) float32
    labels : sequence of str, length N
        Classes. "" means unknown: such a picture has no partner but its photo.
    rng : numpy.random.Generator

    Returns
    -------
    pairs : Pairs
        In the order of the pictures.
    """
    names = np.array(labels)
    measure = Euclidean()
    first, second, kinds = [], [], []
    for row, name in enumerate(labels):
        partners = {PairKind.VIEW: np.array([row])}
        if name:
            nearest = np.argsort(-measure.score(descriptors[row], descriptors))
            mates = nearest[(names[nearest] == name) & (nearest != row)][::-1]
            strangers = nearest[(names[nearest] != name) & (names[nearest] != "")]
            partners |= {
                PairKind.FAR_MATE: mates[:FAR_MATES],
                PairKind.MATE: rng.permutation(mates[FAR_MATES:])[:OTHER_MATES],
                PairKind.NEAR_STRANGER: strangers[:NEAR_STRANGERS],
                PairKind.STRANGER: rng.permutation(strangers[NEAR_STRANGERS:])[
                    :OTHER_STRANGERS
                ],
            }
        for kind, rows in partners.items():
            first += [row] * len(rows)
            second += rows.tolist()
            kinds += [int(kind)] * len(rows)
    return Pairs(*(np.array(values, np.int64) for values in (first, second, kinds)))


def targets_of(
    pairs: Pairs,
    seen: StructuralInput,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> FloatArray:
    """Say how alike the pictures of each pair are.

    ``0.7 same + 0.3 rank``: whether they are of one class, and the rank from 0 to 1
    that structural similarity over Euclidean distance gives the pair among all. So of
    two pairs of one class those that look more alike are to be more alike, and every
    pair of one class more than any of two. A picture and its photo are one thing: 1.

    Parameters
    ----------
    pairs : Pairs
    seen : StructuralInput
        Of the N pictures that the rows are of.
    workers : int
        Threads.
    progress : callable
        Is told how many pictures are compared, and of how many.

    Returns
    -------
    targets : (P,) float32 in [0, 1]
    """
    edges = np.flatnonzero(np.diff(pairs.first, prepend=-1, append=-1))
    spans = [slice(*span) for span in pairwise(edges.tolist())]

    def compare(span: slice) -> FloatArray:
        query = seen[int(pairs.first[span.start])]
        return SsimOverEuclidean().score(query, seen[pairs.second[span]])

    looks: list[FloatArray] = []
    with ThreadPoolExecutor(workers) as pool:
        for scores in pool.map(compare, spans):
            looks.append(scores)
            progress(len(looks), len(spans))
    targets = (1 - LOOKS) * pairs.are(SAME) + LOOKS * _ranks(np.concatenate(looks))
    targets[pairs.are([PairKind.VIEW])] = 1
    return np.asarray(targets, np.float32)


def _ranks(values: FloatArray) -> NDArray[np.float64]:
    """Share of the values that are smaller: (P,) in [0, 1); equal ones rank alike."""
    places = np.searchsorted(np.sort(values), values, side="left")
    return places / max(1, len(values) - 1)
