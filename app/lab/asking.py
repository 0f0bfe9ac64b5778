"""Rankings by every method and measure, the slow measures re-ranking a shortlist."""

import functools
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.commands.shared import say
from app.lab.collection import Collection as Works
from app.lab.methods import EUCLID, PROBABILITY, Method
from app.lab.picture_cache import PictureCache
from app.lab.result_cache import ResultCache, Seen
from app.retrieval.measures.measure import rerank
from app.retrieval.measures.structural import (
    Ssim,
    SsimOverEuclidean,
    luminance,
    over_distance,
)
from app.retrieval.types import FloatArray

Key: TypeAlias = tuple[str, str]
"""Names of a method and of a measure."""
LUMINANCE = "luminance"
SHORTLIST = 50
"""First works by a method's own measure that the slow measures put in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Order of the works by one method and measure.

    Attributes
    ----------
    key : (method, measure)
    order : (N,) int64
        Positions of works, most alike first.
    scores : (N,) float32
        Of the works by position. Where a shortlist was put in order, those of the
        shortlist, and minus infinity for all others.
    reranked : bool
        Whether only a shortlist was compared.
    seconds : float
        That the answer took, alone.
    """

    key: Key
    order: NDArray[np.int64]
    scores: FloatArray
    reranked: bool
    seconds: float

    @classmethod
    def of(cls, key: Key, scores: FloatArray, seconds: float = 0.0) -> "Ranking":
        """Put all works in order by their scores; equal ones by position."""
        order = np.argsort(-scores, kind="stable")
        return cls(key, order, scores, reranked=False, seconds=seconds)

    @property
    def best_score(self) -> float:
        """Of the first work."""
        return float(self.scores[self.order[0]])

    def first(self, count: int) -> list[int]:
        """Positions of the first works, without those that were not compared."""
        head = self.order[:count]
        if not self.reranked:
            head = head[self.scores[head] > -np.inf]
        return [int(position) for position in head]

    def rank_of(self, position: int) -> int:
        """Place of a work, from 0; works that tie with it count as better."""
        place = int(np.flatnonzero(self.order == position)[0])
        score = self.scores[position]
        if self.reranked and not np.isfinite(score):
            return place
        # Not "is as good", so that a score that is no number is not right either.
        return int(np.count_nonzero(~(self.scores < score))) - 1


def noted(numbers: Mapping[Key, Sequence[float]]) -> Seen:
    """Bring some numbers, equally many about each answer, to arrays."""
    values = np.array([*numbers.values()], np.float64)
    return {"keys": np.array([*numbers]), "numbers": values}


def read_noted(seen: Seen) -> Iterator[tuple[Key, list[float]]]:
    """Read what `noted` has taken down about each answer."""
    keys = map(tuple, seen["keys"].tolist())
    return zip(keys, seen["numbers"].tolist(), strict=True)


