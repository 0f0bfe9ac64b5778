"""Writing and undoing of edits of many works: at once, or left to a task."""

import gc
from collections.abc import Sequence

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.models import AuditEntry, BulkEdit, BulkState, Lane, Task, User
from app.services.curation.bulk.changing import (
    Step,
    count_open,
    open_entries,
    undo,
    write,
)
from app.services.curation.bulk.drafts import CHANGING
from app.services.curation.bulk.operations import BulkOperation
from app.services.system import audit, tasks
from app.services.system.claims import count_changes
from app.services.system.paging import Page, select_page
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "bulk_edit"
EDIT_KEY, PHASE = "edit", "phase"
"""Parameters of such a task: the number of the edit, and what is done."""
WRITE, UNDO = "write", "undo"
WRITING, UNDOING = "changing", "undoing"
"""Steps, as the pages know them."""
AT_ONCE = 500
"""Works that are changed before the page answers; more are left to a task."""
LEFT_PER_PAGE = 50


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
    return _start(session, edit, user, UNDO, count_open(session, edit))


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
    entries = select(AuditEntry).where(*open_entries(edit)).order_by(AuditEntry.id)
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
        write(session, edit, user_id, step)
    else:
        undo(session, edit, user_id, step)


def _summaries(edit: BulkEdit) -> Select[AuditEntry]:
    return select(AuditEntry).where(
        AuditEntry.bulk_edit_id == edit.id,
        AuditEntry.action == audit.BULK_EDIT,
        AuditEntry.undoes_id.is_(None),
    )
