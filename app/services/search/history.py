"""Search history of somebody: listed by pages, read again, deleted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from app.extensions import db
from app.models import (
    Artwork,
    Favourite,
    Feedback,
    Query,
    QueryMatch,
    VisitLink,
    VisitNote,
)
from app.services.media.store import MediaStore
from app.services.system import deletions
from app.services.system.deletions import Area
from app.services.system.paging import Page, page_count, select_page

SEARCHES_PER_PAGE = 24
"""Divides by 2, 3 and 4: full rows on every screen."""
BATCH = 500
"""Rows deleted by one statement: databases bound how many it may name."""

WITH_WORKS = (
    # What only the answer's own page draws is most of a row.
    defer(Query.activation_map),
    selectinload(Query.matches).options(
        defer(QueryMatch.points),
        joinedload(QueryMatch.artwork).selectinload(Artwork.images),
    ),
    joinedload(Query.feedback)
    .joinedload(Feedback.artwork)
    .selectinload(Artwork.images),
)
"""Options of a select that loads searches with the works they named, to be listed."""

Owned = Query | VisitNote | VisitLink | Favourite
"""Rows that belong to an account or an anonymous visitor."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Owner of searches: an account, an anonymous visitor, or both.

    Attributes
    ----------
    visitor : str, optional
        Random name of a browser session; what it asked counts only as long as no
        account has taken it over.
    """

    user_id: int | None = None
    visitor: str | None = None

    def owns(self, query: Query) -> bool:
        """Tell whether a query is theirs; one of nobody is nobody's."""
        if query.user_id is not None:
            return query.user_id == self.user_id
        return query.visitor is not None and query.visitor == self.visitor

    def condition(self, table: type[Owned] = Query) -> ColumnElement[bool]:
        """Return the same for the database, also of other things that are owned."""
        conditions = []
        if self.user_id is not None:
            conditions.append(table.user_id == self.user_id)
        if self.visitor is not None:
            is_theirs = and_(table.user_id.is_(None), table.visitor == self.visitor)
            conditions.append(is_theirs)
        return or_(false(), *conditions)

    @property
    def columns(self) -> dict[str, Any]:
        """Whose a new row is: the account's, else the anonymous visitor's."""
        if self.user_id is not None:
            return {"user_id": self.user_id, "visitor": None}
        return {"user_id": None, "visitor": self.visitor}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Searches that were deleted.

    Attributes
    ----------
    searches : int
    photos_left : int
        Photos that go as soon as the storage answers.
    """

    searches: int
    photos_left: int


def count(owner: Owner) -> int:
    """Return how many searches are kept."""
    return db.session.scalar(select(func.count(Query.id)).where(owner.condition())) or 0


def searches(owner: Owner, number: int = 1) -> Page[Query]:
    """Return a page of somebody's searches, newest first.

    Parameters
    ----------
    number : int
        From 1. Beyond the end the last page is given: the others may have been deleted
        since somebody looked.
    """
    listed = (
        select(Query)
        .where(owner.condition())
        .order_by(Query.created_at.desc(), Query.id.desc())
        # What only the answer's own page draws is most of a row.
        .options(
            defer(Query.activation_map),
            selectinload(Query.matches).options(
                defer(QueryMatch.points), joinedload(QueryMatch.artwork)
            ),
        )
    )
    number, size = max(number, 1), SEARCHES_PER_PAGE
    while (page := select_page(db.session(), listed, number, size)) is None:
        number = page_count(count(owner), size)
    return page


def forget(query: Query, photos: MediaStore) -> int:
    """Delete a search: its photo, its answer, and what was said of it.

    Returns
    -------
    left : int
        1 if the photo is still there, and goes as soon as the storage answers.
    """
    names = [query.photo_name] if query.photo_name is not None else []
    db.session.delete(query)  # the rest follows by its foreign keys
    return deletions.commit_and_delete(db.session(), Area.QUERIES, photos, names)


def forget_all(owner: Owner, photos: MediaStore) -> Forgotten:
    """Delete everything that somebody asked until now, in the same way."""
    session = db.session()
    asked = select(Query.id, Query.photo_name).where(owner.condition())
    rows = session.execute(asked).all()
    names = [name for _, name in rows if name is not None]
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        theirs = [name for _, name in batch if name is not None]
        deletions.note(session, Area.QUERIES, theirs)
        ids = [query_id for query_id, _ in batch]
        session.execute(delete(Query).where(Query.id.in_(ids)))
        session.commit()
    left = deletions.carry_out(session, Area.QUERIES, photos, names)
    return Forgotten(len(rows), left)
