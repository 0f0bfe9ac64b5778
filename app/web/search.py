"""The visitor's pages: choose a photo, and see what it shows."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db, limiter
from app.models import Query
from app.services.artworks import count_works, sample_works, works_in_order
from app.web.current import search_rate, search_service
from app.web.upload import photo_edits, uploaded_photo
from app.web.visitors import current_account, owner_fields, refuse_strangers

bp = Blueprint("search", __name__)

SAMPLE_COUNT = 6
"""Works shown below the form: one row on a large screen, two on a phone."""


@bp.get("/")
def ask() -> str:
    """Show the form; without an index, say what the operator has to do (503)."""
    search_service().open()
    return render_template(
        "ask.html", works=sample_works(SAMPLE_COUNT), work_count=count_works()
    )


@bp.post("/queries")
@limiter.shared_limit(search_rate, scope="search")
def create() -> ResponseReturnValue:
    """Search the photo and lead to its answer."""
    refuse_strangers(current_account())
    query = search_service().search(
        uploaded_photo(), edits=photo_edits(), attributes=owner_fields()
    )
    if query.is_stored:
        return redirect(url_for("search.show", query_id=query.id), 303)
    return show_answer(query)  # it has no page of its own to go to


@bp.get("/queries/<uuid:query_id>")
def show(query_id: UUID) -> str:
    """Show a stored answer."""
    query = db.session.get(Query, str(query_id))
    if query is None:
        abort(404)
    return show_answer(query)


def show_answer(query: Query) -> str:
    """Render an answer with the works that look like the photo."""
    named = {match.artwork.accession for match in query.proposals}
    similar = works_in_order(
        accession for accession, _ in query.similar if accession not in named
    )
    return render_template("answer.html", query=query, similar=similar)
