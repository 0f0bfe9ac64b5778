"""Bin page: withdrawn works, restored or deleted for good, some or all of them."""

from datetime import datetime

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.utils import redirect

from app.extensions import db
from app.models import now
from app.models.base import LARGEST_INTEGER
from app.services.curation.bin import deleting, emptying, listing
from app.services.system import tasks
from app.web.callers.visitors import current_account
from app.web.curate.cleaning.doubts import doubt_words
from app.web.curate.common import editor
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page
from app.web.shell.current import folders, media

bp = Blueprint("curate_bin", __name__, url_prefix="/curate/bin")

WORK = "work"
"""In addresses and forms: the number of a work that is meant."""


@bp.get("/")
def show() -> str:
    """List withdrawn works, the latest first."""
    return render_template(
        "curate/bin.html",
        page=or_404(listing.list_withdrawn(db.session(), asked_page())),
        days=current_app.config["MORELLI_BIN_DAYS"],
        running=tasks.unfinished(db.session(), emptying.KIND),
        held=emptying.GUARD.held_run(folders().instance),
        doubt=doubt_words,
    )


@bp.post("/")
def choose() -> ResponseReturnValue:
    """Restore the works that are ticked, or ask whether to delete them for good."""
    ids = asked_ids(request.form.getlist(WORK))
    if not ids:
        none = gettext("No work was chosen.")
        return go_to("curate_bin.show", error=none)
    if "delete" in request.form:
        return redirect(url_for("curate_bin.confirm", work=ids), 303)
    changes = editor()
    works = listing.withdrawn_works(db.session(), ids)
    for work in works:
        changes.restore(work)
    sentence = ngettext(
        "%(num)s work is on show again.", "%(num)s works are on show again.", len(works)
    )
    return go_to("curate_bin.show", done=sentence)


@bp.get("/delete")
def confirm() -> ResponseReturnValue:
    """Ask whether works are to be deleted for good: those named, or all."""
    ids = asked_ids(request.args.getlist(WORK))
    works = listing.withdrawn_works(db.session(), ids)
    count = len(works) if ids else listing.count_withdrawn(db.session())
    if not count:
        none = gettext("None of these works is withdrawn any more.")
        empty = gettext("The bin is empty.")
        return go_to("curate_bin.show", error=none if ids else empty)
    return render_template(
        "curate/bin_delete.html", works=works, count=count, before=now().isoformat()
    )


@bp.post("/delete")
def delete() -> ResponseReturnValue:
    """Delete works for good: those named here and now, all in the background."""
    if "all" in request.form:
        task = emptying.begin(db.session(), asked_moment(), current_account())
        return go_to("curate_tasks.show", task_id=task.id)
    ids = asked_ids(request.form.getlist(WORK))
    count = deleting.delete_works(db.session(), media(), ids, current_account())
    sentence = ngettext(
        "%(num)s work is deleted for good.",
        "%(num)s works are deleted for good.",
        count,
    )
    return go_to("curate_bin.show", done=sentence)


@bp.post("/aged")
def delete_aged() -> ResponseReturnValue:
    """Delete what is old enough, which waited for a word."""
    days, instance = current_app.config["MORELLI_BIN_DAYS"], folders().instance
    if not days or emptying.GUARD.held_run(instance) is None:
        return go_to("curate_bin.show", error=gettext("Nothing waits for a word."))
    task = emptying.begin_aged(db.session(), instance, days, current_account())
    return go_to("curate_tasks.show", task_id=task.id)


def asked_ids(values: list[str]) -> list[int]:
    """Read numbers of works, as many as a page shows; 400 for nonsense."""
    is_sound = all(
        one.isascii() and one.isdigit() and int(one) <= LARGEST_INTEGER
        for one in values[: listing.WORKS_PER_PAGE]
    )
    if not is_sound or len(values) > listing.WORKS_PER_PAGE:
        abort(400)
    return list(dict.fromkeys(map(int, values)))


def asked_moment() -> datetime:
    """Read until when what was withdrawn is meant; 400 for nonsense."""
    try:
        moment = datetime.fromisoformat(request.form.get("before", ""))
    except ValueError:
        abort(400)
    if moment.tzinfo is None:
        abort(400)
    return moment
