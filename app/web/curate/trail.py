"""Audit trail of curators: who did what, when, and undoing it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import AuditEntry
from app.services.curation import relations
from app.services.curation.editing import ChangedMeanwhileError
from app.services.system import audit
from app.web.account.messages import DONE, ERROR
from app.web.callers.visitors import current_account
from app.web.curate.common import back_to, editor
from app.web.pages.works import asked_page

bp = Blueprint("curate_trail", __name__, url_prefix="/curate/changes")

ACTION_NAMES = {
    "create": _("Recorded"),
    "edit": _("Label changed"),
    "withdraw": _("Withdrawn"),
    "restore": _("Restored"),
    "images": _("Pictures changed"),
    relations.ACTION: _("Relation judged"),
}


@bp.get("/")
def show() -> str:
    """Show a page of changes, the newest first."""
    page = audit.list_entries(db.session(), asked_page())
    if page is None:
        abort(404)
    undone = audit.undone_among(db.session(), page)
    return render_template(
        "curate/changes.html", page=page, undone=undone, action_names=ACTION_NAMES
    )


@bp.post("/<int:entry_id>/undo")
def undo(entry_id: int) -> ResponseReturnValue:
    """Take a change back."""
    entry = db.session.get(AuditEntry, entry_id)
    if entry is None:
        abort(404)
    try:
        if entry.action == relations.ACTION:
            relations.take_back(db.session(), entry, current_account())
        else:
            editor().undo(entry)
    except ChangedMeanwhileError:
        flash(
            gettext(
                "This cannot be taken back: it was already, or what it changed has "
                "been changed again since."
            ),
            ERROR,
        )
    else:
        flash(gettext("Taken back."), DONE)
    if entry.artwork is None:
        return redirect(url_for("curate_trail.show"), 303)
    return back_to(entry.artwork)
