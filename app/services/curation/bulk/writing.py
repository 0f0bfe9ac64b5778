"""Writing and undoing of edits of many works, a batch per transaction.

What was done stands in the same transaction as the change itself: a killed worker
repeats nothing and loses nothing.
"""

import gc
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from app.models import (
    AuditEntry,
    BulkEdit,
    BulkState,
    Lane,
    Task,
    User,
    now,
)
from app.models.collection import WorkRow
from app.services.collection.labels import fact_of, set_facts
from app.services.collection.subjects import SHOWS
from app.services.curation.bulk.drafts import CHANGING, change_of
from app.services.curation.bulk.operations import PRESENCE, BulkOperation
from app.services.curation.bulk.rows import Snapshot, read_works
from app.services.curation.editing import EDIT, RESTORE, WITHDRAW
from app.services.system import audit, tasks
from app.services.system.audit import WorkChange
from app.services.system.claims import count_changes
from app.services.system.paging import Page, select_page
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "bulk_edit"
EDIT_KEY, PHASE = "edit", "phase"
"""Parameters of such a task: the number of the edit, and what is done."""
WRITE, UNDO = "write", "undo"
WRITING, UNDOING = "changing", "undoing"
"""Steps, as the pages know them."""
BATCH = 2_000
"""Works per transaction: visitors who write wait no longer than it takes."""
AT_ONCE = 500
"""Works that are changed before the page answers; more are left to a task."""
CHANGED, UNDONE, LEFT = "changed", "undone", "left"
"""Keys of an edit's counts."""
LEFT_PER_PAGE = 50
CHANGE = (
    *(AuditEntry.id, AuditEntry.artwork_id, AuditEntry.action),
    *(AuditEntry.before, AuditEntry.after),
)
"""What is read of a change to take it back."""

Step = Callable[[int, int], None]


class EditNotPossibleError(Exception):
    """Wish that an edit in this state cannot fulfil: to be written, to be undone."""


def begin(session: Session, edit: BulkEdit, user: User | None) -> Task | None:
    """Write an edit; what takes long is left to a task, which is returned.

    Raises
    ------
    EditNotPossibleError
        If it is no draft any more.
    """
    _turn(session, edit, [BulkState.DRAFT], BulkState.WRITING)
    operation = BulkOperation.from_json(edit.operation)
    audit.record(
        session,
        audit.BULK_EDIT,
        user=user,
        subject=operation.field,
        after={EDIT_KEY: edit.id, "works": edit.counts[CHANGING]},
    ).bulk_edit_id = edit.id
    return _start(session, edit, user, WRITE, len(edit.work_ids))


def begin_undo(session: Session, edit: BulkEdit, user: User | None) -> Task | None:
    """Take an edit back; what takes long is left to a task, which is returned.

    Raises
    ------
    EditNotPossibleError
        If it was taken back already, or is being written.
    """
    is_at_work = edit.task is not None and edit.task.state in tasks.UNFINISHED
    if is_at_work:
        raise EditNotPossibleError
    states = [BulkState.WRITING, BulkState.WRITTEN, BulkState.UNDOING]
    _turn(session, edit, states, BulkState.UNDOING)
    summary = session.scalars(_summaries(edit).order_by(AuditEntry.id)).first()
    if summary is not None and not audit.is_undone(session, summary):
        entry = audit.record(
            session,
            audit.BULK_EDIT,
            user=user,
            subject=summary.subject,
            after=summary.after,
            undoes=summary,
        )
        entry.bulk_edit_id = edit.id
    return _start(session, edit, user, UNDO, _count_open(session, edit))


