"""Background task of an import: dry run, recording or rollback."""

from app.models import ImportRun
from app.services.importing.dry_run import look_through
from app.services.importing.pictures.source import SourceError
from app.services.importing.recording import record_run
from app.services.importing.rollback import undo_run
from app.services.importing.runs import PHASE, PLAN, RECORD, RUN, UNDO
from app.services.importing.sources import ImportContext
from app.services.importing.sync.catalogues import go_on_by_itself
from app.services.system.tasks import TaskFailedError, TaskHandle


def plan_run(handle: TaskHandle, run: ImportRun, import_context: ImportContext) -> None:
    """Look a run through, and go on with recording it where that was asked for."""
    if run.task_id != handle.task.id:
        return  # killed once it was looked through, and being recorded by now
    look_through(handle, run, import_context)
    go_on_by_itself(handle, run)


PHASES = {
    PLAN: plan_run,
    RECORD: record_run,
    UNDO: undo_run,
}


def work(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If it cannot go on; the message says why.
    TaskStoppedError
        If somebody wants that.
    AlreadyRunningError
        If another process is indexing: then the task waits.
    """
    parameters = handle.task.parameters
    run = handle.context.session.get(ImportRun, parameters[RUN])
    if run is None:
        raise TaskFailedError("The import was discarded.")
    import_context = ImportContext.of(handle.context.config)
    try:
        PHASES[parameters[PHASE]](handle, run, import_context)
    except SourceError as error:
        raise TaskFailedError(str(error)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TaskFailedError(
            f"A file cannot be read or written: {reason}. What is done is kept: go on "
            "when that is mended."
        ) from error
