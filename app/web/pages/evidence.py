"""Evidence of an answer: photo and heat map, for whoever asked and nobody else.

The photo is kept; the other pictures are made on demand.
"""

from uuid import UUID

from flask import Blueprint, Response

from app.web.pages.answers import (
    PICTURE_SECONDS,
    heat_response,
    own_query,
    photo_response,
    rectified_response,
    small_response,
)

bp = Blueprint("evidence", __name__, url_prefix="/queries")


@bp.get("/<uuid:query_id>/photo.jpg")
def photo(query_id: UUID) -> Response:
    """Show the photo as it was searched and kept."""
    return photo_response(own_query(query_id))


@bp.get("/<uuid:query_id>/photo.s.jpg")
def small(query_id: UUID) -> Response:
    """Show the photo small, for the list of what was asked."""
    return small_response(own_query(query_id))


@bp.get("/<uuid:query_id>/rectified/<int:rank>.jpg")
def rectified(query_id: UUID, rank: int) -> Response:
    """Show a recognised work as it is in the photo, set upright."""
    return rectified_response(own_query(query_id), rank)


@bp.get("/<uuid:query_id>/heat.png")
def heat(query_id: UUID) -> Response:
    """Show where the network looked."""
    return heat_response(own_query(query_id))


@bp.after_request
def keep_for_an_hour(response: Response) -> Response:
    """Let the browser of a visitor without an account keep the pictures for a while.

    They depend on the cookie, as Flask tells it: whoever logs in on the same device
    is not shown what was kept for somebody else. Of an account nothing is kept.
    """
    if response.status_code == 200:
        response.cache_control.private = True
        response.cache_control.max_age = PICTURE_SECONDS
        response.cache_control.no_cache = None
    return response
