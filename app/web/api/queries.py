"""API endpoints of an account's own searches: list, read, judge, delete."""

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _

from app.extensions import csrf, db
from app.models import Feedback, Query
from app.services.evaluation import feedback
from app.services.search import history
from app.services.search.history import Owner
from app.web.api.arguments import JudgementSchema, PageParameters, UnclearBodyError
from app.web.api.blueprint import TOKEN_NEEDED, Blueprint, before_arguments
from app.web.api.fields import Listing
from app.web.api.schemas.examples import QUERY_ID
from app.web.api.schemas.queries import (
    FeedbackSchema,
    QueriesSchema,
    QueryWithAnswerSchema,
)
from app.web.callers.bearer import need_account
from app.web.pages.answers import photo_response
from app.web.shell.current import media

bp = Blueprint("api_queries", "/queries", tag="queries", security=TOKEN_NEEDED)
csrf.exempt(bp)  # as in app.web.api.search: a token is needed, and no cookie is read

IN_PATH = {
    "in": "path",
    "name": "query_id",
    "description": _("Of the search."),
    "example": QUERY_ID,
}


def token_owner() -> dict[str, Any]:
    """Return whose token was sent."""
    return {"owner": Owner(need_account().id)}


def own_query(query_id: UUID) -> dict[str, Any]:
    """Return a search of whoever sent the token; 404 if it is anybody else's."""
    owner = Owner(need_account().id)
    query = db.session.get(Query, str(query_id))
    if query is None or not owner.owns(query):
        abort(404)
    return {"query": query}


@bp.get("")
@before_arguments(token_owner)
@bp.arguments(PageParameters, location="query")
@bp.answers(QueriesSchema, _("A page of searches."))
@bp.operation(
    "list_queries", _("List your searches, newest first"), refusals=(400, 401, 404)
)
def index(asked: dict[str, Any], owner: Owner) -> Listing:
    """List the account's searches, newest first."""
    page = history.searches(owner, asked["page"])
    if page.number != asked["page"]:
        abort(404)
    return Listing(page, url_for("api_queries.index", page=page.number + 1))


@bp.get("/<uuid:query_id>", parameters=[IN_PATH])
@before_arguments(own_query)
@bp.answers(QueryWithAnswerSchema, _("The search."))
@bp.operation("show_query", _("One search, with its whole answer"), refusals=(401, 404))
def show(query: Query) -> Query:
    """Return a search with its whole answer."""
    return query


@bp.delete("/<uuid:query_id>", parameters=[IN_PATH])
@before_arguments(own_query)
@bp.response(204, description=_("It is deleted, for ever."))
@bp.alt_response(
    202, description=_("It is deleted; its photo goes once the storage answers.")
)
@bp.operation(
    "delete_query",
    _("Delete a search, its photo and its answer"),
    refusals=(401, 404),
    curl="-X DELETE 'URL'",
)
def delete(query: Query) -> Response:
    """Delete a search: its photo, its answer, and what was said of it."""
    left = history.forget(query, media().queries)
    return Response(status=202 if left else 204)


@bp.get("/<uuid:query_id>/photo", parameters=[IN_PATH])
@before_arguments(own_query)
@bp.response(
    200, {}, content_type="image/jpeg", description=_("The photo as it was searched.")
)
@bp.operation(
    "show_photo",
    _("The photo of a search"),
    refusals=(401, 404),
    curl="-o photo.jpg 'URL'",
)
def photo(query: Query) -> Response:
    """Send the photo, as it was searched; 404 once it is not kept any more."""
    return photo_response(query)


@bp.put("/<uuid:query_id>/feedback", parameters=[IN_PATH])
@before_arguments(own_query)
@bp.arguments(JudgementSchema)
@bp.answers(FeedbackSchema, _("What is kept; the last word counts."))
@bp.operation(
    "judge_query",
    _("Say whether an answer is right"),
    refusals=(400, 401, 404),
    curl="-X PUT -H 'Content-Type: application/json' -d '{\"right\": true}' 'URL'",
)
def judge(said: dict[str, Any], query: Query) -> Feedback:
    """Keep what is said of an answer; the last word counts."""
    is_right, accession = said["right"], said.get("accession")
    try:
        work = feedback.meant_work(query, is_right=is_right, accession=accession)
    except feedback.UnclearFeedbackError as error:
        raise UnclearBodyError from error
    return feedback.give(query, is_right=is_right, artwork=work)
