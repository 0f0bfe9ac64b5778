"""The museum's own site for pages: its name, languages, texts, and its kiosks."""

import logging
from typing import cast

from flask import Flask, current_app, g, has_request_context, session
from flask_babel import get_locale
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.services.site.profile import PROGRAM, PageLink, ProfileReader, SiteProfile
from app.web.shell.failing import has_failed, needs_database, note_failure

logger = logging.getLogger(__name__)

READER = "morelli.site"
"""Key of what reads the profile among the application's extensions."""
READ = "site_profile"
"""Key of the profile among what is kept for one request."""
KIOSK = "kiosk"
"""Key, in the session, of that it is a kiosk's."""
UNUSED = (KIOSK, "_permanent", "_fresh", "_flashes", "csrf_token")
"""Keys of a kiosk's session that nobody has used yet."""


def register(app: Flask) -> None:
    """Give the templates ``museum()`` and what goes with it."""
    app.extensions[READER] = ProfileReader()
    app.jinja_env.globals.update(
        PROGRAM=PROGRAM,
        museum=museum,
        greeting=greeting,
        own_pages_of=own_pages_of,
        is_kiosk=is_kiosk,
        kiosk_is_used=kiosk_is_used,
    )


def museum() -> SiteProfile:
    """Return the profile of the site: read once for a request.

    Where the database fails, pages that do without it, and the one that tells of the
    fault, are shown with what was known last.
    """
    if READ in g:
        return cast(SiteProfile, g.get(READ))
    reader: ProfileReader = current_app.extensions[READER]
    setattr(g, READ, reader.last_known)
    if not has_failed():
        try:
            setattr(g, READ, reader.current(db.session()))
        except SQLAlchemyError:
            note_failure()
            if not has_request_context() or needs_database():
                raise
            logger.exception("the site's profile cannot be read")
            db.session.remove()
    return cast(SiteProfile, g.get(READ))


def greeting() -> tuple[str, str] | None:
    """Return the greeting of the first page, after the code of its language."""
    return museum().in_language(museum().greeting, str(get_locale()))


def own_pages_of(*, in_header: bool) -> list[tuple[PageLink, tuple[str, str]]]:
    """Return the museum's own pages of a place, each with language and title."""
    found = []
    for page in museum().pages:
        title = museum().in_language(page.titles, str(get_locale()))
        if page.in_header is in_header and title is not None:
            found.append((page, title))
    return found


def kiosk_is_used() -> bool:
    """Tell whether the session of a kiosk holds something of a visitor."""
    return any(key not in UNUSED for key in session)


def is_kiosk() -> bool:
    """Tell whether the visitor stands in front of a kiosk."""
    return has_request_context() and KIOSK in session and museum().kiosk_seconds > 0
