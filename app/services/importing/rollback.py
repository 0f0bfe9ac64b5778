"""Rollback of a whole import: every change of it, the last one first.

Works that it made are withdrawn, labels and pictures that it changed are as before.
What somebody changed since is left alone, and named.
"""

from contextlib import nullcontext

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from app.extensions import db
from app.models import AuditEntry, ImportRow, ImportRun, RowState
from app.services.curation.editing import (
    CREATE,
    WITHDRAW,
    ChangedMeanwhileError,
    WorkEditor,
)
from app.services.curation.work_media import MEDIA, MediaChangedError, MediaEditor
from app.services.importing import runs
from app.services.importing.messages import Remark, write
from app.services.importing.sources import ImportContext, SourceKind
from app.services.system import audit
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.tasks import TaskHandle
from app.services.system.webhooks.events import EventKind

BATCH_ENTRIES = 50
UNDOING = "undoing"
"""Step, as the pages know it."""


def undo_run(handle: TaskHandle, run: ImportRun, import_context: ImportContext) -> None:
    """Take back what a run did, unless a shell is recording it just now.

    Raises
    ------
    AlreadyRunningError
        If it may be.
    TaskStoppedError
        Between two batches, if somebody wants that.
    """
    is_shells = run.source == SourceKind.SHELL and not run.counts
    lock = import_context.folders.instance / INDEXING_LOCK
    with exclusively(lock, db.engine) if is_shells else nullcontext():
        _undo_run(handle, run, import_context)


def _undo_run(
    handle: TaskHandle, run: ImportRun, import_context: ImportContext
) -> None:
    session = handle.context.session
    editor = WorkEditor(
        session,
        import_context.media.works,
        None,  # what it restores had its features before
        handle.task.user,
        import_context.limits,
        tells=False,
    )
    recordings = import_context.media.recordings
    media = MediaEditor(session, recordings, handle.task.user, tells=False)
    # What waits to be recorded never will be.
    mine = update(ImportRow).where(ImportRow.run_id == run.id)
    mine = mine.execution_options(synchronize_session=False)
    waiting = mine.where(ImportRow.state == RowState.PENDING)
    session.execute(waiting.values(state=RowState.UNDONE))
    runs.remove_file(session, run, import_context.media.imports)
    counted = select(func.count(AuditEntry.id)).where(*_open_entries(run))
    left = session.scalars(counted).one()
    total = max(handle.task.total, left)
    handle.progress(total - left, total, UNDOING)
    entries = select(AuditEntry).where(*_open_entries(run))
    entries = entries.order_by(AuditEntry.id.desc()).limit(BATCH_ENTRIES)
    next_ones = entries
    while batch := session.scalars(next_ones).all():
        next_ones = entries.where(AuditEntry.id < batch[-1].id)
        for entry in batch:
            _undo_entry(handle, editor, media, entry)
        left -= len(batch)
        handle.progress(total - left, total, UNDOING)
    _tell_rows(session, run)
    runs.tell_others(session, run, EventKind.IMPORT_UNDONE)
    runs.keep_counts(session, run)


def _undo_entry(
    handle: TaskHandle, editor: WorkEditor, media: MediaEditor, entry: AuditEntry
) -> None:
    """Take one change back, unless something else has changed since."""
    session, work = handle.context.session, entry.artwork
    if entry.action == CREATE and work is not None and work.is_withdrawn:
        audit.record(
            session,
            WITHDRAW,
            user=handle.task.user,
            artwork=work,
            subject=entry.subject,
            undoes=entry,
        )
        return
    try:
        if entry.action == MEDIA:
            media.undo(entry)
        else:
            editor.undo(entry)
    except (ChangedMeanwhileError, MediaChangedError):
        session.rollback()


def _tell_rows(session: Session, run: ImportRun) -> None:
    """Say in the rows which works are as before, and which are not."""
    mine = update(ImportRow).where(ImportRow.run_id == run.id)
    mine = mine.execution_options(synchronize_session=False)
    touched = select(AuditEntry.artwork_id).where(AuditEntry.run_id == run.id)
    left = select(AuditEntry.artwork_id).where(*_open_entries(run))
    is_left = ImportRow.artwork_id.in_(left)
    undone = mine.where(ImportRow.artwork_id.in_(touched), ~is_left)
    session.execute(undone.values(state=RowState.UNDONE, message=""))
    told = write([Remark("not_undone")])
    session.execute(mine.where(is_left).values(message=told))


def _open_entries(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    """Select the changes of a run that have not been taken back."""
    undoing = aliased(AuditEntry)
    taken_back = select(undoing.undoes_id).where(undoing.undoes_id.is_not(None))
    return (AuditEntry.run_id == run.id, AuditEntry.id.not_in(taken_back))
