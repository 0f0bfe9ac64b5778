"""Background task that rebuilds the index: missing features first, then all."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db
from app.retrieval.errors import RetrievalError
from app.retrieval.model import Model
from app.services.index.building import build_index
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.tasks import TaskContext, TaskFailedError, TaskHandle

KIND = "rebuild"


def rebuild(handle: TaskHandle) -> None:
    """Do a task of this kind; raises as :func:`indexing`.

    Raises
    ------
    TaskStoppedError
        Between two pictures, if somebody wants that.
    """
    context = handle.context
    with indexing(context) as model:
        build_index(
            context.session,
            context.folders,
            context.media,
            model,
            handle.progress,
            context.vectors,
            context.shard_count,
            context.feature_workers,
        )


@contextmanager
def indexing(context: TaskContext, done: str = "") -> Iterator[Model]:
    """Open the model for a task that indexes, while no other process does.

    Parameters
    ----------
    context : TaskContext
    done : str
        What has succeeded all the same if indexing fails, as its message begins.

    Raises
    ------
    TaskFailedError
        If features cannot be computed or no index published; what was live stays live.
    AlreadyRunningError
        If another process is indexing: then the task waits.
    """
    try:
        with exclusively(context.folders.instance / INDEXING_LOCK, db.engine):
            # One thread for the network: pictures, not layers, run in parallel.
            yield Model.open(context.config["MORELLI_MODEL"], threads=1)
    except RetrievalError as error:
        raise TaskFailedError(f"{done}{error}") from error
