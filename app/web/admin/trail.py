"""Audit-trail page for admins: who did what, when, to whom."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.services.system import audit
from app.web.curate.responses import or_404
from app.web.pages.works import asked_page

bp = Blueprint("admin_trail", __name__, url_prefix="/admin/changes")

ACTION_NAMES = {
    audit.INVITE: _("Invited"),
    audit.UNINVITE: _("Invitation revoked"),
    audit.JOIN: _("Invitation accepted"),
    "account_grant": _("Role given"),
    "account_revoke": _("Role taken away"),
    "account_lock": _("Account locked"),
    "account_unlock": _("Account unlocked"),
    "account_end": _("Sessions and keys ended"),
    "account_second_factor": _("Second factor reset"),
    "account_delete": _("Account deleted"),
    "thresholds": _("Thresholds changed"),
    "retention": _("Old photos deleted"),
}


@bp.get("/")
def show() -> str:
    """Show a page of what was done, the newest first."""
    page = or_404(audit.list_entries(db.session(), asked_page(), by_admins=True))
    return render_template("admin/changes.html", page=page, action_names=ACTION_NAMES)
