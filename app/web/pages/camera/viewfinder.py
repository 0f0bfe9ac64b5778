"""Viewfinder: the camera in the page, its frames answered at once and not kept."""

from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Query, QueryMatch
from app.services.collection.works import find_work
from app.services.search import history, viewfinder
from app.web.callers.throttling import limiter, viewer_hash
from app.web.callers.upload import sender, uploaded_photo
from app.web.callers.visitors import (
    current_account,
    current_owner,
    owner_fields,
    refuse_strangers,
)
from app.web.shell.current import media, search_rate, search_service, viewfinder_rate
from app.web.shell.metrics import count_frame
from app.web.shell.museum import is_kiosk
from app.web.shell.presentation.pictures import thumbnail_url
from app.web.shell.presentation.words import advice, shown_proposals

bp = Blueprint("viewfinder", __name__)

VIEWER_RATE = "120 per minute"
"""Frames of one visitor: two a second, which is what the page asks at most."""


@bp.get("/viewfinder")
def show() -> str:
    """Show the page; without an index, say what the operator has to do (503)."""
    search_service().open()
    return render_template("viewfinder.html")


@bp.post("/viewfinder/frames")
@limiter.limit(VIEWER_RATE, key_func=viewer_hash)
@limiter.limit(viewfinder_rate)
def answer() -> ResponseReturnValue:
    """Name the works in a frame: the field ``photo``. The picture is not kept.

    ``works`` are those that are found, from left to right, each with its ``place`` in
    the frame; ``advice`` says what would help where there are none.
    """
    refuse_strangers(current_account())
    query = search_service().look(
        uploaded_photo(), sender=sender(), attributes=_attributes()
    )
    count_frame(query)
    works, tips = [], advice(query)
    if query.verdict.value == "found":
        shown = shown_proposals(query)
        answers = viewfinder.note(db.session(), query, current_owner())
        works = [_described(match, answers[match.artwork.id]) for match in shown]
    return {
        "verdict": query.verdict.value,
        "works": works,
        "advice": tips[0] if tips and not works else None,
    }


@bp.post("/viewfinder/kept")
@limiter.shared_limit(search_rate, scope="search")
def keep() -> ResponseReturnValue:
    """Keep the frame that named a work, as a search: one photo of each work and visit.

    Fields: ``photo``, and ``work``, the accession number.
    """
    refuse_strangers(current_account())
    work = find_work(request.form.get("work", ""))
    keeps = current_app.config["MORELLI_RETENTION_DAYS"] and not is_kiosk()
    if work is None or not keeps:
        abort(400)
    session, owner = db.session(), current_owner()
    query = viewfinder.answers_of(session, owner, [work.id]).get(work.id)
    if query is None or query.photo_name is None:
        query = search_service().search(
            uploaded_photo(), sender=sender(), attributes=_attributes()
        )
        if query.photo_name is None:
            if query.is_stored:
                history.forget(query, media().queries)
            abort(503)
        viewfinder.replace(session, query, current_owner(), media().queries)
    address = url_for("search.show", query_id=query.id)
    return {"answer": address}, 201, {"Location": address}


def _attributes() -> dict[str, Any]:
    return {**owner_fields(), "source": viewfinder.SOURCE}


def _described(match: QueryMatch, stored: Query) -> dict[str, Any]:
    """Put a work that was found into words and addresses, as the script shows it."""
    work = match.artwork
    image = match.image or next(iter(work.images), None)
    artist = work.artist or gettext("Unknown artist")
    return {
        "accession": work.accession,
        "title": work.title or gettext("Untitled"),
        "by": ", ".join(filter(None, (artist, work.date))),
        "where": " · ".join(filter(None, (work.technique, work.location))),
        "address": url_for("artworks.show", accession=work.accession),
        "answer": url_for("search.show", query_id=stored.id),
        "is_kept": stored.photo_name is not None,
        "picture": thumbnail_url(image) if image else None,
        "place": match.place,
    }
