"""One's own searches for programs, each with a token: read, judged, deleted."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest

from app.extensions import csrf, db
from app.models import Query
from app.services.evaluation import feedback
from app.services.search import history
from app.services.search.history import Owner
from app.services.system.media import MediaFolder
from app.web.api_json import answer_json, feedback_json, page_json, query_json
from app.web.api_parameters import PAGE, asked_number, refuse_others
from app.web.callers.bearer import need_account
from app.web.pages.answers import photo_response
from app.web.shell.current import folders

bp = Blueprint("api_queries", __name__, url_prefix="/api/v1/queries")
csrf.exempt(bp)  # as in app.web.api: a token is needed, and no cookie is read

RIGHT, ACCESSION = "right", "accession"
LONGEST_BODY = 10_000
"""Bytes: far more than a judgement with the longest accession number has."""


class UnclearBodyError(BadRequest):
    """The body does not say whether the answer is right."""

    description = _(
        "The body must be a JSON object: “right” is true or false; “accession” names "
        "the proposed work that it is, and is needed where right is said of several."
    )


@bp.get("")
def index() -> ResponseReturnValue:
    """List the account's searches, newest first."""
    owner = Owner(need_account().id)
    refuse_others(PAGE)
    number = asked_number(PAGE)
    page = history.searches(owner, number)
    if page.number != number:
        abort(404)
    following = url_for("api_queries.index", page=number + 1)
    entries = [query_json(query) for query in page.entries]
    return page_json("queries", page, entries, following)


@bp.get("/<uuid:query_id>")
def show(query_id: UUID) -> ResponseReturnValue:
    """Return a search with its whole answer."""
    query = own_query(query_id)
    return {**query_json(query), **answer_json(query)}


@bp.delete("/<uuid:query_id>")
def delete(query_id: UUID) -> ResponseReturnValue:
    """Delete a search: its photo, its answer, and what was said of it."""
    history.forget(own_query(query_id), MediaFolder(folders().queries))
    return "", 204


@bp.get("/<uuid:query_id>/photo")
def photo(query_id: UUID) -> Response:
    """Send the photo, as it was searched; 404 once it is not kept any more."""
    return photo_response(own_query(query_id))


@bp.put("/<uuid:query_id>/feedback")
def judge(query_id: UUID) -> ResponseReturnValue:
    """Keep what is said of an answer; the last word counts."""
    query = own_query(query_id)
    is_right, accession = asked_judgement()
    try:
        work = feedback.meant_work(query, is_right=is_right, accession=accession)
    except feedback.UnclearFeedbackError as error:
        raise UnclearBodyError from error
    return feedback_json(feedback.give(query, is_right=is_right, artwork=work))


def own_query(query_id: UUID) -> Query:
    """Return a search of whoever sent the token; 404 if it is anybody else's."""
    owner = Owner(need_account().id)
    query = db.session.get(Query, str(query_id))
    if query is None or not owner.owns(query):
        abort(404)
    return query


def asked_judgement() -> tuple[bool, str | None]:
    """Read from the body whether the answer is right, and which work it is."""
    # Whatever type it says it is: nobody but a holder of a token gets here.
    data = request.stream.read(LONGEST_BODY + 1)
    try:
        body: Any = json.loads(data) if len(data) <= LONGEST_BODY else None
    except (ValueError, RecursionError) as error:
        raise UnclearBodyError from error
    if not isinstance(body, dict) or not body.keys() <= {RIGHT, ACCESSION}:
        raise UnclearBodyError
    is_right, accession = body.get(RIGHT), body.get(ACCESSION)
    if not isinstance(is_right, bool) or not isinstance(accession, str | None):
        raise UnclearBodyError
    return is_right, accession
