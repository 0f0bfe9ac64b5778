"""Changes that an edit makes of many works, and their undoing, batch by batch.

What was done stands in the same transaction as the change itself: a killed worker
repeats nothing and loses nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session, aliased

from app.models import AuditEntry, BulkEdit, BulkState, now
from app.models.collection import WorkRow
from app.services.collection.labels import fact_of, set_facts
from app.services.collection.subjects import SHOWS
from app.services.curation.bulk.drafts import change_of
from app.services.curation.bulk.operations import PRESENCE, BulkOperation
from app.services.curation.bulk.rows import Snapshot, read_works
from app.services.curation.bulk.telling import tell
from app.services.curation.editing import EDIT, RESTORE, WITHDRAW
from app.services.system import audit
from app.services.system.audit import WorkChange

BATCH = 2_000
"""Works per transaction: visitors who write wait no longer than it takes."""
CHANGED, UNDONE, LEFT = "changed", "undone", "left"
"""Keys of an edit's counts."""
CHANGE = (
    *(AuditEntry.id, AuditEntry.artwork_id, AuditEntry.action),
    *(AuditEntry.before, AuditEntry.after),
)
"""What is read of a change to take it back."""

Step = Callable[[int, int], None]


def write(session: Session, edit: BulkEdit, user_id: int | None, step: Step) -> None:
    """Write an edit from where it is on; `step` commits each batch."""
    operation = BulkOperation.from_json(edit.operation)
    ids = edit.work_ids
    while True:
        _hold(session, edit)
        if edit.state is not BulkState.WRITING:
            return  # being undone by now: it was slow, or killed after its last batch
        done = bisect_right(ids, edit.through_id)
        batch = ids[done : done + BATCH]
        if not batch:
            break
        works = _locked(session, batch, operation)
        # Later by the clock of whoever changed it: somebody else was quicker.
        moved = [one for one in works if one.updated_at > edit.created_at]
        edit.passed_over = [*edit.passed_over, *(one.accession for one in moved)]
        fresh = [one for one in works if one.updated_at <= edit.created_at]
        changed = _apply(session, edit, operation, fresh, user_id)
        edit.counts = {
            **edit.counts,
            CHANGED: edit.counts.get(CHANGED, 0) + changed,
        }
        edit.through_id = batch[-1]
        step(done + len(batch), len(ids))
    edit.state = BulkState.WRITTEN
    tell(session, edit, edit.counts.get(CHANGED, 0), is_undone=False)
    step(len(ids), len(ids))


def _apply(
    session: Session,
    edit: BulkEdit,
    operation: BulkOperation,
    works: Sequence[WorkRow],
    user_id: int | None,
) -> int:
    """Do an operation to works; return how many it changed."""
    found = [
        (one, change)
        for one in works
        if (change := change_of(one, operation)) is not None
    ]
    snapshot = Snapshot([one for one, _ in found])
    name, moment = operation.field, now()
    noted: list[WorkChange] = []
    announced: list[WorkRow] = []
    for one, (before, after) in found:
        if name == PRESENCE:
            is_shown = one.is_withdrawn
            one.withdrawn_at = None if is_shown else moment
            announced.append(one)
            noted.append(WorkChange(RESTORE if is_shown else WITHDRAW, one))
        else:
            set_facts(one, {name: after})
            noted.append(WorkChange(EDIT, one, {name: before}, {name: after}))
    snapshot.write(session, announced=announced)
    audit.record_bulk_edit(session, edit, user_id, noted)
    return len(found)


def undo(session: Session, edit: BulkEdit, user_id: int | None, step: Step) -> None:
    """Take an edit back as far as it is not yet; `step` commits each batch."""
    total = count_open(session, edit)
    done, last = 0, 0
    operation = BulkOperation.from_json(edit.operation)
    while True:
        _hold(session, edit)
        if edit.state is not BulkState.UNDOING:
            return  # somebody else took it back at the same time
        entries = (
            session.connection()
            .execute(
                select(*CHANGE)
                .where(*open_entries(edit), AuditEntry.id > last)
                .order_by(AuditEntry.id)
                .limit(BATCH)
            )
            .all()
        )
        if not entries:
            break
        last = entries[-1].id
        undone = _take_back(session, edit, operation, entries, user_id)
        edit.counts = {
            **edit.counts,
            UNDONE: edit.counts.get(UNDONE, 0) + undone,
        }
        done += len(entries)
        step(done, total)
    left = count_open(session, edit)
    edit.counts = {**edit.counts, LEFT: left}
    edit.state = BulkState.UNDONE
    tell(session, edit, edit.counts.get(UNDONE, 0), is_undone=True)
    step(total, total)


def _take_back(
    session: Session,
    edit: BulkEdit,
    operation: BulkOperation,
    entries: Sequence[Row[Any]],
    user_id: int | None,
) -> int:
    """Take changes back but those of works that were changed since; count them."""
    ids = [entry.artwork_id for entry in entries if entry.artwork_id is not None]
    works = {one.id: one for one in _locked(session, ids, operation)}
    open_ones = [
        (works[entry.artwork_id], entry)
        for entry in entries
        if entry.artwork_id in works and _is_as_left(works[entry.artwork_id], entry)
    ]
    snapshot, moment = Snapshot([one for one, _ in open_ones]), now()
    noted: list[WorkChange] = []
    announced: list[WorkRow] = []
    for one, entry in open_ones:
        if entry.action == EDIT:
            set_facts(one, entry.before)
            change = WorkChange(EDIT, one, entry.after, entry.before, entry.id)
        else:
            is_shown = entry.action == WITHDRAW
            one.withdrawn_at = None if is_shown else moment
            announced.append(one)
            action = RESTORE if is_shown else WITHDRAW
            change = WorkChange(action, one, undoes_id=entry.id)
        noted.append(change)
    snapshot.write(session, announced=announced)
    audit.record_bulk_edit(session, edit, user_id, noted)
    return len(open_ones)


def _is_as_left(one: WorkRow, entry: Row[Any]) -> bool:
    """Tell whether a work is in a field as a change left it."""
    if entry.action == EDIT:
        return all(fact_of(one, name) == said for name, said in entry.after.items())
    return one.is_withdrawn is (entry.action == WITHDRAW)


def _locked(
    session: Session, ids: Sequence[int], operation: BulkOperation
) -> list[WorkRow]:
    with_images = operation.field == SHOWS
    return read_works(session, ids, is_locked=True, with_images=with_images)


def _hold(session: Session, edit: BulkEdit) -> None:
    """Let nobody else write this edit before the transaction ends.

    On SQLite nobody writes anything then: what is read from here on stays true.
    """
    mine = update(BulkEdit).where(BulkEdit.id == edit.id)
    session.execute(mine.values(through_id=BulkEdit.through_id))
    session.refresh(edit, ["state", "through_id", "counts", "passed_over"])


def count_open(session: Session, edit: BulkEdit) -> int:
    """Count the changes of works of an edit that have not been taken back."""
    counted = select(func.count(AuditEntry.id)).where(*open_entries(edit))
    return session.scalars(counted).one()


def open_entries(edit: BulkEdit) -> tuple[ColumnElement[bool], ...]:
    """Select the changes of works of an edit that have not been taken back."""
    undoing = aliased(AuditEntry)
    taken_back = select(undoing.id).where(undoing.undoes_id == AuditEntry.id).exists()
    return (
        AuditEntry.bulk_edit_id == edit.id,
        AuditEntry.action != audit.BULK_EDIT,
        AuditEntry.undoes_id.is_(None),
        ~taken_back,
    )
