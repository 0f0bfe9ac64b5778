"""Pictures that explain an answer, for whoever asked; made on demand, never kept."""

from uuid import UUID

from flask import Blueprint, Response

from app.web.answers import (
    PICTURE_SECONDS,
    heat_response,
    own_query,
    rectified_response,
)

bp = Blueprint("evidence", __name__, url_prefix="/queries")


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
    """Let the owner's browser alone keep the pictures for a while."""
    if response.status_code == 200:
        response.cache_control.private = True
        response.cache_control.max_age = PICTURE_SECONDS
    return response
