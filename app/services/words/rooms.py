"""Rooms of the museum, as the works' labels name their locations."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.models import Artwork
from app.models.keys import natural_key, sort_key
from app.services.collection.browsing import FacetValue
from app.services.collection.works import present_works

LONGEST_ROOM = 200
"""Characters of a room's name; a browser would not remember longer ones."""


def rooms(session: Session) -> list[FacetValue]:
    """Return all rooms in their natural order, and how many works each has."""
    counted = (
        select(Artwork.location, func.count())
        .where(
            Artwork.withdrawn_at.is_(None),
            func.length(Artwork.location).between(1, LONGEST_ROOM),
        )
        .group_by(Artwork.location)
    )
    found = [FacetValue(*row) for row in session.execute(counted)]
    return sorted(found, key=lambda room: natural_key(room.value))


def is_room(session: Session, name: str) -> bool:
    """Tell whether a work on show is in a room of that name."""
    there = select(Artwork.id).where(
        Artwork.withdrawn_at.is_(None), Artwork.location == name
    )
    is_short = 0 < len(name) <= LONGEST_ROOM
    return is_short and session.scalars(there.limit(1)).first() is not None


def works_in_room(
    session: Session, name: str, count: int, *, besides: Artwork | None = None
) -> Sequence[Artwork]:
    """Return works of a room, by artist and title, but for one of them."""
    return _works(session, Artwork.location == name, count, besides)


def works_by_artist(session: Session, work: Artwork, count: int) -> Sequence[Artwork]:
    """Return other works by a work's artist, by title; none where it is unknown."""
    return _works_of_artist(session, work.artist, count, work) if work.artist else []


def works_of_artist(session: Session, artist: str, count: int) -> Sequence[Artwork]:
    """Return works by an artist, by title."""
    return _works_of_artist(session, artist, count, None)


def _works_of_artist(
    session: Session, artist: str, count: int, but: Artwork | None
) -> Sequence[Artwork]:
    # The key has an index.
    same = and_(Artwork.artist_key == sort_key(artist), Artwork.artist == artist)
    return _works(session, same, count, but)


def _works(
    session: Session, condition: ColumnElement[bool], count: int, but: Artwork | None
) -> Sequence[Artwork]:
    statement = present_works().where(condition)
    if but is not None:
        statement = statement.where(Artwork.id != but.id)
    ordered = statement.order_by(Artwork.artist_key, Artwork.title_key, Artwork.id)
    return session.scalars(ordered.limit(count)).all()
