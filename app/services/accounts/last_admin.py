"""Last administrator: whatever is done to accounts, somebody stays to look after them.

Pages and commands cannot forget the rule: what deletes an account, locks it or takes
the role away asks here.
"""

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.models import Role, User

ADMIN = "admin"


class LastAdminError(Exception):
    """Change that would leave no admin."""


def spare_last_admin(session: Session, user: User) -> None:
    """Refuse to go on if an account is the only admin's who can log in.

    To be called before the change, which the caller commits in the same transaction:
    until then others wait here, so that two admins cannot shut out each other at once.

    Raises
    ------
    LastAdminError
        If it is; the transaction is rolled back.
    """
    # Written without a change: every database keeps other writers from the row then.
    session.execute(update(Role).where(Role.name == ADMIN).values(name=Role.name))
    able = select(func.count()).select_from(User).where(*able_admin())
    others = session.scalars(able.where(User.id != user.id)).one()
    if others == 0 and session.scalars(able.where(User.id == user.id)).one() == 1:
        session.rollback()
        raise LastAdminError


def able_admin() -> tuple[ColumnElement[bool], ...]:
    """Return what is true of an admin who can log in."""
    return (
        User.roles.any(Role.name == ADMIN),
        User.active.is_(True),
        User.confirmed_at.is_not(None),
    )
