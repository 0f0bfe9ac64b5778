"""Visit of somebody: the works that they found on one day, by the museum's clock.

It is read from the searches of that day, so it goes when they go: with retention, with
the deletion of a search, with the account. Works that were found without a photo are
noted by hand, and what was found can be taken out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Artwork, Feedback, Query, QueryMatch, VisitNote, now
from app.models.keys import natural_key
from app.retrieval.verification.evidence import Verdict
from app.services.collection.works import works_by_accession
from app.services.labels.shown import reading_of
from app.services.search.history import WITH_WORKS, Owner

MOST_WORKS = 300
"""Of a visit: more than anybody looks at, and what a PDF can hold in a request."""
MOST_SEARCHES = 1_000
"""Of a day that are looked through, the first ones."""
MOST_DAYS = 60
"""Listed as other visits, the latest ones."""


class FullVisitError(Exception):
    """Visit with as many works as it can have."""


@dataclass(frozen=True, slots=True)
class VisitedWork:
    """Work of a visit.

    Attributes
    ----------
    seen_at : datetime
        When it was found first that day, or put into the visit.
    query_id : str or None
        Of the search that found it; None: it was put there by hand.
    """

    artwork: Artwork
    seen_at: datetime
    query_id: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Visit with its works in order of time, none twice, withdrawn ones left out.

    Attributes
    ----------
    is_cut : bool
        Whether more was found than it can have.
    """

    day: date
    works: Sequence[VisitedWork] = ()
    is_cut: bool = False

    def rooms(self) -> list[tuple[str, list[VisitedWork]]]:
        """Return the works by room, rooms in natural order; "" for unknown, last."""

        def place(one: VisitedWork) -> tuple[bool, list[tuple[bool, int, str]], str]:
            room = one.artwork.location
            return not room, natural_key(room), room

        ordered = sorted(self.works, key=place)
        return [(key[2], list(works)) for key, works in groupby(ordered, key=place)]

    def has(self, artwork: Artwork) -> bool:
        """Tell whether a work is in it."""
        return any(one.artwork.id == artwork.id for one in self.works)


def today(zone: tzinfo) -> date:
    """Return which day it is in the museum."""
    return now().astimezone(zone).date()


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a day of the museum begins, and when the next one does."""
    begin = datetime.combine(day, time.min, zone)
    return begin, datetime.combine(day + timedelta(days=1), time.min, zone)


def visit_of(
    owner: Owner, day: date, zone: tzinfo, *, only: Artwork | None = None
) -> Visit:
    """Return somebody's visit of a day; without works where nothing was found.

    Parameters
    ----------
    only : Artwork, optional
        Look for this work alone: others may be missing then.
    """
    seen: dict[int, VisitedWork] = {}
    for one in _found(_searches(owner, day, zone, only)):
        seen.setdefault(one.artwork.id, one)
    for note in _notes(owner, day, only):
        if note.is_out:
            seen.pop(note.artwork_id, None)
        else:
            seen.setdefault(note.artwork_id, VisitedWork(note.artwork, note.created_at))
    shown = [one for one in seen.values() if not one.artwork.is_withdrawn]
    shown.sort(key=lambda one: (one.seen_at, one.artwork.id))
    return Visit(day, tuple(shown[:MOST_WORKS]), len(shown) > MOST_WORKS)


def days_of(owner: Owner, zone: tzinfo) -> list[date]:
    """Return the days of somebody's visits, the latest first."""
    named = or_(
        Query.verdict == Verdict.FOUND,
        Query.reading.is_not(None),
        Query.feedback.has(Feedback.artwork_id.is_not(None)),
    )
    asked = (
        select(Query.created_at)
        .where(owner.condition(), named)
        .order_by(Query.created_at.desc())
    )
    noted = select(VisitNote.day).where(
        owner.condition(VisitNote), VisitNote.is_out.is_(False)
    )
    days = {moment.astimezone(zone).date() for moment in db.session.scalars(asked)}
    days.update(db.session.scalars(noted))
    return sorted(days, reverse=True)[:MOST_DAYS]


def add(owner: Owner, day: date, artwork: Artwork, zone: tzinfo) -> None:
    """Put a work into a visit; one that was taken out comes back.

    Raises
    ------
    FullVisitError
        If the visit has as many works as it can have.
    """
    session = db.session()
    session.execute(delete(VisitNote).where(_of(owner, day, artwork)))
    visit = visit_of(owner, day, zone)
    if not visit.has(artwork):
        if len(visit.works) >= MOST_WORKS:
            session.rollback()
            raise FullVisitError
        _note(owner, day, artwork, is_out=False)
    session.commit()


def take_out(owner: Owner, day: date, artwork: Artwork, zone: tzinfo) -> None:
    """Take a work out of a visit; the search that found it stays."""
    session = db.session()
    session.execute(delete(VisitNote).where(_of(owner, day, artwork)))
    if visit_of(owner, day, zone).has(artwork):
        _note(owner, day, artwork, is_out=True)
    session.commit()


def _note(owner: Owner, day: date, artwork: Artwork, *, is_out: bool) -> None:
    note = VisitNote(**owner.columns, day=day, artwork_id=artwork.id, is_out=is_out)
    try:
        with db.session.begin_nested():
            db.session.add(note)
    except IntegrityError:
        return  # pressed twice: the other request has written it


def _searches(
    owner: Owner, day: date, zone: tzinfo, only: Artwork | None
) -> Sequence[Query]:
    begin, end = bounds(day, zone)
    wanted = [owner.condition(), Query.created_at >= begin, Query.created_at < end]
    if only is not None:
        wanted.append(_may_name(only))
    return db.session.scalars(
        select(Query)
        .where(*wanted)
        .order_by(Query.created_at, Query.id)
        .limit(MOST_SEARCHES)
        .options(*WITH_WORKS)
    ).all()


def _may_name(artwork: Artwork) -> ColumnElement[bool]:
    return or_(
        Query.matches.any(QueryMatch.artwork_id == artwork.id),
        Query.feedback.has(Feedback.artwork_id == artwork.id),
        Query.reading.is_not(None),
    )


def _found(searches: Iterable[Query]) -> Iterable[VisitedWork]:
    """Return the works that searches named for sure, or their owner said it was."""
    searches = list(searches)
    read = works_by_accession(
        accession for query in searches for accession in _read_for_sure(query)
    )
    for query in searches:
        named: list[Artwork] = []
        said = query.feedback
        if said is not None and said.artwork is not None:
            named.append(said.artwork)
        if said is None or said.is_right:
            if query.verdict is Verdict.FOUND:
                named += [match.artwork for match in query.proposals]
            named += [read[one] for one in _read_for_sure(query) if one in read]
        for artwork in named:
            yield VisitedWork(artwork, query.created_at, query.id)


def _read_for_sure(query: Query) -> list[str]:
    reading = reading_of(query) if query.is_read else None
    return [work.accession for work in reading.works if work.is_sure] if reading else []


def _notes(owner: Owner, day: date, only: Artwork | None) -> Sequence[VisitNote]:
    return db.session.scalars(
        select(VisitNote)
        .where(_of(owner, day, only))
        .order_by(VisitNote.created_at, VisitNote.id)
        .options(joinedload(VisitNote.artwork).selectinload(Artwork.images))
    ).all()


def _of(owner: Owner, day: date, artwork: Artwork | None = None) -> ColumnElement[bool]:
    theirs = and_(owner.condition(VisitNote), VisitNote.day == day)
    if artwork is None:
        return theirs
    return and_(theirs, VisitNote.artwork_id == artwork.id)
