"""Page of an invitation: who was invited chooses a password, and has the role."""

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import Security, hash_password, send_mail
from flask_security.forms import NewPasswordFormMixin, PasswordConfirmFormMixin
from flask_wtf import FlaskForm

from app.extensions import db
from app.models import Invitation, User
from app.services.accounts import invitations
from app.services.accounts.invitations import InvitationUsedError, NewInvitation
from app.web.account.mail import MAILS
from app.web.account.messages import DONE, ERROR
from app.web.callers.visitors import current_account
from app.web.shell.languages import select_language
from app.web.shell.prefix import asked_path

bp = Blueprint("invitations", __name__, url_prefix="/account/invitation")


class JoinForm(NewPasswordFormMixin, PasswordConfirmFormMixin, FlaskForm):  # type: ignore[misc]  # the library has no types
    """Form of a password, to begin with."""

    def is_valid_for(self, email: str) -> bool:
        """Check the fields, and the password by the rules for every new one."""
        if not self.validate_on_submit():
            return False
        security: Security = current_app.extensions["security"]
        faults, self.password.data = security.password_util.validate(
            self.password.data, True, email=email
        )
        self.password.errors = [*self.password.errors, *(faults or ())]
        return not faults


@bp.route("/<secret>", methods=["GET", "POST"])
def accept(secret: str) -> ResponseReturnValue:
    """Show what somebody is invited to, and let them in by the form's button."""
    invitation = invitations.find(db.session(), secret)
    if invitation is None:
        return refuse()
    holder = invitations.holder_of(invitation)
    try:
        if holder is None:
            if current_app.config["MORELLI_LOCAL_LOGIN"] != "everybody":
                flash(_("Please log in first, then open this link again."), ERROR)
                return redirect(url_for("security.login", next=asked_path()), 303)
            return join(invitation)
        return take_role(invitation, holder)
    except InvitationUsedError:
        return refuse()


def join(invitation: Invitation) -> ResponseReturnValue:
    """Make an account with the password that is chosen."""
    form = JoinForm()
    if not form.is_valid_for(invitation.email):
        return render_template(
            "account/invitation.html", form=form, invitation=invitation, is_new=True
        )
    invitations.join(db.session(), invitation, hash_password(form.password.data))
    db.session.commit()
    flash(_("Your account is ready. Please log in."), DONE)
    return redirect(url_for("security.login"), 303)


def take_role(invitation: Invitation, holder: User) -> ResponseReturnValue:
    """Give the role to an account that there is, once its owner is logged in.

    Whoever has the link does not thereby have the account.
    """
    account = current_account()
    if account is None or account.id != holder.id:
        flash(_("Please log in with %(email)s first.", email=holder.email), ERROR)
        return redirect(url_for("security.login", next=asked_path()), 303)
    form = FlaskForm()
    if not form.validate_on_submit():
        return render_template(
            "account/invitation.html", form=form, invitation=invitation, is_new=False
        )
    invitations.take_role(db.session(), invitation, holder)
    db.session.commit()
    flash(_("Done: your account has its new role."), DONE)
    return redirect(url_for("accounts.show"), 303)


def refuse() -> ResponseReturnValue:
    """Say the same of every link that lets nobody in."""
    flash(
        _(
            "This invitation is not valid, or not any more. Please ask whoever invited "
            "you for a new one."
        ),
        ERROR,
    )
    return redirect(url_for("security.login"), 303)


def link_of(new: NewInvitation) -> str:
    """Return the link of an invitation that was just made."""
    return url_for("invitations.accept", secret=new.secret, _external=True)


def send(new: NewInvitation) -> None:
    """Mail the link to whoever is invited, in the language of whoever invites."""
    email = new.invitation.email
    reader = User(email=email, language=select_language())
    send_mail(
        "",
        email,
        f"{MAILS}invitation",
        user=reader,
        link=link_of(new),
        role=new.invitation.role,
    )
