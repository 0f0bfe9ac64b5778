"""Keeping of visits and favourites: taken along, let go of, exported."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.orm import Session, joinedload

from app.extensions import db
from app.models import Artwork, Favourite, VisitLink, VisitNote, now
from app.services.search.history import Owner

Section = Callable[[Session], list[dict[str, Any]]]
"""Reads a list of an export."""
UNIQUE = {
    VisitNote: (VisitNote.day, VisitNote.artwork_id),
    Favourite: (Favourite.artwork_id,),
}
"""Columns by which an owner has a row once."""


def adopt(user_id: int, visitor: str) -> None:
    """Give an account what an anonymous visitor kept; the caller commits."""
    session = db.session()
    for table in (VisitNote, Favourite, VisitLink):
        are_theirs = table.visitor == visitor, table.user_id.is_(None)
        if columns := UNIQUE.get(table):
            known = select(*columns).where(table.user_id == user_id)
            same = tuple_(*columns).in_(known)  # the account has it already
            session.execute(delete(table).where(*are_theirs, same))
        session.execute(
            update(table).where(*are_theirs).values(user_id=user_id, visitor=None)
        )


def has_notes(owner: Owner) -> bool:
    """Tell whether anything is noted of somebody's visits beside their searches."""
    tables = VisitNote, VisitLink
    noted = (select(one.id).where(owner.condition(one)).limit(1) for one in tables)
    return any(db.session.scalar(each) is not None for each in noted)


def forget_visits(owner: Owner) -> None:
    """Delete what is noted of somebody's visits, and their links."""
    for table in (VisitNote, VisitLink):
        db.session.execute(delete(table).where(owner.condition(table)))
    db.session.commit()


def forget_before(session: Session, moment: datetime) -> None:
    """Delete old notes, links that ended, and old favourites of anonymous visitors.

    An account's favourites stay until it drops them. The caller commits.
    """
    ended = or_(VisitLink.created_at < moment, VisitLink.expires_at < now())
    anonymous = Favourite.user_id.is_(None)
    session.execute(delete(VisitNote).where(VisitNote.created_at < moment))
    session.execute(delete(VisitLink).where(ended))
    session.execute(delete(Favourite).where(Favourite.created_at < moment, anonymous))


def export_sections(owner: Owner) -> Mapping[str, Section]:
    """Return what an export of somebody's data holds beside the searches, by file."""
    return {
        "visits.json": partial(_export_notes, owner),
        "visit_links.json": partial(_export_links, owner),
        "favourites.json": partial(_export_favourites, owner),
    }


def _export_notes(owner: Owner, session: Session) -> list[dict[str, Any]]:
    notes = session.scalars(
        select(VisitNote)
        .where(owner.condition(VisitNote))
        .order_by(VisitNote.day, VisitNote.id)
        .options(joinedload(VisitNote.artwork))
    )
    return [
        {
            "day": note.day.isoformat(),
            **_named(note.artwork),
            "is_taken_out": note.is_out,
            "noted_at": _written(note.created_at),
        }
        for note in notes
    ]


def _export_links(owner: Owner, session: Session) -> list[dict[str, Any]]:
    links = select(VisitLink).where(owner.condition(VisitLink)).order_by(VisitLink.id)
    return [
        {
            "day": link.day.isoformat(),
            "made_at": _written(link.created_at),
            "ends_at": _written(link.expires_at),
        }
        for link in session.scalars(links)
    ]


def _export_favourites(owner: Owner, session: Session) -> list[dict[str, Any]]:
    kept = session.scalars(
        select(Favourite)
        .where(owner.condition(Favourite))
        .order_by(Favourite.created_at, Favourite.id)
        .options(joinedload(Favourite.artwork))
    )
    return [
        {**_named(one.artwork), "kept_at": _written(one.created_at)} for one in kept
    ]


def _named(artwork: Artwork) -> dict[str, str]:
    return {
        "accession": artwork.accession,
        "title": artwork.title,
        "artist": artwork.artist,
        "date": artwork.date,
    }


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
