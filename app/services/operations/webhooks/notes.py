"""Notes to administrators of webhooks that the program switched off.

That a webhook's note was written stands in its row, and is committed with the mails: a
crash in between sends them once more, and loses none.
"""

from flask_babel import force_locale, gettext
from sqlalchemy import select, update

from app.models import Role, User, Webhook
from app.services.accounts.last_admin import ADMIN
from app.services.site.profile import SiteProfile, read_profile
from app.services.system.claims import count_changes
from app.services.system.mail import Mailer
from app.services.system.tasks import TaskContext
from app.services.system.webhooks.sending import BECAUSE_GONE

PAGE = "admin/webhooks/"
"""Address of the pages of webhooks, below the site's."""


def run_job(context: TaskContext) -> None:
    """Mail the administrators what was switched off since; a periodic job.

    Where there is no mail server the page of the webhooks says it, as it does anyway.
    """
    session = context.session
    waiting = select(Webhook).where(Webhook.is_noted.is_(False))
    hooks = session.scalars(waiting.order_by(Webhook.id)).all()
    if not hooks:
        session.commit()
        return
    mailer = Mailer.from_config(context.config)
    profile = read_profile(session)
    site = context.config["PUBLIC_URL"].rstrip("/")
    readers = (
        select(User.email, User.language)
        .where(User.active, User.confirmed_at.is_not(None))
        .where(User.roles.any(Role.name == ADMIN))
        .order_by(User.id)
    )
    admins = session.execute(readers).all()
    for hook in hooks:
        mine = update(Webhook).where(Webhook.id == hook.id, ~Webhook.is_noted)
        name, reason, number = hook.name, hook.off_because, hook.id
        mine = mine.execution_options(synchronize_session=False)
        if not count_changes(session, mine.values(is_noted=True)):
            session.rollback()
            continue  # another worker was faster
        if mailer.server is not None:
            for email, chosen in admins:
                language = chosen or profile.language
                with force_locale(language):
                    subject, text = _words(
                        name, reason, f"{site}/{PAGE}{number}", profile
                    )
                mailer.outbox.put(mailer.compose(email, subject, text, language))
        session.commit()


def _words(name: str, reason: str, page: str, profile: SiteProfile) -> tuple[str, str]:
    subject = gettext(
        "Webhook “%(name)s” is switched off – %(museum)s",
        name=name,
        museum=profile.name,
    )
    why = (
        gettext("Its receiver answered that it is gone for good (410).")
        if reason == BECAUSE_GONE
        else gettext("Its receiver has taken no message for five days.")
    )
    text = gettext(
        "Hello,\n\n"
        "the webhook “%(name)s” is told nothing any more. %(why)s\n\n"
        "What waited for it is kept, and is sent once it is switched on again. What "
        "happens until then is not told. Its last answers, and the switch:\n\n"
        "%(page)s",
        name=name,
        why=why,
        page=page,
    )
    # A name is one line in its form, and made sure here.
    return " ".join(subject.split()), f"{text}\n"
