"""Favourites of a visitor: the list, and the buttons beside works."""

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.services.collection.works import find_work
from app.services.search.history import Owner
from app.services.visits import favourites
from app.web.account.messages import DONE, ERROR
from app.web.callers.throttling import limiter
from app.web.callers.visitors import current_owner, keeping_owner
from app.web.errors import wants_json
from app.web.shell.caching import keep_nowhere
from app.web.shell.languages import own_page
from app.web.visits.visit import KEEP_RATE

bp = Blueprint("favourites", __name__, url_prefix="/favourites")
bp.after_request(keep_nowhere)

KNOWN = "favourite_ids"
"""Key, among what is kept for one request, of the numbers of favourite works."""


@bp.get("")
def show() -> str:
    """Show one's own favourites, the newest first."""
    works = favourites.favourites(current_owner())
    return render_template("visits/favourites.html", works=works)


@bp.post("")
@limiter.shared_limit(KEEP_RATE, scope="keeping")
def change() -> ResponseReturnValue:
    """Make a work a favourite (``keep``), or let it be none (``drop``).

    A script, which changes the button by itself, is told how it is now.
    """
    fields = request.form
    work = find_work(fields.get("keep") or fields.get("drop") or "")
    if work is None:
        abort(400)
    fault = ""
    is_kept = "drop" not in fields
    if not is_kept:
        favourites.drop(current_owner(), work)
    else:
        try:
            favourites.keep(keeping_owner(), work)
        except favourites.TooManyFavouritesError:
            is_kept, fault = False, full_sentence()
    if wants_json():
        return {"is_kept": is_kept, "fault": fault}
    if fault:
        flash(fault, ERROR)
    return redirect(own_page(fields.get("back", "")), 303)


@bp.post("/delete")
def drop_all() -> ResponseReturnValue:
    """Let go of all of one's own favourites."""
    favourites.drop_all(current_owner())
    flash(_("You have no favourites any more."), DONE)
    return redirect(url_for("favourites.show"), 303)


@bp.app_context_processor
def helpers() -> dict[str, Callable[..., Any]]:
    """Return what the buttons of other pages need."""
    return {"favourite_ids": favourite_ids}


def favourite_ids() -> frozenset[int]:
    """Return the numbers of favourite works; asked once for a page."""
    if KNOWN not in g:
        owner = current_owner()
        setattr(g, KNOWN, favourites.ids(owner) if owner != Owner() else frozenset())
    known: frozenset[int] = g.get(KNOWN)
    return known


def full_sentence() -> str:
    """Say that there are as many favourites as there can be."""
    most = favourites.MOST_FAVOURITES
    return str(_("You have %(count)s favourites; there can be no more.", count=most))
