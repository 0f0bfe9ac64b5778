"""Share links by which visitors show their answers to others.

Whoever has the link sees answer and photo, until the owner takes it back. The link has
a secret of its own: the answer's id, which is in its owner's addresses, opens nothing.
"""

import secrets

from sqlalchemy import select

from app.extensions import db
from app.models import Query

TOKEN_BYTES = 32
"""256 bits, which nobody guesses; 43 characters as text."""


def share(query: Query) -> str:
    """Make a link to an answer, or return the one that there is: its secret part."""
    if query.share_token is None:
        query.share_token = secrets.token_urlsafe(TOKEN_BYTES)
        db.session.commit()
    return query.share_token


def take_back(query: Query) -> None:
    """Let the link lead nowhere, for good: the next one has another secret."""
    query.share_token = None
    db.session.commit()


def shared_query(token: str) -> Query | None:
    """Return the answer that a link leads to; None once it was taken back."""
    return db.session.scalars(
        select(Query).where(Query.share_token == token)
    ).one_or_none()
