"""Stubs: works that a photo showed and that the catalogue did not have.

On loan, or not recorded yet: a number, a title, an artist. Unless they are published,
visitors do not find them; they are listed with what works lack until somebody says that
they are complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from app.models import (
    Artwork,
    AuditEntry,
    DeletedWork,
    MergedNumber,
    User,
    WorkStub,
    now,
)
from app.services.collection.labels import MAX_ACCESSION_LENGTH
from app.services.collection.lacking import is_stub
from app.services.curation.editing import ChangedMeanwhileError, TakenAccessionError
from app.services.index.changes import announce
from app.services.system import audit
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import EventKind, works_data

ACTION = "stub"
"""Action in the audit trail: what is known of a loan, and whether it is a stub."""

MOST = 50
"""Stubs that are listed at once."""
StubState = Mapping[str, Any]
"""Stub as the trail remembers it: ``is_loan`` and ``until``; empty: it is none."""


class UnnamedStubError(ValueError):
    """Stub without a number or without a title."""


@dataclass(frozen=True, slots=True)
class StubFacts:
    """What is known of a work that the catalogue does not have.

    Attributes
    ----------
    is_loan : bool
        Whether it is somebody else's.
    until : date or None
        Last day of the loan.
    is_published : bool
        Whether visitors find it as they find the collection's works.
    """

    accession: str
    title: str
    artist: str = ""
    is_loan: bool = False
    until: date | None = None
    is_published: bool = False


def propose_number(session: Session) -> str:
    """Return a number for a stub that no work has, nor ever had."""
    start = f"STUB-{now().year}-"
    taken: set[str] = set()
    for model in (Artwork, DeletedWork, MergedNumber):
        column = model.accession
        taken.update(session.scalars(select(column).where(column.startswith(start))))
    ends = (one.removeprefix(start) for one in taken)
    last = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0)
    return f"{start}{last + 1}"


def make(session: Session, facts: StubFacts) -> Artwork:
    """Record a stub; whoever decides so writes it down and commits.

    Raises
    ------
    UnnamedStubError
        If it has no number or no title.
    TakenAccessionError
        If a work has this number, or had it before it was merged; then nothing is
        recorded at all.
    """
    accession, title = facts.accession.strip(), facts.title.strip()
    if not 0 < len(accession) <= MAX_ACCESSION_LENGTH or not title:
        raise UnnamedStubError(accession)
    # A merged work's number leads to another work, also once it is deleted for good.
    for model in (Artwork, MergedNumber):
        taken = select(model.accession).where(model.accession == accession)
        if session.scalars(taken).first() is not None:
            raise TakenAccessionError(accession)
    work = Artwork(
        accession=accession,
        title=title,
        artist=facts.artist.strip(),
        withdrawn_at=None if facts.is_published else now(),
    )
    until = facts.until if facts.is_loan else None
    session.add(WorkStub(artwork=work, is_loan=facts.is_loan, until=until))
    try:
        session.flush()
    except IntegrityError as error:  # somebody else has just recorded it
        session.rollback()
        raise TakenAccessionError(accession) from error
    if facts.is_published:
        outbox.tell(session, EventKind.WORK_ADDED, works_data([work]))
    return work


def discard(session: Session, stub: WorkStub) -> None:
    """Put a stub into the bin; whoever takes it back writes it down and commits."""
    work = stub.artwork
    was_shown = not work.is_withdrawn
    work.withdrawn_at = now()  # the days in the bin begin
    if was_shown:
        announce(session, [work])
        outbox.tell(session, EventKind.WORK_WITHDRAWN, works_data([work]))
    session.delete(stub)


def change(
    session: Session,
    work: Artwork,
    state: StubState,
    user: User | None,
    *,
    undoes: AuditEntry | None = None,
) -> bool:
    """Say what is known of a loan, or that a work is no stub any more; commits.

    Returns
    -------
    changed : bool
        False where that was so already.
    """
    stub = session.get(WorkStub, work.id)
    before = state_of(stub)
    if before == state:
        return False
    if not state:
        session.delete(stub)
        if work.is_withdrawn:  # it comes into the bin, where its days begin
            work.withdrawn_at = now()
    else:
        stub = stub or WorkStub(artwork=work)
        stub.is_loan = state["is_loan"]
        stub.until = date.fromisoformat(state["until"]) if state["until"] else None
        session.add(stub)
    audit.record(
        session,
        ACTION,
        user=user,
        artwork=work,
        subject=work.accession,
        before=before,
        after=state,
        undoes=undoes,
    )
    session.commit()
    return True


def take_back(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Let a work be the stub again that it was before an entry of the trail; commits.

    Raises
    ------
    ChangedMeanwhileError
        If that was taken back already, or has changed since.
    """
    work = entry.artwork
    if (
        work is None
        or audit.is_undone(session, entry)
        or state_of(session.get(WorkStub, work.id)) != entry.after
    ):
        raise ChangedMeanwhileError(entry.subject)
    change(session, work, entry.before, user, undoes=entry)


def find_stub(session: Session, accession: str) -> Artwork | None:
    """Return the work of a stub, published or not, by its number."""
    meant = select(Artwork).where(Artwork.accession == accession, is_stub())
    return session.scalars(meant).one_or_none()


def list_stubs(session: Session) -> list[WorkStub]:
    """Return the newest stubs; those that were merged into other works are none."""
    meant = (
        select(WorkStub)
        .join(WorkStub.artwork)
        .where(is_stub())
        .options(contains_eager(WorkStub.artwork))
        .order_by(WorkStub.created_at.desc(), WorkStub.artwork_id)
        .limit(MOST)
    )
    return list(session.scalars(meant))


def count_stubs(session: Session) -> int:
    """Count the works that are stubs."""
    return session.scalars(select(func.count(Artwork.id)).where(is_stub())).one()


def loan_of(session: Session, work: Artwork) -> WorkStub | None:
    """Return what is known of a loan that visitors are told of; None for our own."""
    stub = session.get(WorkStub, work.id)
    return stub if stub is not None and stub.is_loan else None


def state_of(stub: WorkStub | None) -> StubState:
    """Return a stub as the trail remembers it."""
    if stub is None:
        return {}
    until = stub.until.isoformat() if stub.until else ""
    return {"is_loan": stub.is_loan, "until": until}
