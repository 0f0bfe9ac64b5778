"""Favourites: works that an account or an anonymous visitor wants to find again."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Artwork, Favourite
from app.services.search.history import Owner

MOST_FAVOURITES = 500
"""Of an account, or of an anonymous visitor."""


class TooManyFavouritesError(Exception):
    """Favourite beyond the number that somebody can have."""


def favourites(owner: Owner) -> Sequence[Artwork]:
    """Return somebody's favourites on show, the newest first, with pictures."""
    kept = (
        select(Favourite)
        .join(Favourite.artwork)
        .where(owner.condition(Favourite), Artwork.withdrawn_at.is_(None))
        .order_by(Favourite.created_at.desc(), Favourite.id.desc())
        .options(joinedload(Favourite.artwork).selectinload(Artwork.images))
    )
    # An account's and this browser's may name the same work.
    return list(dict.fromkeys(one.artwork for one in db.session.scalars(kept)))


def ids(owner: Owner) -> frozenset[int]:
    """Return the numbers of somebody's favourite works."""
    kept = select(Favourite.artwork_id).where(owner.condition(Favourite))
    return frozenset(db.session.scalars(kept))


def keep(owner: Owner, artwork: Artwork) -> None:
    """Make a work a favourite; one that is stays it.

    Raises
    ------
    TooManyFavouritesError
        If there are as many as somebody can have.
    """
    there = ids(owner)
    if artwork.id in there:
        return
    if len(there) >= MOST_FAVOURITES:
        raise TooManyFavouritesError
    try:
        db.session.add(Favourite(**owner.columns, artwork_id=artwork.id))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()  # pressed twice: the other request has written it


def drop(owner: Owner, artwork: Artwork) -> None:
    """Let a work be a favourite no more."""
    db.session.execute(
        delete(Favourite).where(
            owner.condition(Favourite), Favourite.artwork_id == artwork.id
        )
    )
    db.session.commit()


def drop_all(owner: Owner) -> int:
    """Let go of all favourites of somebody; return how many there were."""
    there = ids(owner)
    db.session.execute(delete(Favourite).where(owner.condition(Favourite)))
    db.session.commit()
    return len(there)
