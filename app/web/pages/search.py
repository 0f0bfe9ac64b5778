"""Search pages: form for a photo, search, stored answer."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.services.collection.works import count_works, sample_works
from app.services.tours.reading import has_published_tours
from app.web.callers.throttling import limiter
from app.web.callers.upload import asked_photo, is_link, photo_edits, sender
from app.web.callers.visitors import current_account, owner_fields, refuse_strangers
from app.web.errors import wants_json
from app.web.pages.answers import own_query, show_answer
from app.web.shell.current import search_rate, search_service
from app.web.shell.museum import KIOSK, is_kiosk

bp = Blueprint("search", __name__)

SAMPLE_COUNT = 6
"""Works shown below the form: one row on a large screen, two on a phone."""
LINK_RATE = "30 per minute"
"""Links fetched for one network, on top of the limit of searches: fewer, since
they make this server work for others."""


@bp.get("/")
def ask() -> str:
    """Show the form; without an index, say what the operator has to do (503)."""
    search_service().open()
    return render_template(
        "ask.html",
        works=sample_works(SAMPLE_COUNT),
        work_count=count_works(),
        has_tours=has_published_tours(),
    )


@bp.post("/queries")
@limiter.shared_limit(search_rate, scope="search")
@limiter.limit(LINK_RATE, exempt_when=lambda: not is_link())
def create() -> ResponseReturnValue:
    """Search the photo and lead to its answer."""
    return answer_photo()


def answer_photo() -> ResponseReturnValue:
    """Search the photo of a form and lead to its answer; a kiosk's is not kept.

    A script, which sends the photo by itself to show how far it is, is told the
    answer's address instead of being led there.
    """
    refuse_strangers(current_account())
    edits = photo_edits()
    data, source = asked_photo()
    query = search_service().search(
        data,
        sender=sender(),
        edits=edits,
        attributes={**owner_fields(), "source": KIOSK if is_kiosk() else source},
        keeps_photo=not is_kiosk(),
    )
    if not query.is_stored:
        return show_answer(query)  # it has no page of its own to go to
    answer = url_for("search.show", query_id=query.id)
    if wants_json():
        return {"answer": answer}, 201, {"Location": answer}
    return redirect(answer, 303)


@bp.get("/queries/<uuid:query_id>")
def show(query_id: UUID) -> str:
    """Show a stored answer to whoever asked."""
    return show_answer(own_query(query_id))
