"""Retrieval methods behind one interface: keep works, then score them for a photo.

Everything is computed by the library; here it is only brought into one form.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial

import numpy as np

from app.lab.picture_cache import PictureCache
from app.lab.result_cache import Seen
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.grey_copy import encode_copy
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift, voting
from app.retrieval.local.inverted_index import POSTING_BYTES, InvertedIndex
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.measures.distances import Cosine, Euclidean
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.measures.perceptual_hash import bit_agreement, perceptual_hash
from app.retrieval.model import Model
from app.retrieval.search.engine import Engine
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import (
    BoolArray,
    Description,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    LocalFeatures,
    no_numbers,
)

COSINE, EUCLID, LEARNT = Cosine.name, Euclidean.name, LearntSimilarity.name
HAMMING, VOTES, PROBABILITY = "Hamming", "votes", "probability"
PLACE = 1e-6
"""Taken off an engine's score per place, so that its order is that of the scores."""


class Method(ABC):
    """Descriptor of pictures, with the measures that can compare it.

    Attributes
    ----------
    name : str
        As people call it; no other method of a report has the same.
    about : str
        What it is, in a sentence.
    measures : tuple of str
        Names of what can compare it, its own first.
    """

    name: str
    about: str
    measures: tuple[str, ...]

    @abstractmethod
    def look(self, cache: PictureCache) -> Seen:
        """See what has to be known of a work, by names that methods can share."""

    @abstractmethod
    def add(self, seen: Seen) -> None:
        """Keep the next work as it was seen, perhaps by others as well."""

    @abstractmethod
    def finish(self, lessons: Sequence[int]) -> None:
        """Make ready for being asked, when all works are in.

        Parameters
        ----------
        lessons : sequence of int
            Positions of works that something may be learnt from.
        """

    @abstractmethod
    def ask(self, cache: PictureCache, measure: str) -> FloatArray:
        """Score all works by a photo: (N,) float32, higher is more alike."""

    @abstractmethod
    def alike(self, position: int, measure: str) -> FloatArray | None:
        """Score all works by the picture of one; None if it is not for that."""

    @abstractmethod
    def bytes_per_work(self, measure: str) -> float:
        """How much must be kept of a work."""


class HashMethod(Method):
    """Perceptual hash of a picture, compared bit by bit."""

    name = "pHash"
    about = "Signs of 64 low frequencies: knows copies of a file. A straw man."
    measures = (HAMMING,)

    def __init__(self) -> None:
        self._hashes: list[BoolArray] = []

    def look(self, cache: PictureCache) -> Seen:
        """See `Method.look`."""
        return {self.name: perceptual_hash(cache.image)}

    def add(self, seen: Seen) -> None:
        """See `Method.add`."""
        self._hashes.append(seen[self.name])

    def finish(self, _lessons: Sequence[int]) -> None:
        """Learn nothing."""

    def ask(self, cache: PictureCache, _measure: str) -> FloatArray:
        """See `Method.ask`."""
        return bit_agreement(perceptual_hash(cache.image), np.stack(self._hashes))

    def alike(self, position: int, _measure: str) -> FloatArray:
        """See `Method.alike`."""
        return bit_agreement(self._hashes[position], np.stack(self._hashes))

    def bytes_per_work(self, _measure: str) -> float:
        """See `Method.bytes_per_work`; packed, as one would keep them."""
        return len(self._hashes[0]) / 8


class WordMethod(Method):
    """Local channel: visual words with signatures vote for works."""

    name = "local words"
    about = "RootSIFT as visual words with signatures, in an inverted file."
    measures = (VOTES,)

    def __init__(self, vocabulary: Vocabulary, settings: RetrievalSettings) -> None:
        self._vocabulary = vocabulary
        self._settings = settings
        self._features: list[LocalFeatures] = []
        self._index: InvertedIndex

    def look(self, cache: PictureCache) -> Seen:
        """See `Method.look`."""
        return see_features(cache, self._settings)

    def add(self, seen: Seen) -> None:
        """See `Method.add`."""
        self._features.append(features_of(seen))

    def finish(self, _lessons: Sequence[int]) -> None:
        """Write the inverted file."""
        coded = map(self._vocabulary.code, self._features)
        self._index = InvertedIndex.build(coded, self._vocabulary)

    def ask(self, cache: PictureCache, _measure: str) -> FloatArray:
        """See `Method.ask`."""
        features = query_features(cache, self._settings)
        return vote_scores(self._index, features, self._settings)

    def alike(self, position: int, _measure: str) -> FloatArray:
        """See `Method.alike`."""
        return vote_scores(self._index, self._features[position], self._settings)

    def bytes_per_work(self, _measure: str) -> float:
        """See `Method.bytes_per_work`: posting and signature of each feature."""
        kept = self._index.offsets.nbytes + self._index.signatures.nbytes
        return kept / len(self._index)


