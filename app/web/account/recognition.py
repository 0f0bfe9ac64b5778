"""Recognition of who is logged in while the database may be failing."""

import logging
from collections.abc import Callable

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import User
from app.web import health
from app.web.callers.visitors import STRANGERS_ONLY, recognise_nobody

logger = logging.getLogger(__name__)


def recognising(find: Callable[[str], User | None]) -> Callable[[str], User | None]:
    """Let nobody be logged in on pages that do without the database, when it fails.

    And on the page that tells of the fault. On any other page the fault is an error:
    what somebody asked must not become a stranger's.
    """

    def find_unless_failing(uniquifier: str) -> User | None:
        if STRANGERS_ONLY in g:
            return None
        try:
            return find(uniquifier)
        except SQLAlchemyError:
            if health.needs_database():
                raise
            logger.exception("nobody can be recognised")
            db.session.remove()
            recognise_nobody()
            return None

    return find_unless_failing
