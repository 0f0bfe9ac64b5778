"""Audit-trail page for admins: who did what, when, to whom, and undoing it."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import AuditEntry
from app.services.curation.editing import ChangedMeanwhileError
from app.services.evaluation import correcting, judgements
from app.services.site.editing import SiteEditor
from app.services.system import audit
from app.web.admin.disputes import RELEVANCE_NAMES
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("admin_trail", __name__, url_prefix="/admin/changes")

FACT_NAMES = {
    "role": _("Role"),
    "found": _("Found from"),
    "uncertain": _("Perhaps from"),
    "by": _("Measured with"),
    "recall": _("Recall"),
    "false accepts": _("False accepts"),
    "photos": _("Photos"),
    "name": _("Name"),
    "logo": _("Logo"),
    "logo_size": _("Size of the logo"),
    "shows_name": _("Show the name beside the logo"),
    "accent_light": _("Colour on light pages"),
    "accent_dark": _("Colour on dark pages"),
    "greeting": _("Greeting"),
    "languages": _("Languages"),
    "language": _("For visitors who speak none of them"),
    "kiosk_seconds": _("Seconds until a kiosk begins anew"),
    "embedding": _("Sites that may embed the search"),
    "is_listed": _("Search engines may list this site"),
    "slug": _("Address"),
    "in_header": _("Linked at the top of every page"),
    "position": _("Position"),
    "texts": _("Texts"),
    "events": _("Events"),
}
"""Of what the trail holds; one that is missing here is shown as it is."""
LONGEST_VALUE = 300
"""Characters of a value that are shown."""
ACTION_NAMES = {
    audit.INVITE: _("Invited"),
    audit.UNINVITE: _("Invitation revoked"),
    audit.JOIN: _("Invitation accepted"),
    audit.CONNECT: _("Account connected with single sign-on"),
    audit.FIRST_ADMIN: _("First administrator made"),
    "account_grant": _("Role given"),
    "account_revoke": _("Role taken away"),
    "account_lock": _("Account locked"),
    "account_unlock": _("Account unlocked"),
    "account_end": _("Sessions and keys ended"),
    "account_second_factor": _("Second factor reset"),
    "account_delete": _("Account deleted"),
    "thresholds": _("Thresholds changed"),
    "retention": _("Old photos deleted"),
    audit.SITE: _("Site changed"),
    audit.OWN_PAGE: _("Own page changed"),
    audit.GROUND_TRUTH: _("Ground truth corrected"),
    audit.HOOK_ADD: _("Webhook added"),
    audit.HOOK_CHANGE: _("Webhook changed"),
    audit.HOOK_SECRET: _("Webhook’s secret renewed"),
    audit.HOOK_ON: _("Webhook switched on"),
    audit.HOOK_OFF: _("Webhook switched off"),
    audit.HOOK_DELETE: _("Webhook deleted"),
}


@bp.get("/")
def show() -> str:
    """Show a page of what was done, the newest first."""
    page = or_404(audit.list_entries(db.session(), asked_page(), by_admins=True))
    return render_template(
        "admin/changes.html",
        page=page,
        action_names=ACTION_NAMES,
        undone=audit.undone_among(db.session(), page),
        undoable=(*audit.SITE_ACTIONS, judgements.ACTION),
        brief=brief,
        fact_names=FACT_NAMES,
        judging=judgements.ACTION,
        relevance_names=RELEVANCE_NAMES,
    )


@bp.post("/<int:entry_id>/undo")
def undo(entry_id: int) -> ResponseReturnValue:
    """Take back a change of the site, or what was judged of a labelled photo."""
    entry = or_404(db.session.get(AuditEntry, entry_id))
    if entry.action not in (*audit.SITE_ACTIONS, judgements.ACTION):
        abort(404)
    said = {}
    try:
        if entry.action == judgements.ACTION:
            correcting.undo(db.session(), entry, current_account())
        else:
            SiteEditor(db.session(), current_account()).undo(entry)
    except (ChangedMeanwhileError, judgements.JudgedMeanwhileError):
        said["error"] = gettext(
            "This cannot be taken back: it was already, or what it changed has been "
            "changed again since."
        )
    else:
        said["done"] = gettext("Taken back.")
    return go_to("admin_trail.show", **said)


def brief(value: object) -> str:
    """Write a value of a change in one line; texts and lists are cut short."""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, dict):
        value = " · ".join(f"{name}: {brief(one)}" for name, one in value.items())
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
