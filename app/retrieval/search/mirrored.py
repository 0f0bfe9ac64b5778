"""Mirrored photos: of selfie cameras, and of slides that were scanned from behind.

SIFT tells a patch from its mirror image, so such a photo looks like nothing that is
there, or, to a network, like something similar. It is asked once more as a mirror shows
it, but only where nothing was found as it is, and only by the local channel: what is
then found must be certain by geometry, so that a second try does not double the wrong
answers.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift
from app.retrieval.search.answers import Answer, Match
from app.retrieval.search.candidate_pool import CandidatePool
from app.retrieval.search.engine import Engine, promising
from app.retrieval.search.rating import Rater
from app.retrieval.search.trace import StageTimer
from app.retrieval.types import FloatArray
from app.retrieval.verification.decision import is_tied
from app.retrieval.verification.evidence import Verdict


def identify(
    engine: Engine, photo: PreparedPhoto, *, excluded_works: Collection[str] = ()
) -> Answer:
    """Say which work a photo shows, or its mirror image; see ``Engine.identify``.

    Returns
    -------
    answer : Answer
        Of a mirrored photo with ``is_mirrored``, one match, and ``mirrored`` among the
        ``timings_ms``, which others that are not found have as well.
    """
    answer = engine.identify(photo, excluded_works=excluded_works)
    if answer.verdict is Verdict.FOUND:
        return answer
    watch = StageTimer()
    with watch.lap("mirrored"):
        match = find_mirrored(engine, photo, excluded_works=excluded_works)
    lap = watch.timings_ms()["mirrored"]
    total = answer.timings_ms["total"] + lap
    timings = {**answer.timings_ms, "mirrored": lap, "total": total}
    if match is None:
        return replace(answer, timings_ms=timings)
    similar = engine.similar_to(match.item.image_id, excluded_works=excluded_works)
    return replace(
        answer,
        verdict=Verdict.FOUND,
        matches=(match,),
        similar=similar,
        # Of the photo as it is, in which nothing was found.
        description=None,
        timings_ms=timings,
        is_mirrored=True,
    )


def find_mirrored(
    engine: Engine, photo: PreparedPhoto, *, excluded_works: Collection[str] = ()
) -> Match | None:
    """Find the work of which a photo is a mirror image, where that is certain.

    Returns
    -------
    match : Match or None
        With its places turned back into those of the photo as it is.
    """
    settings, gallery = engine.settings, engine.gallery.for_one_photo()
    side_px = settings.local.query_side_px
    mirror = PreparedPhoto(np.ascontiguousarray(photo.resized(side_px)[:, ::-1]))
    features = rootsift.extract_query(
        mirror.image, side_px=side_px, count=settings.local.query_features
    )
    hits = gallery.vote(features, settings.shortlist).shortlist(
        settings.shortlist.local_count, excluded=gallery.mask_of(excluded_works)
    )
    pool = CandidatePool(gallery, settings.verification)
    pool.verify(features, promising(hits, settings.verification))
    if not pool.is_certain:
        return None
    rater = Rater(mirror, gallery, engine.model.decision, settings)
    first = rater.rate(pool.matches)[0]
    is_found = first.verdict is Verdict.FOUND and not is_tied(first.evidence)
    return _turned_back(first) if is_found else None


def _turned_back(match: Match) -> Match:
    """Return a match of the mirror image with its places in the photo as it is."""
    return replace(
        match,
        outline=None if match.outline is None else _flipped(match.outline),
        region=None if match.region is None else _flipped(match.region),
        points=_flipped(match.points),
        region_points=_flipped(match.region_points),
    )


def _flipped(places: FloatArray) -> FloatArray:
    """Return places (P, 2 or more) whose first column counts from the other side."""
    flipped = places.copy()
    flipped[:, 0] = 1 - flipped[:, 0]
    return flipped
