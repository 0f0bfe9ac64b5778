"""Pages of share links: the owner makes and revokes them, others look."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from app.models import Query
from app.services.search import sharing
from app.web.pages.answers import (
    heat_response,
    own_query,
    photo_response,
    rectified_response,
    show_answer,
)
from app.web.shell.caching import keep_nowhere

bp = Blueprint("sharing", __name__)

PLACE = "share"
"""Id of the part of the answer's page that tells of the link."""


@bp.post("/queries/<uuid:query_id>/share")
def make(query_id: UUID) -> ResponseReturnValue:
    """Make a link to one's own answer."""
    query = own_query(query_id)
    sharing.share(query)
    return redirect(url_for("search.show", query_id=query.id, _anchor=PLACE), 303)


@bp.post("/queries/<uuid:query_id>/unshare")
def take_back(query_id: UUID) -> ResponseReturnValue:
    """Let the link to one's own answer lead nowhere."""
    query = own_query(query_id)
    sharing.take_back(query)
    return redirect(url_for("search.show", query_id=query.id, _anchor=PLACE), 303)


@bp.get("/shared/<token>")
def show(token: str) -> str:
    """Show an answer to whoever has its link."""
    return show_answer(shared_query(token), token)


@bp.get("/shared/<token>/photo.jpg")
def photo(token: str) -> Response:
    """Show the photo to whoever has the link."""
    return photo_response(shared_query(token))


@bp.get("/shared/<token>/rectified/<int:rank>.jpg")
def rectified(token: str, rank: int) -> Response:
    """Show a recognised work as it is in the photo, set upright."""
    return rectified_response(shared_query(token), rank)


@bp.get("/shared/<token>/heat.png")
def heat(token: str) -> Response:
    """Show where the network looked."""
    return heat_response(shared_query(token))


def shared_query(token: str) -> Query:
    """Return the answer that a link leads to; 404 once it was taken back."""
    query = sharing.shared_query(token)
    if query is None:
        abort(404)
    return query


@bp.after_request
def hide(response: Response) -> Response:
    """Let no search engine list it, and no browser keep what may be taken back."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return keep_nowhere(response)
