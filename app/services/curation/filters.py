"""Saved filters of the curators' list of works: kept, renamed, shared, removed."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app.models import LONGEST_FILTER_NAME, SavedFilter, User

MOST_OWN = 30
"""Filters that one curator may keep."""
MOST_OTHERS = 60
"""Of other curators' filters that are listed."""


class FilterFault(StrEnum):
    """Reason why a filter cannot be kept as wished."""

    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    TAKEN_NAME = "taken_name"
    TOO_MANY = "too_many"


class FilterError(ValueError):
    """Filter that cannot be kept as wished; ``fault`` says why."""

    def __init__(self, fault: FilterFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


def filters_of(session: Session, user: User) -> list[SavedFilter]:
    """Return a curator's own filters, then what others share, each by name."""
    own = SavedFilter.user_id == user.id
    mine = select(SavedFilter).where(own).order_by(SavedFilter.name)
    shared = select(SavedFilter).where(~own, SavedFilter.is_shared)
    shared = shared.order_by(SavedFilter.name, SavedFilter.id).limit(MOST_OTHERS)
    with_owner = selectinload(SavedFilter.user)
    return [
        *session.scalars(mine.options(with_owner)),
        *session.scalars(shared.options(with_owner)),
    ]


def own_filter(session: Session, user: User, number: int) -> SavedFilter | None:
    """Return a filter of a curator's own by its number; None if it is not theirs."""
    mine = SavedFilter.id == number, SavedFilter.user_id == user.id
    return session.scalars(select(SavedFilter).where(*mine)).one_or_none()


def keep(
    session: Session,
    user: User,
    name: str,
    address: Mapping[str, str],
    *,
    is_shared: bool = False,
) -> SavedFilter:
    """Keep a filter under a name; commits.

    Raises
    ------
    FilterError
        If the name is blank, too long, or taken, or there are too many.
    """
    # Whoever keeps two at the same moment waits: they are counted one after another.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    own = select(func.count(SavedFilter.id)).where(SavedFilter.user_id == user.id)
    if session.scalars(own).one() >= MOST_OWN:
        raise FilterError(FilterFault.TOO_MANY)
    kept = SavedFilter(user=user, address=dict(address), is_shared=is_shared)
    kept.name = _checked(name)
    session.add(kept)
    _commit(session)
    return kept


def change(session: Session, kept: SavedFilter, name: str, *, is_shared: bool) -> None:
    """Give a filter a name, and share it or not; commits. Raises as :func:`keep`."""
    kept.name, kept.is_shared = _checked(name), is_shared
    _commit(session)


def remove(session: Session, kept: SavedFilter) -> None:
    """Forget a filter; commits."""
    session.delete(kept)
    session.commit()


def _checked(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise FilterError(FilterFault.NO_NAME)
    if len(clean) > LONGEST_FILTER_NAME:
        raise FilterError(FilterFault.LONG_NAME)
    return clean


def _commit(session: Session) -> None:
    try:
        session.commit()
    except IntegrityError as error:  # the curator has one of this name
        session.rollback()
        raise FilterError(FilterFault.TAKEN_NAME) from error