class Asker:
    """Index of the works by every method, to be asked for rankings.

    Parameters
    ----------
    methods : sequence of Method
    only : collection of (method, measure), optional
        Answers that are wanted; otherwise all.
    """

    def __init__(
        self, methods: Sequence[Method], only: Collection[Key] | None = None
    ) -> None:
        self.methods = tuple(methods)
        self._only = only
        self._pictures: list[FloatArray] = []

    def look(self, cache: PictureCache) -> Seen:
        """See everything of a work that has to be known by one of the methods."""
        seen: Seen = {LUMINANCE: luminance(cache.image)}
        for method in self.methods:
            seen |= method.look(cache)
        return seen

    def add(self, seen: Seen) -> None:
        """Keep the next work as it was seen."""
        self._pictures.append(seen[LUMINANCE])
        for method in self.methods:
            method.add(seen)

    def look_through(
        self, works: Works, positions: Sequence[int], result_cache: ResultCache
    ) -> None:
        """Look at works and keep them, in this order."""

        def look(position: int) -> Seen:
            return self.look(PictureCache(works.picture(position)))

        for seen in result_cache.each("Looking at the works", positions, look):
            self.add(seen)

    def finish(self, lessons: Sequence[int]) -> None:
        """Make every method ready; lessons are the works that may be learnt from."""
        for method in self.methods:
            method.finish(lessons)

    def prepare(
        self,
        works: Works,
        gallery: Sequence[int],
        asked: Sequence[int],
        result_cache: ResultCache,
    ) -> list[int]:
        """Look at the works of a gallery and make ready to be asked for some of them.

        Returns
        -------
        lessons : list of int
            Rows of the gallery that are not asked for: they may be learnt from.
        """
        self.look_through(works, gallery, result_cache)
        say("Learning whitenings, building indexes …")
        unseen = set(asked)
        lessons = [row for row, work in enumerate(gallery) if work not in unseen]
        self.finish(lessons)
        return lessons

    def luminance(self, positions: Sequence[int]) -> FloatArray:
        """Small grey pictures of some works: (N, S, S) in [0, 1]."""
        return np.stack([self._pictures[position] for position in positions])

    def measures(self, method: Method) -> tuple[str, ...]:
        """Name the measures that a method is compared by, its own first."""
        possible = method.measures
        if PROBABILITY not in possible:
            possible += (Ssim.name,)
        if EUCLID in possible:
            possible += (SsimOverEuclidean.name,)
        if self._only is None:
            return possible
        return tuple(one for one in possible if (method.name, one) in self._only)

    def ask(self, cache: PictureCache) -> Iterator[Ranking]:
        """Ask for the work that a photo shows, by every method and measure."""
        own, taken = cache.timed(partial(luminance, cache.image))

        def rank(method: Method, measure: str) -> Ranking:
            scores, seconds = cache.timed(partial(method.ask, cache, measure))
            return Ranking.of((method.name, measure), scores, seconds)

        return self._answers(rank, own, taken)

    def ask_alike(self, position: int) -> Iterator[Ranking]:
        """Ask for works like one of them, which is left out of the answers.

        Of the methods that are made for this; it takes no time that would count.
        """

        def rank(method: Method, measure: str) -> Ranking | None:
            scores = method.alike(position, measure)
            if scores is None:
                return None
            reply = Ranking.of((method.name, measure), scores)
            return replace(reply, order=reply.order[reply.order != position])

        return self._answers(rank, self._pictures[position])

    def bytes_per_work(self, method: Method, measure: str) -> float:
        """Say how much must be kept of a work for an answer by this measure."""
        if measure in method.measures:
            return method.bytes_per_work(measure)
        kept = method.bytes_per_work(method.measures[0]) + self._pictures[0].nbytes
        if measure == SsimOverEuclidean.name:
            kept += method.bytes_per_work(EUCLID)
        return kept

    def _fast(self, method: Method) -> Iterator[str]:
        """Name the method's measures that are wanted, or that slow ones build on."""
        wanted = set(self.measures(method))
        if wanted - set(method.measures):
            wanted.add(method.measures[0])
        if SsimOverEuclidean.name in wanted:
            wanted.add(EUCLID)
        return (measure for measure in method.measures if measure in wanted)

    def _answers(
        self,
        rank: Callable[[Method, str], Ranking | None],
        own: FloatArray,
        taken: float = 0.0,
    ) -> Iterator[Ranking]:
        """Yield the wanted answers, the slow ones put together from fast ones.

        Parameters
        ----------
        rank : callable
            Ranks by a method and one of its own measures, if it is for that.
        own : (S, S) float32
            Small grey picture of what is asked for.
        taken : float
            Seconds that making it took.
        """

        @functools.cache
        def structure(position: int) -> tuple[float, float]:
            begun = time.perf_counter()
            similarity = Ssim().score(own, self._pictures[position][None])
            return float(similarity[0]), time.perf_counter() - begun

        for method in self.methods:
            fast = {measure: rank(method, measure) for measure in self._fast(method)}
            replies = {name: reply for name, reply in fast.items() if reply is not None}
            for measure in self.measures(method) if replies else ():
                if measure in replies:
                    yield replies[measure]
                    continue
                first = replies[method.measures[0]]
                shortlist = first.order[:SHORTLIST]
                compared = np.array([structure(row) for row in shortlist.tolist()])
                slow = compared[:, 0].astype(np.float32)
                seconds = taken + float(compared[:, 1].sum()) + first.seconds
                if measure == SsimOverEuclidean.name:
                    slow = over_distance(slow, replies[EUCLID].scores[shortlist])
                    seconds += replies[EUCLID].seconds
                scores = np.full(len(first.scores), -np.inf, np.float32)
                scores[shortlist] = slow
                order = rerank(first.order, slow)
                yield Ranking((method.name, measure), order, scores, True, seconds)
