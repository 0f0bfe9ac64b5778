"""Method of one vector per picture, compared by cosine, Euclid or a learnt measure."""

from collections.abc import Callable, Sequence

import numpy as np

from app.lab.methods import COSINE, EUCLID, LEARNT, Method
from app.lab.picture_cache import PictureCache
from app.lab.result_cache import Seen
from app.retrieval.descriptors.pooling import aggregate, learn_aggregation
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.measures.distances import Cosine, Euclidean
from app.retrieval.measures.measure import Measure
from app.retrieval.types import FloatArray, no_numbers

See = Callable[[PictureCache], FloatArray]
"""From a picture to (m, C) vectors, of which a method makes one descriptor."""


class VectorMethod(Method):
    """Method of one vector per picture.

    By cosine, descriptors are compared: unit length, whitened by what other works
    teach. By Euclid, activations are: the vectors as the network gives them, added up.

    Parameters
    ----------
    dimension : int, optional
        To keep after whitening, at most; descriptors that are as they should be have
        none.
    learns : bool
        Whether a similarity is worth learning where there is none yet.

    Attributes
    ----------
    descriptors : (N, D) float32
        Of the works, once they are finished.
    """

    def __init__(
        self,
        name: str,
        about: str,
        see: See,
        *,
        dimension: int | None = None,
        learns: bool = False,
    ) -> None:
        self.name = name
        self.about = about
        self.learns = learns
        self.measures = (COSINE, EUCLID)
        self._see = see
        self._dimension = dimension
        self._measures: dict[str, Measure[FloatArray]] = {
            COSINE: Cosine(),
            EUCLID: Euclidean(),
        }
        self._pictures: list[FloatArray] = []
        self._activations = self.descriptors = no_numbers()
        self._embed: Callable[[FloatArray], FloatArray] = _plainly

    def describe(self, cache: PictureCache) -> FloatArray:
        """Make the descriptor (D,) of a picture, once works are finished."""
        return self._embed(self._see(cache))

    def compare_by(self, similarity: Measure[FloatArray]) -> None:
        """Compare descriptors by a learnt similarity as well."""
        self._measures[LEARNT] = similarity
        self.measures = tuple(self._measures)

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
            self.descriptors = unit_length(self._activations)
        else:
            taught = [self._pictures[position] for position in lessons]
            dimension = min(self._dimension, taught[0].shape[1])
            whitening = learn_aggregation(taught, dimension)
            self._embed = lambda own: aggregate(own, whitening)
            self.descriptors = np.stack([*map(self._embed, self._pictures)])
        self._pictures.clear()

    def ask(self, cache: PictureCache, measure: str) -> FloatArray:
        """See `Method.ask`."""

        def compute() -> tuple[FloatArray, FloatArray]:
            vectors = self._see(cache)
            return vectors.sum(axis=0), self._embed(vectors)

        activations, descriptor = cache.part((self.name, "query"), compute)
        query = activations if measure == EUCLID else descriptor
        return self._measures[measure].score(query, self._rows(measure))

    def alike(self, position: int, measure: str) -> FloatArray:
        """See `Method.alike`."""
        rows = self._rows(measure)
        return self._measures[measure].score(rows[position], rows)

    def bytes_per_work(self, measure: str) -> float:
        """See `Method.bytes_per_work`."""
        return float(self._rows(measure)[0].nbytes)

    def _rows(self, measure: str) -> FloatArray:
        return self._activations if measure == EUCLID else self.descriptors


def _plainly(vectors: FloatArray) -> FloatArray:
    return unit_length(vectors.sum(axis=0))
