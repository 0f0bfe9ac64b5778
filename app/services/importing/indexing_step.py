"""Indexing after an import: features or a new index, and telling searches of it.

A few new pictures are kept beside the index by every process that searches. More than
that would slow their next query down, so then the index is built anew instead.
"""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import Artwork, GenerationRecord, ImportRun, ReferenceImage
from app.retrieval.generations.store import Store
from app.services.curation.editing import changed_works
from app.services.index.building import build_index, complete_features
from app.services.index.changes import announce
from app.services.index.rebuilding import indexing
from app.services.system.tasks import TaskHandle

MOST_BESIDE = 100
"""New pictures up to which the index is not built anew: 1.5 s for the next query."""


def finish(handle: TaskHandle, run: ImportRun) -> None:
    """Let what a run changed be found; doing it again changes nothing.

    Raises as :func:`app.services.index.rebuilding.rebuild`.
    """
    context = handle.context
    if not count_pictures(context.session, run):
        return
    with indexing(context, "The works are recorded, but: ") as model:
        is_built = _needs_index(context.session, context.folders, run)
        session, media = context.session, context.media
        if is_built:
            build_index(
                session,
                context.folders,
                media,
                model,
                handle.progress,
                context.vectors,
                context.shard_count,
                context.feature_workers,
            )
        else:
            complete_features(
                session, media.works, model, handle.progress, context.feature_workers
            )
    tell_searches(context.session, run)


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


def _needs_index(session: Session, folders: Folders, run: ImportRun) -> bool:
    """Tell whether the live index lacks too much to be left as it is."""
    store = Store(folders.generations)
    live = session.get(GenerationRecord, store.current_name() or "")
    since = live.revision if live else 0
    changed = select(func.count(ReferenceImage.id)).join(ReferenceImage.artwork)
    beside = session.scalars(changed.where(Artwork.revision > since)).one()
    is_above = count_pictures(session, run) + beside > MOST_BESIDE
    return is_above or store.current() is None
