"""Background task that asks visitors' photos again, with the index of today.

The visitor's answer stays what it was; what is answered now is noted with the review.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, Lane, PhotoReview, Query, Task, User, now
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.images.prepared import PreparedPhoto
from app.services.collection.works import works_by_accession
from app.services.evaluation.review.outcomes import review_of
from app.services.evaluation.review.photos import find_photo
from app.services.index.opening import open_as_served
from app.services.index.searcher import Searcher
from app.services.media.store import read_picture
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import tasks
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "ask_again"
QUERIES = "queries"
"""Parameter: ids of the photos."""
ASKING = "asking"
"""Step, as the pages know it."""


def request(session: Session, queries: Sequence[Query], user: User | None) -> Task:
    """Note that photos are to be asked again."""
    parameters = {QUERIES: [query.id for query in queries]}
    return tasks.enqueue(session, KIND, parameters, user, Lane.SHORT)


def ask_again(handle: TaskHandle) -> None:
    """Do a task of this kind; a photo that is gone meanwhile is passed over.

    Raises
    ------
    TaskFailedError
        If nothing can be searched.
    """
    context, session = handle.context, handle.context.session
    ids = handle.task.parameters[QUERIES]
    try:
        searcher = open_as_served(
            session,
            context.config["MORELLI_MODEL"],
            context.folders.generations,
            context.vectors,
            context.shards,
        )
        absent = absent_works(session, searcher)
        for number in range(handle.task.done, len(ids)):
            handle.progress(number, len(ids), ASKING)
            query = find_photo(session, ids[number])
            if query is None or query.photo_name is None:
                continue
            try:
                image = read_picture(
                    context.media.queries, query.photo_name, max_side_px=PHOTO_SIDE_PX
                )
            except (FileNotFoundError, ImageError):
                continue
            answer = searcher.answer(PreparedPhoto(image), excluded_works=absent)
            review = review_of(session, query)
            named = [match.item.work_id for match in answer.matches]
            works = works_by_accession(named[:1])
            review.again_verdict = answer.verdict
            review.again = works.get(named[0]) if named else None
            review.again_generation = searcher.generation
            review.again_at = now()
    except RetrievalError as error:
        raise TaskFailedError(str(error)) from error
    handle.progress(len(ids), len(ids), ASKING)


def absent_works(session: Session, searcher: Searcher) -> frozenset[str]:
    """Return the works of the index that must not be found."""
    shown = select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
    return searcher.work_ids.difference(session.scalars(shown))


def found_work(review: PhotoReview) -> bool:
    """Tell whether asking again found the work that was named."""
    return review.again_id is not None and review.again_id == review.artwork_id
