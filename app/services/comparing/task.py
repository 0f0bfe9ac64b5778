"""Background task that compares all retrieval methods on one picture."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, Lane, Task, User
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.types import Image
from app.services.comparing import methods
from app.services.comparing.kept import Comparisons, MethodComparison
from app.services.curation.work_images import read_thumbnails
from app.services.index.opening import open_in_task
from app.services.map.registry import MapRegistry
from app.services.media.store import read_picture
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import tasks
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "methods"
COMPARISON, WORK = "comparison", "work"
"""Parameters: number of the comparison; accession number, empty for a photo."""
ASKING = "methods"
"""Step, as the pages know it."""


def request(
    session: Session,
    comparisons: Comparisons,
    user: User | None,
    *,
    photo: Image | None = None,
    work: str = "",
) -> uuid.UUID:
    """Note that methods are to be compared by a picture.

    Parameters
    ----------
    photo : (H, W, 3) uint8, optional
        Held until it is compared.
    work : str
        Accession number of the work to ask about instead.
    """
    comparison_id = uuid.uuid4()
    if photo is not None:
        comparisons.hold(comparison_id, photo)
    parameters = {COMPARISON: str(comparison_id), WORK: work}
    tasks.enqueue(session, KIND, parameters, user, Lane.SHORT)
    return comparison_id


def find_task(session: Session, comparison_id: uuid.UUID) -> Task | None:
    """Return the task that makes a comparison, or None."""
    wanted = Task.parameters[COMPARISON].as_string() == str(comparison_id)
    return session.scalars(select(Task).where(Task.kind == KIND, wanted)).first()


def compare(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If the picture or the index cannot be used.
    """
    context, parameters = handle.context, handle.task.parameters
    comparison_id = uuid.UUID(parameters[COMPARISON])
    comparisons = Comparisons(context.media.comparisons)
    if comparisons.find(comparison_id) is None:
        handle.progress(0, 1, ASKING)
        try:
            _compare(handle, comparisons, comparison_id)
        except (ImageError, RetrievalError) as error:
            raise TaskFailedError(str(error)) from error
        except FileNotFoundError as error:
            raise TaskFailedError("The picture is not there any more.") from error
    comparisons.let_go(comparison_id)
    handle.progress(1, 1, ASKING)


def _compare(
    handle: TaskHandle, comparisons: Comparisons, comparison_id: uuid.UUID
) -> None:
    context, accession = handle.context, handle.task.parameters[WORK]
    session, media = context.session, context.media.works
    if accession:
        name = _picture_of(session, accession)
        image = read_picture(media, name, max_side_px=PHOTO_SIDE_PX)
    else:
        image = comparisons.held(comparison_id, max_side_px=PHOTO_SIDE_PX)
    model_dir = context.config["MORELLI_MODEL"]
    searcher = open_in_task(context)
    stored_map = MapRegistry(context.folders.maps).current()
    columns = methods.compare(
        searcher,
        image,
        excluded=searcher.absent_works(session) | {accession},
        thumbnails=lambda items: read_thumbnails(session, media, items),
        looks=stored_map.looks() if stored_map else None,
        similarity=methods.learnt_similarity(model_dir, searcher.model_id),
    )
    comparison = MethodComparison(
        str(comparison_id), accession, searcher.generation, searcher.model_id, columns
    )
    is_kept = not accession and context.config["MORELLI_RETENTION_DAYS"]
    comparisons.keep(comparison, image if is_kept else None)


def _picture_of(session: Session, accession: str) -> str:
    """Return the name of the first picture of a work."""
    work = session.scalars(
        select(Artwork).where(Artwork.accession == accession)
    ).first()
    if work is None or not work.images:
        raise TaskFailedError("The work has no picture any more.")
    return work.images[0].media_name
