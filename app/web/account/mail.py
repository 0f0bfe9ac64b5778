"""Mails of the account pages: in their reader's language, into the outbox."""

from pathlib import PurePosixPath
from typing import Any, cast

from flask import current_app, render_template
from flask_babel import force_locale
from flask_security import MailUtil, send_mail

from app.models import User
from app.services.system.mail import Mailer
from app.web.account.messages import SUBJECTS
from app.web.shell.languages import select_language

MAILER = "morelli.mailer"
"""Key of the mailer among the application's extensions."""
MAILS = "security/email/"
NOBODY = "nobody@localhost"
"""Gets every mail that is written only to take as long as a real one."""


def mailer() -> Mailer:
    """Return what takes the application's mails."""
    return cast(Mailer, current_app.extensions[MAILER])


def nobody() -> User:
    """Return somebody who has no account, to go through the motions for."""
    return User(id=0, email=NOBODY, password=None, fs_uniquifier="-" * 32, roles=[])


def language_of(user: User) -> str:
    """Return which language to write to somebody in."""
    return user.language or select_language()


def render(template: str, **context: Any) -> str:
    """Render a page in the language of the request, a mail in that of its reader."""
    if not template.startswith(MAILS):
        return render_template(template, **context)
    with force_locale(language_of(context["user"])):
        return render_template(template, **context)


def tell_old_address(user: User, old_address: str) -> None:
    """Let whoever reads the old address know, in case it was not they who asked."""
    send_mail("", old_address, f"{MAILS}change_email_notice", user=user)


def tell_second_factor(user: User, event: str) -> None:
    """Let the owner know that a second factor came or went."""
    send_mail("", user.email, f"{MAILS}second_factor_notice", user=user, event=event)


class AccountMail(MailUtil):
    """Mail adapter of Flask-Security."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Put a mail into the outbox, under a subject of ours."""
        language = language_of(context["user"])
        with force_locale(language):
            title = str(SUBJECTS[PurePosixPath(template).name])
        mail = mailer().compose(str(recipient), title, body or "", language)
        if recipient == NOBODY:
            mailer().outbox.rehearse(mail)
        else:
            mailer().outbox.put(mail)

    def normalize(self, email: str) -> str:
        """Return an address as it is stored: in small letters throughout."""
        return super().normalize(email).lower()

    def validate(self, email: str) -> str:
        """Likewise, for an address that is new to us."""
        return super().validate(email).lower()
