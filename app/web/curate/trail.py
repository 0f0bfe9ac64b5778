"""Audit-trail page for curators: who did what, when, and undoing it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import AuditEntry
from app.services.collection.content import layout
from app.services.collection.vocabulary import terms
from app.services.curation import relations, stubs, work_media
from app.services.curation.bin import deleting
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.merging import merger
from app.services.evaluation.own_set import members
from app.services.evaluation.review import outcomes
from app.services.system import audit
from app.services.tours import editing
from app.web.callers.visitors import current_account
from app.web.curate.bulk.pages import take_back
from app.web.curate.common import back_to, editor
from app.web.curate.content.recordings import media_editor
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("curate_trail", __name__, url_prefix="/curate/changes")

ACTION_NAMES = {
    "create": _("Recorded"),
    "edit": _("Label changed"),
    "withdraw": _("Withdrawn"),
    "restore": _("Restored"),
    "images": _("Pictures changed"),
    relations.ACTION: _("Relation judged"),
    editing.CREATE: _("Tour begun"),
    editing.EDIT: _("Texts of a tour changed"),
    editing.STOPS: _("Stops of a tour changed"),
    editing.PUBLISH: _("Tour published"),
    editing.UNPUBLISH: _("Tour unpublished"),
    editing.DELETE: _("Tour deleted"),
    editing.RESTORE: _("Tour brought back"),
    work_media.MEDIA: _("Audio, video or links changed"),
    layout.NAME: _("What visitors see changed"),
    merger.MERGE: _("Merged"),
    merger.MERGE_ALL: _("Many merged in one go"),
    deleting.DELETE: _("Deleted for good"),
    audit.BULK_EDIT: _("Many works changed at once"),
    terms.ACTION: _("Codes of a term changed"),
    audit.PHOTO_REVIEW: _("Photo of a visitor judged"),
    audit.EVALUATION_SET: _("Evaluation set changed"),
    stubs.ACTION: _("Stub changed"),
}


@bp.get("/")
def show() -> str:
    """Show a page of changes, the newest first."""
    page = or_404(audit.list_entries(db.session(), asked_page()))
    undone = audit.undone_among(db.session(), page)
    return render_template(
        "curate/changes.html", page=page, undone=undone, action_names=ACTION_NAMES
    )


@bp.post("/<int:entry_id>/undo")
def undo(entry_id: int) -> ResponseReturnValue:
    """Take a change back."""
    entry = or_404(db.session.get(AuditEntry, entry_id))
    said = {"done": gettext("Taken back.")}
    try:
        if entry.action == relations.ACTION:
            relations.take_back(db.session(), entry, current_account())
        elif entry.action in editing.ACTIONS:
            editing.TourEditor(db.session(), current_account()).undo(entry)
        elif entry.action == work_media.MEDIA:
            media_editor().undo(entry)
        elif entry.action in merger.ACTIONS:
            count = merger.Merger(db.session(), current_account()).undo(entry)
            total = len(entry.after.get("entries", ())) or 1
            if count < total:
                said["error"] = gettext(
                    "%(count)s of %(total)s merges were taken back; the others were "
                    "already, or their works have been changed again since.",
                    count=count,
                    total=total,
                )
        elif entry.action == terms.ACTION:
            terms.take_back(db.session(), entry, current_account())
        elif entry.action == layout.NAME:
            layout.take_back(db.session(), entry, current_account())
        elif entry.action == audit.PHOTO_REVIEW:
            outcomes.undo(db.session(), entry, editor(), current_account())
        elif entry.action == audit.EVALUATION_SET:
            members.take_back(db.session(), entry, current_account())
        elif entry.action == stubs.ACTION:
            stubs.take_back(db.session(), entry, current_account())
        elif entry.action == audit.BULK_EDIT and entry.bulk_edit is not None:
            return take_back(entry.bulk_edit)
        else:
            editor().undo(entry)
    except (
        ChangedMeanwhileError,
        work_media.MediaChangedError,
        layout.LayoutChangedError,
        terms.TermChangedError,
    ):
        sentence = gettext(
            "This cannot be taken back: it was already, or what it changed has been "
            "changed again since."
        )
        said = {"error": sentence}
    if entry.artwork is None:
        return go_to("curate_trail.show", **said)
    return back_to(entry.artwork, **said)
