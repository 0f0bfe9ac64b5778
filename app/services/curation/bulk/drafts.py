"""Drafts of edits of many works: which works, what would change; nothing is written."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, BulkEdit, BulkState, User, now
from app.models.collection import WorkRow
from app.services.collection.browsing import Criteria, ids_of
from app.services.collection.labels import fact_of
from app.services.collection.subjects import SHOWS
from app.services.curation.bulk.operations import (
    PRESENCE,
    BulkOperation,
    OperationError,
    OperationFault,
)
from app.services.curation.bulk.rows import read_works
from app.services.system.paging import Page, select_page

SAMPLE = 20
"""Changes that a preview shows."""
BATCH = 1_000
"""Works that are read together."""
DRAFTS_KEPT = timedelta(days=1)
EDITS_PER_PAGE = 25
CHOSEN, CHANGING, SAME = "chosen", "changing", "same"
"""Keys of a draft's counts."""


def draft(
    session: Session,
    work_ids: Sequence[int],
    operation: BulkOperation,
    user: User | None,
) -> BulkEdit:
    """Keep what is to be done to which works, with what it would change; commits.

    Raises
    ------
    OperationError
        If it cannot be done.
    """
    operation.check()
    if not work_ids:
        raise OperationError(OperationFault.NO_WORKS)
    # Before anything is read: what is changed from now on is passed over.
    since = now()
    ids = sorted(set(work_ids))
    counts = {CHOSEN: 0, CHANGING: 0, SAME: 0}
    sample: list[dict[str, Any]] = []
    for work in _read(session, ids, operation):
        counts[CHOSEN] += 1
        change = change_of(work, operation)
        counts[SAME if change is None else CHANGING] += 1
        if change is not None and len(sample) < SAMPLE:
            before, after = change
            sample.append(
                {
                    "id": work.id,
                    "accession": work.accession,
                    "title": work.title,
                    "before": before,
                    "after": after,
                }
            )
    old = (BulkEdit.state == BulkState.DRAFT, BulkEdit.created_at < since - DRAFTS_KEPT)
    session.execute(delete(BulkEdit).where(*old))
    edit = BulkEdit(
        user=user,
        created_at=since,
        operation=operation.to_json(),
        work_ids=ids,
        counts=counts,
        sample=sample,
    )
    session.add(edit)
    session.commit()
    return edit


def discard(session: Session, edit: BulkEdit) -> bool:
    """Forget a draft; tell whether it was one; commits."""
    if edit.state is not BulkState.DRAFT:
        return False
    session.delete(edit)
    session.commit()
    return True


def change_of(work: WorkRow, operation: BulkOperation) -> tuple[str, str] | None:
    """Return what a work says before and after; None where nothing changes."""
    if operation.field == PRESENCE:
        return ("", "") if operation.changes_presence(work) else None
    before, after = fact_of(work, operation.field), operation.after(work)
    return None if before == after else (before, after)


def works_meant(criteria: Criteria) -> list[int]:
    """Return the numbers of all works that a filter means."""
    return list(db.session.scalars(ids_of(criteria)))


def works_with_values(session: Session, name: str, values: Sequence[str]) -> list[int]:
    """Return the numbers of the works that have one of some values in a field."""
    column = getattr(Artwork, name)
    found: list[int] = []
    for start in range(0, len(values), BATCH):
        meant = column.in_(values[start : start + BATCH])
        found += session.scalars(select(Artwork.id).where(meant))
    return found


def list_edits(session: Session, number: int = 1) -> Page[BulkEdit] | None:
    """Return a page of edits that were begun, the newest first."""
    begun = select(BulkEdit).where(BulkEdit.state != BulkState.DRAFT)
    newest = begun.order_by(BulkEdit.id.desc())
    return select_page(session, newest, number, EDITS_PER_PAGE)


def _read(
    session: Session, ids: Sequence[int], operation: BulkOperation
) -> Iterator[WorkRow]:
    """Yield works as they are; none is changed."""
    with_images = operation.field == SHOWS
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        yield from read_works(session, batch, with_images=with_images)
