"""Accounts: who they are, what they may do, and their end."""

from flask_security import SQLAlchemyUserDatastore
from sqlalchemy import update

from app.extensions import db
from app.models import Query, Role, User

datastore = SQLAlchemyUserDatastore(db, User, Role)


def adopt_queries(user: User, visitor: str) -> None:
    """Give an account what an anonymous visitor asked; the caller commits."""
    db.session.execute(
        update(Query)
        .where(Query.visitor == visitor, Query.user_id.is_(None))
        .values(user_id=user.id, visitor=None)
    )
