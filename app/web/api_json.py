"""What the programmer's interface tells of things, as JSON.

``app.web.openapi_schemas`` describes every form that is made here. Addresses are paths
on this server.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import url_for

from app.models import Artwork, Feedback, Query, QueryMatch, ReferenceImage
from app.services.collection.works import works_by_accession
from app.services.system.paging import Page
from app.web.shell.presentation import picture_url, thumbnail_url

Entry = TypeVar("Entry")


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


def match_json(match: QueryMatch) -> dict[str, Any]:
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


def work_json(work: Artwork) -> dict[str, Any]:
    """Return all of a work's label, and its pictures."""
    return {
        **label_json(work),
        "technique": work.technique,
        "type": work.type,
        "school": work.school,
        "location": work.location,
        "rights": work.rights,
        "source": work.source,
        "images": [image_json(image) for image in work.images],
    }


def image_json(image: ReferenceImage) -> dict[str, Any]:
    """Return a picture of a work: where it is, and its size in pixels."""
    return {
        "url": picture_url(image),
        "thumbnail_url": thumbnail_url(image),
        "width": image.width,
        "height": image.height,
    }


def query_json(query: Query) -> dict[str, Any]:
    """Return a stored question and its answer, in short."""
    photo = url_for("api_queries.photo", query_id=query.id)
    return {
        "query_id": query.id,
        "created_at": moment(query.created_at),
        "source": query.source,
        "decision": query.verdict.value,
        "probability": round(query.probability, 4),
        "proposals": [label_json(match.artwork) for match in query.proposals],
        "photo": photo if query.photo_name else None,
        "url": url_for("search.show", query_id=query.id),
        "feedback": feedback_json(query.feedback) if query.feedback else None,
    }


def feedback_json(feedback: Feedback) -> dict[str, Any]:
    """Return what was said of an answer."""
    work = feedback.artwork
    return {
        "right": feedback.is_right,
        "accession": work.accession if work else None,
        "given_at": moment(feedback.created_at),
    }


def page_json(
    name: str, page: Page[Entry], entries: Sequence[Any], following: str
) -> dict[str, Any]:
    """Return a page of a list.

    Parameters
    ----------
    name : str
        Of the field that holds the entries.
    page : Page
    entries : sequence
        Those of the page, as JSON.
    following : str
        Path of the next page; told only where there is one.
    """
    return {
        name: entries,
        "page": page.number,
        "pages": page.count,
        "total": page.total,
        "next": following if page.number < page.count else None,
    }


def moment(value: datetime) -> str:
    """Write a moment as RFC 3339 has it, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
