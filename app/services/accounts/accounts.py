"""Accounts: creation, roles, sessions, deletion."""

import uuid
from datetime import timedelta

from flask_security import SQLAlchemyUserDatastore
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import AccessToken, Invitation, Passkey, Query, Role, User, now
from app.services.accounts.last_admin import ADMIN, spare_last_admin
from app.services.media.store import MediaStore
from app.services.system import audit, deletions
from app.services.system.database import purge_deleted
from app.services.system.deletions import Area
from app.services.system.mail import Outbox
from app.services.visits import keeping

ROLES = {
    "curator": "Keeps the collection.",
    "admin": "Sees the figures, and says what accounts may do.",
}
"""What an account may be beyond a visitor's, and what for."""
UNCONFIRMED_KEPT = timedelta(days=7)
"""After that an address that nobody confirmed is forgotten."""

datastore = SQLAlchemyUserDatastore(db, User, Role, Passkey)


def find(email: str) -> User | None:
    """Return the account of an address, in capital or small letters."""
    wanted = func.lower(User.email) == email.strip().lower()
    return db.session.scalar(select(User).where(wanted))


def all_accounts() -> list[User]:
    """Return all accounts, oldest first."""
    return list(db.session.scalars(select(User).order_by(User.created_at, User.id)))


def create_confirmed(email: str, password_hash: str | None) -> User:
    """Make an account whose address needs no confirming; the caller commits."""
    user = User(
        email=email,
        password=password_hash,
        confirmed_at=now(),
        fs_uniquifier=uuid.uuid4().hex,
    )
    db.session.add(user)
    db.session.flush()
    return user


def grant(user: User, role: str) -> bool:
    """Let an account do what a role may; False if it could. The caller commits."""
    datastore.find_or_create_role(role, description=ROLES[role])
    return datastore.add_role_to_user(user, role)


def revoke(user: User, role: str) -> bool:
    """Take a role away; False if the account had none. The caller commits.

    Raises
    ------
    LastAdminError
        If it would be the last admin's.
    """
    if role == ADMIN:
        spare_last_admin(db.session(), user)
    return datastore.remove_role_from_user(user, role)


def adopt_queries(user: User, visitor: str) -> None:
    """Give an account what an anonymous visitor asked and kept; the caller commits."""
    db.session.execute(
        update(Query)
        .where(Query.visitor == visitor, Query.user_id.is_(None))
        .values(user_id=user.id, visitor=None)
    )
    keeping.adopt(user.id, visitor)


def count_queries(user: User) -> int:
    """Return how many photos an account asked about."""
    asked = select(func.count(Query.id)).where(Query.user_id == user.id)
    return db.session.scalar(asked) or 0


def end_sessions(user: User) -> None:
    """Log an account out everywhere, and void its mailed links; the caller commits."""
    datastore.set_uniquifier(user)


def revoke_tokens(user: User) -> None:
    """Void the keys of an account's programs; the caller commits."""
    db.session.execute(delete(AccessToken).where(AccessToken.user_id == user.id))


def drop(user: User) -> None:
    """Delete an account that nothing belongs to yet; the caller commits."""
    db.session.delete(user)
    db.session.flush()


def create_in_place(email: str, password_hash: str) -> User | None:
    """Make the account of an address whose owner has proven it; the caller commits.

    Whoever registered it without confirming did not prove that it is theirs, and that
    account goes. None, and nothing is changed, if somebody confirmed one.
    """
    holder = find(email)
    if holder is not None and holder.confirmed_at is not None:
        return None
    if holder is not None:
        drop(holder)
    return create_confirmed(email, password_hash)


def erase(user: User, photos: MediaStore, outbox: Outbox) -> int:
    """Delete an account and everything that belongs to it.

    Its questions with answers and feedback, its photos, its tokens, and mails to it
    that wait. The mails go first: a crash leaves an account that the next try deletes.

    Returns
    -------
    left : int
        Photos that are still there, and go as soon as the storage answers.

    Raises
    ------
    LastAdminError
        If it is the last admin's.
    OSError
        If a mail cannot be deleted.
    """
    session = db.session()
    spare_last_admin(session, user)
    theirs = Query.user_id == user.id, Query.photo_name.is_not(None)
    asked = session.scalars(select(Query.photo_name).where(*theirs))
    names = [name for name in asked if name is not None]
    outbox.forget(user.email)
    deletions.note(session, Area.QUERIES, names)
    audit.forget_account(session, user)
    session.execute(delete(Invitation).where(Invitation.email == user.email))
    session.delete(user)  # the rest follows by its foreign keys
    session.commit()
    purge_deleted()
    return deletions.carry_out(session, Area.QUERIES, photos, names)


def forget_unconfirmed() -> None:
    """Delete accounts whose address nobody confirmed in time; the caller commits."""
    late = now() - UNCONFIRMED_KEPT
    db.session.execute(
        delete(User).where(User.confirmed_at.is_(None), User.created_at < late)
    )
