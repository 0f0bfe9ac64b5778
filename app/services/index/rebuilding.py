"""Rebuild of the index in the background: missing features first, then all."""

from app.retrieval.errors import RetrievalError
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.index.building import build_index
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "rebuild"


def rebuild(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If nothing can be published; what was live stays live.
    TaskStoppedError
        Between two pictures, if somebody wants that.
    AlreadyRunningError
        If another process is indexing: then the task waits.
    """
    context = handle.context
    try:
        with exclusively(context.folders.instance / INDEXING_LOCK):
            # One thread for the network: pictures, not layers, run in parallel.
            model = Model.open(context.config["MORELLI_MODEL"], threads=1)
            build_index(
                context.session,
                context.folders,
                model,
                RetrievalSettings(),
                handle.progress,
            )
    except RetrievalError as error:
        raise TaskFailedError(str(error)) from error
