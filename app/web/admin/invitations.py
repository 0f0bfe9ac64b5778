"""Invitations, as administrators send, hand over and revoke them."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.models import Invitation
from app.services.accounts import invitations
from app.services.accounts.accounts import ROLES
from app.web.account.invitations import link_of, send
from app.web.admin.users import admin
from app.web.curate.responses import go_to

bp = Blueprint("admin_invitations", __name__, url_prefix="/admin/invitations")

MAIL, LINK = "mail", "link"


@bp.post("/")
def create() -> ResponseReturnValue:
    """Invite somebody: by a mail, or by a link that is shown this once."""
    role, way = request.form.get("role", ""), request.form.get("way", MAIL)
    if role not in ROLES or way not in (MAIL, LINK):
        abort(400)
    typed = request.form.get("email", "")
    try:
        email = current_app.extensions["security"].mail_util.validate(typed)
    except ValueError:
        fault = _("This is not an e-mail address. It looks like name@example.org.")
        return go_to("admin_users.browse", error=fault)
    new = invitations.invite(db.session(), email, role, admin())
    db.session.commit()
    if way == LINK:
        return render_template("admin/invitation.html", new=new, link=link_of(new))
    send(new)
    sent = _("A mail with the invitation is on its way to %(email)s.", email=email)
    return go_to("admin_users.browse", done=sent)


@bp.post("/<int:invitation_id>/revoke")
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Void an invitation at once."""
    invitation = db.get_or_404(Invitation, invitation_id)
    invitations.revoke(db.session(), invitation, admin())
    db.session.commit()
    return go_to(
        "admin_users.browse", done=_("The invitation lets nobody in any more.")
    )
