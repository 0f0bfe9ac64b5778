"""Comparison of all retrieval methods that the index is ready for, on one picture.

Five methods look at the whole collection, two more if there is a map; the slow ones put
in order what the descriptor proposes. Nothing is computed here that the library does
not compute.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.retrieval.errors import ArtefactError, MissingArtefactError
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift
from app.retrieval.measures.distances import Cosine
from app.retrieval.measures.learnt import SIMILARITY_FILE, LearntSimilarity
from app.retrieval.measures.perceptual_hash import bit_agreement
from app.retrieval.measures.structural import (
    Ssim,
    SsimOverEuclidean,
    StructuralInput,
    luminance,
)
from app.retrieval.types import FloatArray, GalleryItem, Hit, Image
from app.services.index.searcher import Searcher
from app.services.map.appearances import Appearance, Appearances

logger = logging.getLogger(__name__)

RANKS = 10
"""Works that a method shows."""
SHORTLIST = 100
"""Pictures that the descriptor proposes to the slow methods."""

Value = TypeVar("Value")


class ComparedMethod(StrEnum):
    """Retrieval methods, in the order of the columns."""

    ENGINE = "engine"
    DESCRIPTOR = "descriptor"
    STYLE = "style"
    WORDS = "words"
    LEARNT = "learnt"
    SSIM = "ssim"
    SSIM_EUCLID = "ssim_euclid"
    COLOURS = "colours"
    HASH = "hash"


RERANKING = frozenset(
    (ComparedMethod.LEARNT, ComparedMethod.SSIM, ComparedMethod.SSIM_EUCLID)
)
"""Methods that only put a shortlist in order."""


@dataclass(frozen=True, slots=True)
class Column:
    """Ranked answer of one method.

    Attributes
    ----------
    works : tuple of str
        Accession numbers, the best first.
    scores : tuple of float
        Of each; higher is better, and means something else to each method.
    milliseconds : float
        That the method alone takes, from the picture on.
    """

    method: ComparedMethod
    works: tuple[str, ...]
    scores: tuple[float, ...]
    milliseconds: float

    def ranked(self) -> Iterator[tuple[int, str, float]]:
        """Yield rank, from 1, work and score."""
        ranked = zip(self.works, self.scores, strict=True)
        return ((rank, *one) for rank, one in enumerate(ranked, 1))


def compare(
    searcher: Searcher,
    image: Image,
    *,
    excluded: Collection[str],
    thumbnails: Callable[[Sequence[GalleryItem]], list[Image | None]],
    looks: Appearances | None,
    similarity: LearntSimilarity | None,
) -> tuple[Column, ...]:
    """Ask every method about a picture.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    excluded : collection of str
        Works that must not appear.
    thumbnails : callable
        Reads the small pictures of some images; None where there is none.
    looks : Appearances, optional
        Without them, neither colours nor the hash are asked.
    similarity : LearntSimilarity, optional
        Of this searcher's model.
    """
    one = _Comparison(searcher, image, excluded)
    return (
        one.by_engine(),
        one.by_descriptor(),
        *([one.by_style()] if searcher.engine.model.style is not None else ()),
        one.by_words(),
        *([one.by_learnt(similarity)] if similarity is not None else ()),
        *one.by_structure(thumbnails),
        *(one.by_looks(looks) if looks is not None else ()),
    )


class _Comparison:
    """One picture, and what several methods need of it, computed and timed once."""

    def __init__(
        self, searcher: Searcher, image: Image, excluded: Collection[str]
    ) -> None:
        self._engine = searcher.engine
        self._gallery = self._engine.gallery
        self._image = image
        self._excluded = frozenset(excluded)
        self._findable = searcher.work_ids - self._excluded
        self._mask = self._gallery.mask_of(self._excluded)
        describe = self._engine.model.descriptor.describe
        self._description, self._describing = _timed(lambda: describe(image))
        self._shortlist, searching = _timed(
            lambda: self._gallery.search_global(
                self._description.descriptor, SHORTLIST, excluded=self._mask
            )
        )
        self._shortlisting = self._describing + searching

    def by_engine(self) -> Column:
        trace, spent = _timed(
            lambda: self._engine.trace(
                PreparedPhoto(self._image), excluded_works=self._excluded
            )
        )
        ranked = ((match.item.work_id, match.probability) for match in trace.candidates)
        return _column(ComparedMethod.ENGINE, ranked, spent)

    def by_descriptor(self) -> Column:
        works = self._works(self._shortlist)
        return _column(ComparedMethod.DESCRIPTOR, works, self._shortlisting)

    def by_style(self) -> Column:
        def search() -> Sequence[Hit]:
            style = self._engine.model.style_of(self._image, self._description)
            return self._gallery.search_style(style, SHORTLIST, excluded=self._mask)

        hits, spent = _timed(search)
        return _column(
            ComparedMethod.STYLE, self._works(hits), self._describing + spent
        )

    def by_words(self) -> Column:
        settings = self._engine.settings

        def search() -> Sequence[Hit]:
            features = rootsift.extract_query(
                self._image,
                side_px=settings.local.query_side_px,
                count=settings.local.query_features,
            )
            return self._gallery.search_local(
                features, settings.shortlist, excluded=self._mask
            )

        hits, spent = _timed(search)
        return _column(ComparedMethod.WORDS, self._works(hits), spent)

    def by_learnt(self, similarity: LearntSimilarity) -> Column:
        positions = [hit.position for hit in self._shortlist]
        own = self._description.descriptor
        return self._reranked(
            ComparedMethod.LEARNT,
            positions,
            lambda: similarity.score(own, self._descriptors(positions)),
            self._shortlisting,
        )

    def by_structure(
        self, thumbnails: Callable[[Sequence[GalleryItem]], list[Image | None]]
    ) -> list[Column]:
        """Compare pictures by structure, alone and over the distance of descriptors."""
        proposed = [hit.position for hit in self._shortlist]
        pictures, reading = _timed(
            lambda: thumbnails([self._gallery.items[one] for one in proposed])
        )
        there = {
            position: picture
            for position, picture in zip(proposed, pictures, strict=True)
            if picture is not None
        }
        if not there:
            return []
        (own, others), seeing = _timed(
            lambda: (
                luminance(self._image),
                np.stack([luminance(picture) for picture in there.values()]),
            )
        )
        positions = list(there)
        spent = self._shortlisting + reading + seeing
        return [
            self._reranked(
                ComparedMethod.SSIM, positions, lambda: Ssim().score(own, others), spent
            ),
            self._reranked(
                ComparedMethod.SSIM_EUCLID,
                positions,
                lambda: SsimOverEuclidean().score(
                    StructuralInput(own, self._description.descriptor),
                    StructuralInput(others, self._descriptors(positions)),
                ),
                spent,
            ),
        ]

    def by_looks(self, looks: Appearances) -> Iterator[Column]:
        look, looking = _timed(lambda: Appearance.of(self._image))
        for method, score in (
            (
                ComparedMethod.COLOURS,
                lambda: Cosine().score(look.colours, looks.colours.astype(np.float32)),
            ),
            (ComparedMethod.HASH, lambda: bit_agreement(look.bits, looks.bits)),
        ):
            scores, scoring = _timed(score)
            ranked = (
                (looks.accessions[row], float(scores[row]))
                for row in np.argsort(-scores, kind="stable")
                if looks.accessions[row] in self._findable
            )
            yield _column(method, ranked, looking + scoring)

    def _works(self, hits: Iterable[Hit]) -> Iterable[tuple[str, float]]:
        for hit in hits:
            yield self._gallery.items[hit.position].work_id, hit.similarity

    def _reranked(
        self,
        method: ComparedMethod,
        positions: Sequence[int],
        score: Callable[[], FloatArray],
        spent: float,
    ) -> Column:
        """Put pictures in order by scores; ``spent``: milliseconds until then."""
        scores, scoring = _timed(score)
        ranked = (
            (self._gallery.items[positions[row]].work_id, float(scores[row]))
            for row in np.argsort(-scores, kind="stable")
        )
        return _column(method, ranked, spent + scoring)

    def _descriptors(self, positions: Sequence[int]) -> FloatArray:
        return np.stack([self._gallery.descriptor_of(one) for one in positions])


def learnt_similarity(model_dir: Path, model_id: str) -> LearntSimilarity | None:
    """Open the similarity that was learnt on a model's descriptors, if there is one."""
    try:
        return LearntSimilarity.load(model_dir / SIMILARITY_FILE, model_id=model_id)
    except MissingArtefactError:
        return None
    except ArtefactError as error:
        logger.warning("the learnt similarity is left out: %s", error)
        return None


def _timed(job: Callable[[], Value]) -> tuple[Value, float]:
    """Return what a job gives, and its milliseconds."""
    begun = time.perf_counter()
    value = job()
    return value, 1000 * (time.perf_counter() - begun)


def _column(
    method: ComparedMethod, ranked: Iterable[tuple[str, float]], milliseconds: float
) -> Column:
    """Keep the first works, each once."""
    best: dict[str, float] = {}
    for work, score in ranked:
        best.setdefault(work, score)
        if len(best) == RANKS:
            break
    return Column(method, tuple(best), tuple(best.values()), milliseconds)
