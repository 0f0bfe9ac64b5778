"""Finding a work without a photo: by words, by its number, in the room one is in."""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Artwork, Query
from app.services.collection.works import find_work, works_in_order
from app.services.evaluation import feedback
from app.services.words import rooms
from app.services.words.numbers import has_number, works_by_number
from app.services.words.suggestions import Suggestion, suggest
from app.services.words.tokens import LONGEST_TEXT
from app.web.callers.throttling import limiter
from app.web.pages.answers import own_query
from app.web.shell.current import vocabulary
from app.web.shell.presentation.pictures import thumbnail_url
from app.web.shell.presentation.words import caption

bp = Blueprint("finding", __name__)

WORDS_RATE = "600 per minute"
"""Suggestions for one network: twenty visitors of a gallery who type at once."""
ROOM = "room"
"""Key, in the session, of the room somebody is in and of when that was said."""
ROOM_SECONDS = 6 * 3_600
"""A visit; browsers of phones keep their sessions for weeks."""
SHOWN = 24
"""Works that are found, or hang in a room; two, three, four or six to a row."""
BESIDE = 6
"""Works shown below another one."""
MOST_ROOMS = 500
"""In the list to choose from: more are no rooms, but places of all sorts."""
WAYS = ("number", "words", "label", "room", "alike")
"""By which a work is found: ``Feedback.found_by``."""
UNTITLED = _("Untitled")


@bp.get("/find")
@limiter.shared_limit(WORDS_RATE, scope="words")
def show() -> ResponseReturnValue:
    """Show the ways to find a work, and what was found.

    ``?q=`` holds words, ``?artist=`` a whole name, ``?number=`` a number; ``?answer=``
    is the answer that did not name it.
    """
    answer = asked_answer()
    words, artist, number = map(asked_text, ("q", "artist", "number"))
    found: list[Suggestion] = []
    works: Sequence[Artwork] = []
    if number:
        works = works_by_number(db.session(), number, SHOWN)
        whole = [work for work in works if has_number(work, number, db.session())]
        if len(whole) == 1 and answer is None:
            return redirect(url_for("artworks.show", accession=whole[0].accession), 303)
    elif artist:
        works = rooms.works_of_artist(db.session(), artist, SHOWN)
    elif words:
        found = suggested(words, SHOWN)
        works = [one.work for one in found if one.work]
    return render_template(
        "find/page.html",
        answer=answer,
        words=words,
        artist=artist,
        number=number,
        works=works,
        way="number" if number else "words",
        artists=[one for one in found if not one.work],
        rooms=rooms.rooms(db.session())[: MOST_ROOMS + 1],
        most_rooms=MOST_ROOMS,
    )


@bp.get("/find/suggestions")
@limiter.shared_limit(WORDS_RATE, scope="words")
def suggestions() -> ResponseReturnValue:
    """Return what may be meant by the words that somebody types."""
    answer = asked_answer()
    return {
        "suggestions": [_described(one, answer) for one in suggested(asked_text("q"))]
    }


@bp.post("/find/room")
def choose_room() -> ResponseReturnValue:
    """Remember for this visit which room somebody is in; an empty one is forgotten."""
    name = request.form.get("room", "")
    session.pop(ROOM, None)
    if name:
        if not rooms.is_room(db.session(), name):
            abort(400)
        session[ROOM] = [name, int(time.time())]
    answer = request.form.get("answer") or None
    return redirect(url_for("finding.show", answer=answer, _anchor="room"), 303)


@bp.post("/queries/<uuid:query_id>/work")
def choose(query_id: UUID) -> ResponseReturnValue:
    """Keep which work the owner of an answer found without it, and lead there.

    Fields: ``work`` is its accession number, ``by`` one of ``WAYS``.
    """
    query = own_query(query_id)
    work = find_work(request.form.get("work", ""))
    way = request.form.get("by", "")
    if work is None or way not in WAYS:
        abort(400)
    feedback.name_work(query, work, way)
    thanks = gettext("Thank you. You said that it is %(work)s.", work=caption(work))
    flash(thanks, "success")
    return redirect(url_for("artworks.show", accession=work.accession), 303)


@bp.app_context_processor
def helpers() -> dict[str, Callable[..., Any]]:
    """Return what templates of other pages need to show works of the same room."""
    return {
        "chosen_room": chosen_room,
        "works_in_room": lambda name, besides=None: rooms.works_in_room(
            db.session(), name, BESIDE if besides else SHOWN, besides=besides
        ),
        "works_by_artist": lambda work: rooms.works_by_artist(
            db.session(), work, BESIDE
        ),
        "candidates": candidates,
    }


def chosen_room() -> str:
    """Return the room that somebody is in; "" where that is unknown or long ago."""
    name, said_at = session.get(ROOM, ("", 0))
    return str(name) if time.time() - said_at < ROOM_SECONDS else ""


def candidates(query: Query) -> list[Artwork]:
    """Return works that a photo may show, those proposed left out.

    First those that fitted less well than what was named, then those that look alike.
    """
    proposed = {match.artwork.accession for match in query.proposals}
    fitted = (match.artwork.accession for match in query.matches)
    alike = (accession for accession, _likeness in query.similar)
    others = (one for one in (*fitted, *alike) if one not in proposed)
    return works_in_order(dict.fromkeys(others))[:SHOWN]


def suggested(words: str, count: int | None = None) -> list[Suggestion]:
    """Return what may be meant by words, works of the chosen room first."""
    more = {} if count is None else {"count": count}
    return suggest(db.session(), vocabulary(), words, room=chosen_room(), **more)


def asked_text(name: str) -> str:
    """Read a text from the address."""
    return request.args.get(name, "")[:LONGEST_TEXT]


def asked_answer() -> Query | None:
    """Read from the address which answer did not name the work; 404 for others'."""
    try:
        return own_query(UUID(request.args["answer"]))
    except (KeyError, ValueError):
        return None


def _described(one: Suggestion, answer: Query | None) -> dict[str, Any]:
    """Put a suggestion into words and addresses, as the script shows it."""
    answer_id = answer.id if answer else None
    if one.work is None:
        address = url_for("artworks.browse", artist=one.artist)
        if answer_id:
            address = url_for("finding.show", artist=one.artist, answer=answer_id)
        hint = ngettext("%(num)s work", "%(num)s works", one.works)
        return {"name": one.artist, "hint": hint, "address": address}
    work = one.work
    by = " · ".join(filter(None, (work.artist, work.date)))
    here = gettext("in this room") if one.in_room else ""
    return {
        "name": work.title or str(UNTITLED),
        "hint": " · ".join(filter(None, (by, here))),
        "address": url_for("artworks.show", accession=work.accession),
        "accession": work.accession,
        "picture": thumbnail_url(work.images[0]) if work.images else None,
    }
