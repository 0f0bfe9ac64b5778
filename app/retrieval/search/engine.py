"""Search engine: shortlists for a photo, geometry, comparison, decision, answer.

Nothing is computed that cannot change the answer. Nine photos of ten are answered by
the first candidates of the local channel; only where geometry is not certain are the
networks asked, more candidates verified, and works looked at that are no planes.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift
from app.retrieval.local.voting import Tally
from app.retrieval.model import Model
from app.retrieval.search.answers import Answer, Match, SimilarWork
from app.retrieval.search.candidate_pool import CandidatePool
from app.retrieval.search.fusion import agreeing, merge_shortlists
from app.retrieval.search.network_channels import NetworkView, ask_networks
from app.retrieval.search.rating import Rater
from app.retrieval.search.trace import (
    GLOBAL,
    LOCAL,
    SEMANTIC,
    StageTimer,
    Trace,
)
from app.retrieval.settings import RetrievalSettings, VerificationSettings
from app.retrieval.types import BoolArray, FloatArray, Hit, LocalFeatures
from app.retrieval.verification.decision import is_tied
from app.retrieval.verification.evidence import Verdict
from app.retrieval.verification.polygons import contains

WEIGHTS = {LOCAL: 1.0, GLOBAL: 0.5, SEMANTIC: 0.5}
"""Weight of each channel in the merged order."""


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
            clear which one it shows. ``timings_ms`` has the keys local,
            shortlist_local, verify, decide, again and total, and where the networks
            were asked also describe, verify_more and around.
        """
        return self.trace(photo, excluded_works=excluded_works).answer

    def trace(
        self,
        photo: PreparedPhoto,
        *,
        excluded_works: Collection[str] = (),
        thorough: bool = False,
    ) -> Trace:
        """Answer a photo and keep the intermediate results; see :meth:`identify`.

        Parameters
        ----------
        photo, excluded_works
            As of :meth:`identify`.
        thorough : bool
            Look at everything, also where geometry is certain: for learning the
            decision, and for measuring channels one by one.
        """
        gallery = self.gallery.for_one_photo()
        if gallery is not self.gallery:
            # What a photo went without is a matter of this photo alone.
            engine = Engine(self.model, gallery, self.settings)
            return engine.trace(photo, excluded_works=excluded_works, thorough=thorough)
        watch = StageTimer()
        settings = self.settings
        excluded = self.gallery.mask_of(excluded_works)
        pool = CandidatePool(self.gallery, settings.verification)
        rater = Rater(photo, self.gallery, self.model.decision, settings)
        with watch.lap("local"):
            features = rootsift.extract_query(
                photo.resized(settings.local.query_side_px),
                side_px=settings.local.query_side_px,
                count=settings.local.query_features,
            )
        with watch.lap("shortlist_local"):
            votes = self.gallery.vote(features, settings.shortlist)
            local_hits = votes.shortlist(
                settings.shortlist.local_count, excluded=excluded
            )
            shortlists = {LOCAL: local_hits}
        with watch.lap("verify"):
            pool.verify(features, promising(local_hits, settings.verification))
        with watch.lap("decide"):
            candidates = rater.rate(pool.matches)
        view, rate = None, partial(rater.rate)
        if thorough or not (pool.is_certain and _first_is_found(candidates)):
            with watch.lap("describe"):
                view = self.ask_networks(photo, excluded)
            shortlists |= view.shortlists
            with watch.lap("verify_more"):
                merged = merge_shortlists(
                    *((hits, WEIGHTS[channel]) for channel, hits in shortlists.items())
                )[: settings.verification.verified_count]
                pool.verify(features, merged, until_certain=not thorough)
            with watch.lap("around"):
                known = shortlists.get(SEMANTIC, ())
                around = unlike_planes(known, merged, settings.verification)
                pool.look_around(features, around, partial(view.compare, self.gallery))
            ranks = settings.verification.agreeing_ranks
            agreed = agreeing(merged, shortlists.values(), ranks)
            works = [self.gallery.items[position].work_id for position in agreed]
            rate = partial(rater.rate, promising=list(dict.fromkeys(works)))
            candidates = rate(pool.matches)
        with watch.lap("again"):
            candidates = self._look_again(
                candidates, pool, rate, features, votes, excluded_works
            )
            answer = self._answer(candidates, view, photo, excluded_works)
        answer = replace(answer, timings_ms=watch.timings_ms())
        return Trace(answer, shortlists, candidates)

    def ask_networks(
        self, photo: PreparedPhoto, excluded: BoolArray | None
    ) -> NetworkView:
        """Describe a photo by the networks and make their shortlists.

        Parameters
        ----------
        photo : PreparedPhoto
        excluded : (N,) bool or None
            Positions to leave out, from the gallery's ``mask_of``.
        """
        return ask_networks(
            photo, self.model, self.gallery, self.settings.shortlist, excluded
        )

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

        Raises
        ------
        ShardAwayError
            If the image itself cannot be had; of others, some may be missing.
        """
        gallery = self.gallery.for_one_photo()
        if gallery is not self.gallery:
            engine = Engine(self.model, gallery, self.settings)
            return engine.similar_to(image_id, excluded_works=excluded_works)
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

    def _look_again(
        self,
        candidates: tuple[Match, ...],
        pool: CandidatePool,
        rate: partial[tuple[Match, ...]],
        features: LocalFeatures,
        votes: Tally,
        excluded_works: Collection[str],
    ) -> tuple[Match, ...]:
        """Look for more works in what is left of a photo without those found.

        A work at the edge is outvoted by one in the middle as long as that is there.
        """
        settings = self.settings.verification
        found: set[str] = set()
        while True:
            named = [m for m in candidates if m.verdict is Verdict.FOUND]
            if found >= {match.item.work_id for match in named}:
                return candidates
            found = {match.item.work_id for match in named}
            rest = _outside(named, features)
            if np.count_nonzero(rest) < settings.least_rest:
                return candidates
            hits = votes.shortlist(
                settings.again_verified,
                counted=rest,
                excluded=self.gallery.mask_of({*excluded_works, *found}),
            )
            again = [hit.position for hit in hits]
            pool.verify(features.subset(rest), again)
            candidates = rate(pool.matches)

    def _answer(
        self,
        candidates: Sequence[Match],
        view: NetworkView | None,
        photo: PreparedPhoto,
        excluded_works: Collection[str],
    ) -> Answer:
        matches = tuple(m for m in candidates if m.verdict is not Verdict.NOT_FOUND)
        left_out = {*excluded_works, *(match.item.work_id for match in matches)}
        verdict = matches[0].verdict if matches else Verdict.NOT_FOUND
        if view is None or verdict is Verdict.FOUND:
            # The reference image shows the work without wall, frame and visitors.
            similar = self._similar_at(matches[0].position, left_out)
            if is_tied(matches[0].evidence):
                verdict = Verdict.UNCERTAIN
        else:
            described = view.descriptions[0]
            style = self.model.style_of(photo.image, described, view.semantics)
            similar = self._similar(described.descriptor, style, left_out)
        description = view.descriptions[0] if view else None
        missing = self.gallery.missing
        if missing and verdict is Verdict.NOT_FOUND:
            # It may be in what was not searched.
            verdict = Verdict.UNCERTAIN
        return Answer(verdict, matches, similar, description, missing=missing)


def promising(hits: Sequence[Hit], settings: VerificationSettings) -> list[int]:
    """Choose the candidates that are verified first: those with most votes.

    Whatever shows the same as the first one has votes that come near to its own.
    """
    first = hits[: settings.first_verified]
    return [
        hit.position
        for hit in first
        if hit.similarity >= settings.first_share * first[0].similarity
    ]


def unlike_planes(
    known: Sequence[Hit], merged: Sequence[int], settings: VerificationSettings
) -> list[int]:
    """Choose the candidates that are looked at as works in the round.

    ``known`` to the semantic network, then those of all channels, best first.
    """
    first = [hit.position for hit in known[: settings.around_known]]
    return list(dict.fromkeys([*first, *merged]))[: settings.around_count]


def _first_is_found(candidates: Sequence[Match]) -> bool:
    return bool(candidates) and candidates[0].verdict is Verdict.FOUND


def _outside(matches: Sequence[Match], features: LocalFeatures) -> BoolArray:
    """Tell which keypoints (M,) lie in the place of none of some works."""
    xy = np.divide(features.xy, features.size[::-1], dtype=np.float32)
    outside = np.ones(len(features), np.bool_)
    for match in matches:
        outside &= ~contains(match.place, xy)
    return outside
