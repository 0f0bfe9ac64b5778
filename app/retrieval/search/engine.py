"""Search engine: two shortlists for a photo, re-ranking, decision, answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift
from app.retrieval.model import Model
from app.retrieval.search.rerank import (
    best_of_views,
    is_central,
    merge_shortlists,
    rerank,
)
from app.retrieval.search.trace import StageTimer, Trace
from app.retrieval.search.views import View, views_of
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import (
    Answer,
    BoolArray,
    FloatArray,
    Hit,
    Match,
    SimilarWork,
    Verdict,
)
from app.retrieval.verification.decision import is_tied


class Engine:
    """Search engine over one gallery; the same photo always gets the same answer.

    Parameters
    ----------
    model : Model
    gallery : Searchable
        Made with this model.
    settings : RetrievalSettings, optional
    """

    def __init__(
        self,
        model: Model,
        gallery: Searchable,
        settings: RetrievalSettings | None = None,
    ) -> None:
        self.model = model
        self.gallery = gallery
        self.settings = settings or RetrievalSettings()

    def identify(
        self, photo: PreparedPhoto, *, excluded_works: Collection[str] = ()
    ) -> Answer:
        """Say which work a photo shows, or that it is none of the gallery's.

        Parameters
        ----------
        photo : PreparedPhoto
        excluded_works : collection of str
            Ids of works that must not appear (withdrawn, or left out on purpose).

        Returns
        -------
        answer : Answer
            Several matches when the photo shows several works, or when it is not
            clear which one it shows. ``timings_ms`` has the keys describe, local,
            shortlist_global, shortlist_local, verify, decide and total.
        """
        return self.trace(photo, excluded_works=excluded_works).answer

    def trace(
        self, photo: PreparedPhoto, *, excluded_works: Collection[str] = ()
    ) -> Trace:
        """Answer a photo and keep the intermediate results; see :meth:`identify`."""
        watch = StageTimer()
        settings = self.settings
        excluded = self.gallery.mask_of(excluded_works)
        with watch.lap("describe"):
            views = self.describe(photo)
            descriptors = [view.description.descriptor for view in views]
        with watch.lap("local"):
            side_px = settings.local.query_side_px
            features = rootsift.extract_query(
                photo.resized(side_px),
                side_px=side_px,
                count=settings.local.query_features,
            )
        with watch.lap("shortlist_global"):
            global_hits = self.search_global(descriptors, excluded=excluded)
        with watch.lap("shortlist_local"):
            local_hits = self.gallery.search_local(
                features, settings.shortlist, excluded=excluded
            )
        with watch.lap("verify"):
            verified = rerank(
                features,
                descriptors,
                self.gallery,
                merge_shortlists(global_hits, local_hits),
                settings.verification,
            )
        with watch.lap("decide"):
            candidates = self._rate(verified)
            answer = self._answer(candidates, views, excluded_works)
        answer = replace(answer, timings_ms=watch.timings_ms())
        return Trace(answer, global_hits, local_hits, candidates)

    def describe(self, photo: PreparedPhoto) -> tuple[View, ...]:
        """Describe the views of a photo; the whole of it comes first."""
        return tuple(
            View(image, self.model.descriptor.describe(image))
            for image in views_of(photo)
        )

    def search_global(
        self,
        descriptors: Sequence[FloatArray],
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Make the shortlist of the global channel.

        Parameters
        ----------
        descriptors : sequence of (D,) float32, unit length
            Of the views of a photo.
        excluded : (N,) bool, optional
            Positions to leave out, from the gallery's ``mask_of``.

        Returns
        -------
        hits : tuple of Hit
            At most ``settings.shortlist.global_count``, most similar first.
        """
        count = self.settings.shortlist.global_count
        shortlists = [
            self.gallery.search_global(descriptor, count, excluded=excluded)
            for descriptor in descriptors
        ]
        return best_of_views(shortlists, count)

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str] = ()
    ) -> tuple[SimilarWork, ...]:
        """Find works that look like a reference image, other than its own work.

        Returns
        -------
        similar : tuple of SimilarWork
            One per work, most similar first; at most
            ``settings.shortlist.similar_count``. None for an image that is not in the
            gallery (yet).
        """
        position = self.gallery.position_of(image_id)
        if position is None:
            return ()
        own = self.gallery.items[position].work_id
        return self._similar_at(position, {own, *excluded_works})

    def _similar_at(
        self, position: int, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        return self._similar(
            self.gallery.descriptor_of(position),
            self.gallery.style_of(position),
            excluded_works,
        )

    def _similar(
        self,
        descriptor: FloatArray,
        style: FloatArray,
        excluded_works: Collection[str],
    ) -> tuple[SimilarWork, ...]:
        """Find works that look alike, by style alone unless S is 0."""
        excluded = self.gallery.mask_of(excluded_works)
        count = self.settings.shortlist.global_count
        if len(style):
            hits = self.gallery.search_style(style, count, excluded=excluded)
        else:
            hits = self.gallery.search_global(descriptor, count, excluded=excluded)
        first_of_work: dict[str, SimilarWork] = {}
        for hit in hits:
            item = self.gallery.items[hit.position]
            first_of_work.setdefault(item.work_id, SimilarWork(item, hit.similarity))
        return tuple(first_of_work.values())[: self.settings.shortlist.similar_count]

    def _rate(self, matches: Iterable[Match]) -> tuple[Match, ...]:
        """Add the probabilities; what the visitor most likely means comes first."""
        decision = self.model.decision

        def prominence(match: Match) -> tuple[bool, float]:
            # Of works that are surely there, the one that the visitor points at.
            is_found = decision.verdict(match.probability) is Verdict.FOUND
            return is_found and is_central(match), match.probability

        rated = [
            replace(match, probability=decision.probability(match.evidence))
            for match in matches
        ]
        # Stable: equally probable ones stay in the order of their inliers.
        return tuple(sorted(rated, key=prominence, reverse=True))

    def _answer(
        self,
        candidates: Iterable[Match],
        views: Sequence[View],
        excluded_works: Collection[str],
    ) -> Answer:
        verdict_of = self.model.decision.verdict
        matches = tuple(
            candidate
            for candidate in candidates
            if verdict_of(candidate.probability) is not Verdict.NOT_FOUND
        )
        left_out = {*excluded_works, *(match.item.work_id for match in matches)}
        verdict = verdict_of(matches[0].probability) if matches else Verdict.NOT_FOUND
        if verdict is Verdict.FOUND:
            # The reference image shows the work without wall, frame and visitors.
            similar = self._similar_at(matches[0].position, left_out)
            if is_tied(matches[0].evidence):
                verdict = Verdict.UNCERTAIN
        else:
            image, described = views[-1].image, views[-1].description
            style = self.model.style_of(image, described)
            similar = self._similar(described.descriptor, style, left_out)
        return Answer(verdict, matches, similar, views[0].description)
