"""Page that makes the first administrator, by the code that the shell has printed.

The password was typed a moment ago, so that nobody need type it again to log in.
"""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_security import Security, hash_password, login_user
from flask_security.forms import NewPasswordFormMixin, PasswordConfirmFormMixin
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.extensions import db
from app.models import User
from app.retrieval.runtime.place import COMMAND
from app.services.accounts import first_admin
from app.services.accounts.first_admin import (
    AddressTakenError,
    CodeVoidError,
    WrongCodeError,
)
from app.web.account.forms import may_use_password
from app.web.account.messages import DONE, ERROR
from app.web.callers.events import SecurityEvent, report

bp = Blueprint("first_start", __name__, url_prefix="/start")


class FirstAdminForm(NewPasswordFormMixin, PasswordConfirmFormMixin, FlaskForm):  # type: ignore[misc]  # the library has no types
    """Form of the first administrator: the code, an address and a password."""

    code = StringField(
        validators=[InputRequired(_("Please give the code.")), Length(max=100)]
    )
    email = StringField(
        validators=[InputRequired(_("Please give an e-mail address.")), Length(max=254)]
    )

    def is_valid(self) -> bool:
        """Check the fields, the password by the rules for every new one."""
        if not self.validate_on_submit():
            return False
        security: Security = current_app.extensions["security"]
        try:
            self.email.data = security.mail_util.validate(self.email.data)
        except ValueError:
            self.email.errors = [gettext("This is no e-mail address.")]
            return False
        faults, self.password.data = security.password_util.validate(
            self.password.data, True, email=self.email.data
        )
        self.password.errors = [*self.password.errors, *(faults or ())]
        return not faults


@bp.route("/", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Show the form, and make the account; nothing is here once there is one."""
    if not first_admin.is_open(db.session()):
        if first_admin.has_admin(db.session()):
            abort(404)
        return render_template("account/first_start_void.html", command=command()), 403
    form = FirstAdminForm()
    # What is wrong with the rest is said without a try.
    if not form.is_valid():
        return page(form)
    try:
        user = make(form)
    except WrongCodeError as error:
        report(SecurityEvent.WRONG_PASSWORD)
        form.code.errors = [
            ngettext(
                "This is not the code in the shell. %(num)s try is left.",
                "This is not the code in the shell. %(num)s tries are left.",
                error.left,
            )
        ]
        return page(form), 422
    except AddressTakenError:
        form.email.errors = [
            gettext(
                "Somebody has an account with this address. Take another one, or run: "
                "%(command)s",
                command=f"{COMMAND} accounts create-admin {form.email.data}",
            )
        ]
        return page(form), 422
    except CodeVoidError:
        flash(gettext("The code is not valid any more."), ERROR)
        return redirect(url_for("security.login"), 303)
    first_steps = url_for("admin_first_steps.show")
    if not may_use_password(user):
        flash(gettext("You are the administrator. Please log in."), DONE)
        return redirect(url_for("security.login", next=first_steps), 303)
    login_user(user, authn_via=["password"])
    flash(gettext("You are the administrator, and logged in."), DONE)
    return redirect(first_steps, 303)


def make(form: FirstAdminForm) -> User:
    """Make the account of a form that is filled in well; return whose it is."""
    session, code = db.session(), form.code.data
    first_admin.try_code(session, code)
    user = first_admin.make_admin(
        session, code, form.email.data, hash_password(form.password.data)
    )
    session.commit()
    return user


def page(form: FirstAdminForm) -> str:
    """Render the form."""
    return render_template("account/first_start.html", form=form)


def command() -> str:
    """Return what prints a new code."""
    return f"{COMMAND} accounts first-code"
