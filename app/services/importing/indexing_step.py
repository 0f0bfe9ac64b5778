"""After an import: what its pictures are found by, and letting searches know.

A few new pictures are kept beside the index by every process that searches. More than
that would slow their next query down, so then the index is built anew instead.
"""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import Artwork, GenerationRecord, ImportRun, ReferenceImage
from app.retrieval.errors import RetrievalError
from app.retrieval.generations.store import Store
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.curation.editing import changed_works
from app.services.index.building import build_index, complete_features
from app.services.index.changes import announce
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.tasks import TaskFailedError, TaskHandle

MOST_BESIDE = 100
"""New pictures up to which the index is not built anew: 1.5 s for the next query."""


def finish(handle: TaskHandle, run: ImportRun) -> None:
    """Let what a run changed be found; doing it again changes nothing.

    Raises
    ------
    TaskFailedError
        If features cannot be computed or no index published.
    TaskStoppedError
        Between two pictures, if somebody wants that.
    AlreadyRunningError
        If another process is indexing: then the task waits.
    """
    session = handle.context.session
    if not count_pictures(session, run):
        return
    try:
        with exclusively(handle.context.folders.instance / INDEXING_LOCK):
            _make_findable(handle, run)
    except RetrievalError as error:
        raise TaskFailedError(f"The works are recorded, but: {error}") from error
    tell_searches(session, run)


def count_pictures(session: Session, run: ImportRun) -> int:
    """Count the pictures of the works of which a run changed what can be found."""
    counted = select(func.count(ReferenceImage.id)).where(
        ReferenceImage.artwork_id.in_(changed_works(run.id))
    )
    return session.scalars(counted).one()


def tell_searches(session: Session, run: ImportRun) -> None:
    """Announce all works of which a run changed what can be found."""
    revision = announce(session, ())
    works = update(Artwork).where(Artwork.id.in_(changed_works(run.id)))
    # What tells editors that a work was changed meanwhile is none of this.
    session.execute(works.values(revision=revision, updated_at=Artwork.updated_at))
    session.commit()


def _count_beside(session: Session, store: Store) -> int:
    """Count the pictures that changed since the live index was built."""
    live = session.get(GenerationRecord, store.current_name() or "")
    since = live.revision if live else 0
    counted = select(func.count(ReferenceImage.id)).join(ReferenceImage.artwork)
    return session.scalars(counted.where(Artwork.revision > since)).one()


def _make_findable(handle: TaskHandle, run: ImportRun) -> None:
    """Compute the features that are missing, and build an index if there are many."""
    context = handle.context
    store = Store(context.folders.generations)
    beside = count_pictures(context.session, run) + _count_beside(
        context.session, store
    )
    is_built = beside > MOST_BESIDE or store.current() is None
    make = build_index if is_built else complete_features
    # One thread for the network: pictures, not layers, run in parallel.
    model = Model.open(context.config["MORELLI_MODEL"], threads=1)
    make(context.session, context.folders, model, RetrievalSettings(), handle.progress)