def work(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If there is no such edit any more.
    TaskStoppedError
        Between two batches, if somebody wants that.
    """
    session, parameters = handle.context.session, handle.task.parameters
    edit = session.get(BulkEdit, parameters[EDIT_KEY])
    if edit is None:
        raise TaskFailedError("The edit was discarded.")
    name = UNDOING if parameters[PHASE] == UNDO else WRITING

    def step(done: int, total: int) -> None:
        handle.progress(done, total, name)

    # Rows make no cycles, and looking for some among them takes a third of the time.
    gc.disable()
    try:
        _do(session, edit, handle.task.user_id, parameters[PHASE], step)
    finally:
        gc.enable()


def left_alone(
    session: Session, edit: BulkEdit, number: int = 1
) -> Page[AuditEntry] | None:
    """Return a page of changes that an undo left: somebody changed the work since."""
    entries = select(AuditEntry).where(*_open_entries(edit)).order_by(AuditEntry.id)
    return select_page(session, entries, number, LEFT_PER_PAGE)


def _start(
    session: Session, edit: BulkEdit, user: User | None, phase: str, works: int
) -> Task | None:
    if works <= AT_ONCE:
        session.commit()
        _do(session, edit, user.id if user else None, phase, _commit_only(session))
        return None
    parameters = {EDIT_KEY: edit.id, PHASE: phase}
    task = Task(kind=KIND, parameters=parameters, user=user, lane=Lane.SHORT)
    session.add(task)
    edit.task = task
    session.commit()
    return task


def _commit_only(session: Session) -> Step:
    def step(_done: int, _total: int) -> None:
        session.commit()

    return step


def _turn(
    session: Session, edit: BulkEdit, before: Sequence[BulkState], after: BulkState
) -> None:
    """Put an edit into another state, unless somebody else did; commits nothing."""
    mine = update(BulkEdit).where(BulkEdit.id == edit.id, BulkEdit.state.in_(before))
    if not count_changes(session, mine.values(state=after)):
        session.rollback()
        raise EditNotPossibleError
    session.refresh(edit, ["state"])


def _do(
    session: Session, edit: BulkEdit, user_id: int | None, phase: str, step: Step
) -> None:
    if phase == WRITE:
        _write(session, edit, user_id, step)
    else:
        _undo(session, edit, user_id, step)


def _write(session: Session, edit: BulkEdit, user_id: int | None, step: Step) -> None:
    if edit.state is not BulkState.WRITING:
        return  # killed after its last batch, and being undone by now
    operation = BulkOperation.from_json(edit.operation)
    ids = edit.work_ids
    while True:
        _hold(session, edit)
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


def _undo(session: Session, edit: BulkEdit, user_id: int | None, step: Step) -> None:
    if edit.state is not BulkState.UNDOING:
        return
    total = _count_open(session, edit)
    done, last = 0, 0
    operation = BulkOperation.from_json(edit.operation)
    while True:
        _hold(session, edit)
        entries = (
            session.connection()
            .execute(
                select(*CHANGE)
                .where(*_open_entries(edit), AuditEntry.id > last)
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
    left = _count_open(session, edit)
    edit.counts = {**edit.counts, LEFT: left}
    edit.state = BulkState.UNDONE
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


def _summaries(edit: BulkEdit) -> Select[AuditEntry]:
    return select(AuditEntry).where(
        AuditEntry.bulk_edit_id == edit.id,
        AuditEntry.action == audit.BULK_EDIT,
        AuditEntry.undoes_id.is_(None),
    )


def _count_open(session: Session, edit: BulkEdit) -> int:
    counted = select(func.count(AuditEntry.id)).where(*_open_entries(edit))
    return session.scalars(counted).one()


def _open_entries(edit: BulkEdit) -> tuple[ColumnElement[bool], ...]:
    """Select the changes of works of an edit that have not been taken back."""
    undoing = aliased(AuditEntry)
    taken_back = select(undoing.id).where(undoing.undoes_id == AuditEntry.id).exists()
    return (
        AuditEntry.bulk_edit_id == edit.id,
        AuditEntry.action != audit.BULK_EDIT,
        AuditEntry.undoes_id.is_(None),
        ~taken_back,
    )
