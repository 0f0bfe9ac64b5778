"""The whole path of one photo: two shortlists, geometry, statistics, an answer."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.retrieval.gallery.searchable import Searchable
from app.retrieval.local import rootsift
from app.retrieval.model import Model
from app.retrieval.search.rerank import (
    Candidate,
    best_of_views,
    count_rivals,
    merge_shortlists,
    rerank,
)
from app.retrieval.search.timing import Stopwatch
from app.retrieval.search.trace import Judgement, Trace, View
from app.retrieval.search.views import look
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import (
    Answer,
    BoolArray,
    FloatArray,
    Hit,
    Image,
    LocalFeatures,
    Match,
    SimilarWork,
    Verdict,
)
from app.retrieval.verification.decision import Evidence
from app.retrieval.verification.homography import inlier_points


class Engine:
    """Answers photos over one gallery. The same photo always gets the same answer.

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

    def identify(self, image: Image, *, excluded_works: Collection[str] = ()) -> Answer:
        """Say which work a photo shows, or that it is none of the gallery's.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB, upright
        excluded_works : collection of str
            Ids of works that must not appear (withdrawn, or left out on purpose).

        Returns
        -------
        answer : Answer
            Several matches when the photo shows several works, or when it is not
            clear which one it shows. ``timings_ms`` has the keys describe, local,
            shortlist_global, shortlist_local, verify, decide and total.
        """
        return self.trace(image, excluded_works=excluded_works).answer

    def trace(self, image: Image, *, excluded_works: Collection[str] = ()) -> Trace:
        """Answer a photo and keep the intermediate results; see :meth:`identify`."""
        watch = Stopwatch()
        settings = self.settings
        excluded = self.gallery.mask_of(excluded_works)
        with watch.lap("describe"):
            views = self.describe(image)
            descriptors = [view.description.descriptor for view in views]
        with watch.lap("local"):
            features = rootsift.extract(
                image,
                side_px=settings.local.query_side_px,
                count=settings.local.query_features,
            )
        with watch.lap("shortlist_global"):
            global_hits = self.search_global(descriptors, excluded=excluded)
        with watch.lap("shortlist_local"):
            local_hits = self.gallery.search_local(
                features, settings.shortlist, excluded=excluded
            )
        with watch.lap("verify"):
            candidates = rerank(
                features,
                descriptors,
                self.gallery,
                merge_shortlists(global_hits, local_hits),
                settings.verification,
            )
        with watch.lap("decide"):
            judgements = self._judge(candidates, features)
            answer = self._answer(judgements, features, views, excluded_works)
        answer = replace(answer, timings_ms=watch.timings_ms())
        return Trace(answer, global_hits, local_hits, judgements)

    def describe(self, image: Image) -> tuple[View, ...]:
        """Describe the views of a photo; the whole of it comes first."""
        return tuple(
            View(view, self.model.descriptor.describe(view)) for view in look(image)
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

    def similar(
        self,
        descriptor: FloatArray,
        style: FloatArray,
        *,
        excluded_works: Collection[str] = (),
    ) -> tuple[SimilarWork, ...]:
        """Find works that look alike.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        style : (S,) float32, unit length
            Decides alone, unless S is 0.
        excluded_works : collection of str
            Ids of works that must not appear.

        Returns
        -------
        similar : tuple of SimilarWork
            One per work, most similar first; at most
            ``settings.shortlist.similar_count``.
        """
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

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str] = ()
    ) -> tuple[SimilarWork, ...]:
        """Find works that look like a reference image, other than its own work.

        An image that is not in the gallery (yet) has no neighbours.
        """
        position = self.gallery.position_of(image_id)
        if position is None:
            return ()
        own = self.gallery.items[position].work_id
        return self._similar_at(position, {own, *excluded_works})

    def _similar_at(
        self, position: int, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        return self.similar(
            self.gallery.descriptor_of(position),
            self.gallery.style_of(position),
            excluded_works=excluded_works,
        )

    def _judge(
        self, candidates: Sequence[Candidate], features: LocalFeatures
    ) -> tuple[Judgement, ...]:
        judgements = []
        rivals = count_rivals(candidates, features)
        for candidate, rival in zip(candidates, rivals, strict=True):
            evidence = Evidence.gather(
                candidate.verification,
                self.gallery.local_features[candidate.position],
                similarity=candidate.similarity,
                runner_up_inliers=rival,
            )
            probability = self.model.decision.probability(evidence)
            judgements.append(Judgement(candidate, evidence, probability))
        # Stable: equally probable ones stay in the order of their inliers.
        return tuple(sorted(judgements, key=self._prominence, reverse=True))

    def _prominence(self, judgement: Judgement) -> tuple[bool, float]:
        """Rank works that are surely there by what the visitor points at."""
        verdict = self.model.decision.verdict(judgement.probability)
        is_meant = verdict is Verdict.FOUND and judgement.candidate.is_central
        return is_meant, judgement.probability

    def _answer(
        self,
        judgements: Sequence[Judgement],
        features: LocalFeatures,
        views: Sequence[View],
        excluded_works: Collection[str],
    ) -> Answer:
        verdict_of = self.model.decision.verdict
        plausible = [
            one
            for one in judgements
            if verdict_of(one.probability) is not Verdict.NOT_FOUND
        ]
        named = {one.candidate.item.work_id for one in plausible}
        left_out = {*named, *excluded_works}
        verdict = Verdict.NOT_FOUND
        if plausible:
            verdict = verdict_of(plausible[0].probability)
        if verdict is Verdict.FOUND:
            # The reference image shows the work without wall, frame and visitors.
            similar = self._similar_at(plausible[0].candidate.position, left_out)
            if plausible[0].is_tied:
                verdict = Verdict.UNCERTAIN
        else:
            similar = self._similar_to_view(views[-1], left_out)
        return Answer(
            verdict,
            tuple(
                self._match_of(one.candidate, one.probability, features)
                for one in plausible
            ),
            similar,
            views[0].description,
        )

    def _similar_to_view(
        self, view: View, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        return self.similar(
            view.description.descriptor,
            self.model.style_of(view.image, view.description),
            excluded_works=excluded_works,
        )

    def _match_of(
        self, candidate: Candidate, probability: float, features: LocalFeatures
    ) -> Match:
        reference = self.gallery.local_features[candidate.position]
        return Match(
            candidate.item,
            probability,
            candidate.similarity,
            candidate.verification,
            candidate.outline,
            inlier_points(candidate.verification, features, reference),
        )