class EngineMethod(Method):
    """Whole engine: both channels propose, geometry disposes."""

    name = "whole engine"
    about = "Both channels propose, a homography verifies, the decision ranks."
    measures = (PROBABILITY,)

    def __init__(self, model: Model, settings: RetrievalSettings) -> None:
        self._model = model
        self._settings = settings
        self._items: list[tuple[GalleryItem, GalleryFeatures]] = []
        self._engine: Engine

    def look(self, cache: PictureCache) -> Seen:
        """See `Method.look`."""
        description = described(cache, self._model)
        semantic = self._model.semantic
        semantics = (
            None if semantic is None else semantic.describe_reference(cache.image)
        )
        return {
            **see_features(cache, self._settings),
            "descriptor": description.descriptor,
            "style of the model": self._model.style_of(cache.image, description),
            "semantic descriptor": semantics.descriptor if semantics else no_numbers(),
            "grey copy": np.frombuffer(encode_copy(cache.image), np.uint8),
        }

    def add(self, seen: Seen) -> None:
        """See `Method.add`."""
        features = GalleryFeatures(
            seen["descriptor"],
            self._model.vocabulary.code(features_of(seen)),
            seen["style of the model"],
            seen["semantic descriptor"],
            seen["grey copy"].tobytes(),
        )
        name = str(len(self._items))
        self._items.append((GalleryItem(name, name), features))

    def finish(self, _lessons: Sequence[int]) -> None:
        """Build the gallery."""
        gallery = Gallery.build(self._items, self._model.vocabulary)
        self._engine = Engine(self._model, gallery, self._settings)

    def ask(self, cache: PictureCache, _measure: str) -> FloatArray:
        """See `Method.ask`."""
        return engine_scores(self._engine, cache)

    def alike(self, _position: int, _measure: str) -> None:
        """Decline: it tells whether a photo shows a work, not what is alike."""

    def bytes_per_work(self, _measure: str) -> float:
        """See `Method.bytes_per_work`: everything that a gallery keeps."""
        total = 0
        for _, features in self._items:
            local = features.local_features
            total += features.descriptor.nbytes + features.style.nbytes
            total += features.semantic.nbytes + len(features.picture)
            total += local.xy.nbytes + local.codes.nbytes + POSTING_BYTES * len(local)
        return total / len(self._items)


def described(cache: PictureCache, model: Model) -> Description:
    """Run a model's network on a picture."""
    key = ("description", model.model_id)
    return cache.part(key, lambda: model.descriptor.describe(cache.image))


def engine_scores(engine: Engine, cache: PictureCache) -> FloatArray:
    """Score works (N,) by probability; what was not verified comes last."""
    scores = np.full(len(engine.gallery), -np.inf, np.float32)
    least = np.inf
    candidates = engine.trace(PreparedPhoto(cache.image)).candidates
    for place, match in enumerate(candidates):
        least = min(least, match.probability)
        scores[match.position] = least - PLACE * place
    return scores


def query_features(cache: PictureCache, settings: RetrievalSettings) -> LocalFeatures:
    """Extract the local features that a photo is searched by."""
    local = settings.local
    return rootsift.extract_query(
        cache.image, side_px=local.query_side_px, count=local.query_features
    )


def vote_scores(
    index: InvertedIndex, features: LocalFeatures, settings: RetrievalSettings
) -> FloatArray:
    """Score works (N,) by the votes of a picture's local features."""
    looked_up = voting.look_up(index.vocabulary, features, settings.shortlist)
    votes = voting.cast_votes(index, *looked_up, settings.shortlist)
    return np.asarray(votes.scores(), np.float32)


def see_features(cache: PictureCache, settings: RetrievalSettings) -> Seen:
    """Extract what is kept of a work's local features."""
    local = settings.local
    extract = partial(
        rootsift.extract,
        cache.image,
        side_px=local.reference_side_px,
        count=local.reference_features,
    )
    features = cache.part("reference features", extract)
    return {
        "xy": features.xy,
        "RootSIFT": features.descriptors,
        "size": np.array(features.size),
    }


def features_of(seen: Seen) -> LocalFeatures:
    """Put together again what `see_features` has taken apart."""
    height, width = seen["size"].tolist()
    return LocalFeatures(seen["xy"], seen["RootSIFT"], (height, width))
