"""The programmer's interface, version 1: a photo in, JSON out.

It uses no cookies and no session, so no other site can act in a visitor's name
through it, and forms' protection against that is switched off for it.
"""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.extensions import csrf, limiter
from app.models import Artwork, Match, Query
from app.services.artworks import works_by_accession
from app.web.current import search_rate, search_service
from app.web.upload import uploaded_photo
from app.web.visitors import refuse_strangers

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)


@bp.post("/search")
@limiter.shared_limit(search_rate, scope="search")
def search() -> ResponseReturnValue:
    """Name the work in the photo of the multipart field ``photo``."""
    refuse_strangers(None)
    return answer_json(search_service().search(uploaded_photo()))


def answer_json(query: Query) -> dict[str, Any]:
    """Return an answer as the interface promises it."""
    similarities = dict(query.similar)
    works = works_by_accession(similarities)
    return {
        "decision": query.verdict.value,
        "probability": round(query.probability, 4),
        "matches": [match_json(match) for match in query.matches],
        "similar": [
            {**label_json(works[accession]), "similarity": similarity}
            for accession, similarity in similarities.items()
            if accession in works
        ],
        "timings_ms": query.timings_ms,
        "query_id": query.id if query.is_stored else None,
    }


def match_json(match: Match) -> dict[str, Any]:
    """Return one proposed work and the evidence for it."""
    return {
        **label_json(match.artwork),
        "probability": round(match.probability, 4),
        "similarity": round(match.similarity, 4),
        "inliers": match.inlier_count,
        "outline": match.outline,
    }


def label_json(work: Artwork) -> dict[str, Any]:
    """Return what names a work, and the path of its page on this server."""
    return {
        "accession": work.accession,
        "title": work.title,
        "artist": work.artist,
        "date": work.date,
        "url": url_for("artworks.show", accession=work.accession),
    }
