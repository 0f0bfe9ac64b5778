"""Recognition of who is logged in while the database may be failing."""

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import User
from app.web.shell.failing import has_failed, needs_database, note_failure

logger = logging.getLogger(__name__)


def recognising(find: Callable[[str], User | None]) -> Callable[[str], User | None]:
    """Let nobody be logged in on pages that do without the database, when it fails.

    And on the page that tells of the fault. On any other page the fault is an error:
    what somebody asked must not become a stranger's.
    """

    def find_unless_failing(uniquifier: str) -> User | None:
        if has_failed():
            return None
        try:
            return find(uniquifier)
        except SQLAlchemyError:
            if needs_database():
                raise
            logger.exception("nobody can be recognised")
            db.session.remove()
            note_failure()
            return None

    return find_unless_failing
