"""The methods that make one vector of a picture: all but a few."""

from collections.abc import Callable, Sequence

import numpy as np

from app.lab.methods import COSINE, EUCLID, LEARNT
from app.lab.picture_cache import PictureCache
from app.lab.result_cache import Seen
from app.retrieval.descriptors.pooling import aggregate, learn_aggregation
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.measures.distances import Cosine, Euclidean
from app.retrieval.measures.measure import Measure
from app.retrieval.types import FloatArray, no_numbers

See = Callable[[PictureCache], FloatArray]
"""From a picture to (m, C) vectors, of which a method makes one descriptor."""


class VectorMethod:
    """One vector per picture.

    By cosine, descriptors are compared: unit length, whitened by what other works
    teach. By Euclid, activations are: the vectors as the network gives them, added up.

    Parameters
    ----------
    name, about : str
    see : callable
    dimension : int, optional
        To keep after whitening; descriptors that are as they should be have none.
    similarity : Measure, optional
        Learnt on these descriptors.
    learns : bool
        Whether one is worth learning where there is none yet.
    """

    def __init__(
        self,
        name: str,
        about: str,
        see: See,
        *,
        dimension: int | None = None,
        similarity: Measure[FloatArray] | None = None,
        learns: bool = False,
    ) -> None:
        self.name = name
        self.about = about
        self._see = see
        self._dimension = dimension
        self._measures: dict[str, Measure[FloatArray]] = {
            COSINE: Cosine(),
            EUCLID: Euclidean(),
        }
        self.learns = learns
        if similarity is not None:
            self.compare_by(similarity)
        self._pictures: list[FloatArray] = []
        self._activations = self._descriptors = no_numbers()
        self._embed: Callable[[FloatArray], FloatArray] = _plainly

    @classmethod
    def over(cls, name: str, about: str, see: See, rows: FloatArray) -> "VectorMethod":
        """Make the method of descriptors (N, D) that exist already."""
        method = cls(name, about, see)
        method._activations = method._descriptors = rows
        return method

    @property
    def descriptors(self) -> FloatArray:
        """Descriptors of the works: (N, D), once they are finished."""
        return self._descriptors

    def describe(self, cache: PictureCache) -> FloatArray:
        """Make the descriptor (D,) of a picture, once works are finished."""
        return self._embed(self._see(cache))

    def compare_by(self, similarity: Measure[FloatArray]) -> None:
        """Compare descriptors by a learnt similarity as well."""
        self._measures[LEARNT] = similarity

    @property
    def measures(self) -> tuple[str, ...]:
        """See `Method.measures`."""
        return tuple(self._measures)

    def look(self, cache: PictureCache) -> Seen:
        """See `Method.look`."""
        return {self.name: self._see(cache)}

    def add(self, seen: Seen) -> None:
        """See `Method.add`."""
        self._pictures.append(seen[self.name])

    def finish(self, lessons: Sequence[int]) -> None:
        """Learn the whitening, and make descriptors."""
        self._activations = np.stack([own.sum(axis=0) for own in self._pictures])
        if self._dimension is None:
            self._descriptors = unit_length(self._activations)
        else:
            taught = [self._pictures[position] for position in lessons]
            whitening = learn_aggregation(taught, self._dimension)
            self._embed = lambda own: aggregate(own, whitening)
            self._descriptors = np.stack([*map(self._embed, self._pictures)])
        self._pictures.clear()

    def ask(self, cache: PictureCache, measure: str) -> FloatArray:
        """See `Method.ask`."""

        def compute() -> tuple[FloatArray, FloatArray]:
            vectors = self._see(cache)
            return vectors.sum(axis=0), self._embed(vectors)

        activations, descriptor = cache.part((self.name, "query"), compute)
        if measure == EUCLID:
            return self._measures[measure].score(activations, self._activations)
        return self._measures[measure].score(descriptor, self._descriptors)

    def alike(self, position: int, measure: str) -> FloatArray:
        """See `Method.alike`."""
        rows = self._activations if measure == EUCLID else self._descriptors
        return self._measures[measure].score(rows[position], rows)

    def bytes_per_work(self, measure: str) -> float:
        """See `Method.bytes_per_work`."""
        rows = self._activations if measure == EUCLID else self._descriptors
        return float(rows[0].nbytes)


def _plainly(vectors: FloatArray) -> FloatArray:
    return unit_length(vectors.sum(axis=0))
