"""Sending of the monthly report to the administrators who asked for it.

Which month an account had last stands in its row. It is moved on, by one atomic update,
in the transaction in which the mail is written: of several workers one sends it, and
what a crash or a full disk stops is sent later.
"""

import logging
from datetime import date
from email.message import EmailMessage
from functools import cache

from flask_babel import force_locale, gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Role, User
from app.services.accounts.last_admin import ADMIN
from app.services.operations.monthly.drawing import draw
from app.services.operations.monthly.months import last_month
from app.services.operations.monthly.report import month_words, write_report
from app.services.operations.statistics import Period
from app.services.site.profile import SiteProfile, read_profile
from app.services.system.claims import count_changes
from app.services.system.mail import Mailer
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

PAGE = "admin/monthly/"
"""Address of the page of the reports, below the site's."""


def ask_for_reports(user: User, *, is_wanted: bool) -> None:
    """Let an account have the reports, from the present month's on, or no more.

    The caller commits.
    """
    if not is_wanted:
        user.reported_month = None
    elif user.reported_month is None:
        user.reported_month = last_month().first


def run_job(context: TaskContext) -> None:
    """Mail the report of the last month to whoever has not got it; a periodic job.

    Without a mail server nobody gets it, and nobody is taken for having got it.
    """
    mailer = Mailer.from_config(context.config)
    if mailer.server is None:
        return
    session, month = context.session, last_month()
    waiting = _waiting(session, month.first)
    if not waiting:
        return
    profile = read_profile(session)
    page = f"{context.config['PUBLIC_URL'].rstrip('/')}/{PAGE}"

    @cache
    def drawn(language: str) -> bytes:
        with force_locale(language):
            return draw(write_report(session, month, profile.name))

    for number, email, chosen in waiting:
        language = chosen or profile.language
        pdf = drawn(language)
        session.commit()  # ends the reading, so that others may write
        with force_locale(language):
            mail = _compose(mailer, email, month, profile, page)
        attach(mail, pdf, month)
        _send(session, mailer, number, month.first, mail)


def attach(mail: EmailMessage, pdf: bytes, month: Period) -> None:
    """Put the report into a mail."""
    mail.add_attachment(
        pdf, maintype="application", subtype="pdf", filename=file_name(month)
    )


def file_name(month: Period) -> str:
    """Return what the file of a report is called."""
    return f"morelli-{month.first:%Y-%m}.pdf"


def _waiting(session: Session, first: date) -> list[tuple[int, str, str | None]]:
    """Return number, address and language of those who are to get a month's report."""
    asked = (
        select(User.id, User.email, User.language)
        .where(User.reported_month < first, User.active, User.confirmed_at.is_not(None))
        .where(User.roles.any(Role.name == ADMIN))
        .order_by(User.id)
    )
    return [(number, email, chosen) for number, email, chosen in session.execute(asked)]


def _compose(
    mailer: Mailer, email: str, month: Period, profile: SiteProfile, page: str
) -> EmailMessage:
    name = month_words(month)
    subject = gettext(
        "Monthly report: %(month)s – %(museum)s", month=name, museum=profile.name
    )
    text = gettext(
        "Hello,\n\n"
        "the report of the visual search for %(month)s is attached.\n\n"
        "You get this mail because you asked for it as an administrator. Earlier "
        "reports, and how to stop these mails:\n\n"
        "%(page)s",
        month=name,
        page=page,
    )
    # What an administrator calls the site is one line in its form, and made sure here.
    return mailer.compose(email, " ".join(subject.split()), f"{text}\n")


def _send(
    session: Session, mailer: Mailer, number: int, first: date, mail: EmailMessage
) -> None:
    """Put a mail into the outbox, unless another worker has done so."""
    due = update(User).where(User.id == number, User.reported_month < first)
    due = due.execution_options(synchronize_session=False)
    if not count_changes(session, due.values(reported_month=first)):
        session.rollback()
        return
    path = mailer.outbox.put(mail)
    try:
        session.commit()
    except BaseException:
        path.unlink(missing_ok=True)  # it is written again
        raise
