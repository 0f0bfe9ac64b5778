"""Background task that asks visitors' photos again, with the index of today.

The visitor's answer stays what it was; what is answered now is noted with the review,
and of a photo that could not be asked, with the task, why.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Lane, PhotoReview, Query, Task, User, now
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.images.prepared import PreparedPhoto
from app.services.collection.works import works_by_accession
from app.services.evaluation.review.outcomes import review_of
from app.services.evaluation.review.photos import find_photo
from app.services.index.opening import open_in_task
from app.services.index.searcher import Searcher
from app.services.media.store import read_picture
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import tasks
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "ask_again"
QUERIES, NOT_ASKED = "queries", "not_asked"
"""Parameters: ids of the photos; and why some could not be asked, by their ids."""
ASKING = "asking"
"""Step, as the pages know it."""


class NotAsked(StrEnum):
    """Reason why a photo could not be asked."""

    DELETED = "deleted"
    """Its visitor has deleted it."""
    GONE = "gone"
    """It is not kept any more: retention took it."""
    LOST = "lost"
    """Its file is not there, though it should be."""
    UNREADABLE = "unreadable"
    PART = "part"
    """A part of the index did not answer."""


class NotAskedError(Exception):
    """Failure to ask a photo."""

    def __init__(self, reason: NotAsked) -> None:
        self.reason = reason
        super().__init__(reason.value)


def request(session: Session, ids: Sequence[str], user: User | None) -> Task:
    """Note that photos are to be asked again, by the ids of their answers."""
    parameters = {QUERIES: list(ids)}
    return tasks.enqueue(session, KIND, parameters, user, Lane.SHORT)


def ask_again(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If nothing can be searched.
    """
    context, session = handle.context, handle.context.session
    ids = handle.task.parameters[QUERIES]
    try:
        searcher = open_in_task(context)
        absent = searcher.absent_works(session)
        for number in range(handle.task.done, len(ids)):
            handle.progress(number, len(ids), ASKING)
            try:
                _ask(handle, searcher, ids[number], absent)
            except NotAskedError as error:
                known = handle.task.parameters.get(NOT_ASKED, {})
                reasons = {**known, ids[number]: error.reason.value}
                handle.task.parameters = {
                    **handle.task.parameters,
                    NOT_ASKED: reasons,
                }
    except RetrievalError as error:
        raise TaskFailedError(str(error)) from error
    handle.progress(len(ids), len(ids), ASKING)


def _ask(
    handle: TaskHandle, searcher: Searcher, query_id: str, absent: frozenset[str]
) -> None:
    """Ask a photo and note what is answered now."""
    context, session = handle.context, handle.context.session
    query = find_photo(session, query_id)
    if query is None or query.photo_name is None:
        is_there = session.get(Query, query_id) is not None
        raise NotAskedError(NotAsked.GONE if is_there else NotAsked.DELETED)
    try:
        image = read_picture(
            context.media.queries, query.photo_name, max_side_px=PHOTO_SIDE_PX
        )
    except FileNotFoundError as error:
        raise NotAskedError(NotAsked.LOST) from error
    except ImageError as error:
        raise NotAskedError(NotAsked.UNREADABLE) from error
    answer = searcher.answer(PreparedPhoto(image), excluded_works=absent)
    if answer.missing:
        raise NotAskedError(NotAsked.PART)
    review = review_of(session, query)
    named = [match.item.work_id for match in answer.matches]
    works = works_by_accession(named[:1])
    review.again_verdict = answer.verdict
    review.again = works.get(named[0]) if named else None
    review.again_generation = searcher.generation
    review.again_at = now()


def list_not_asked(
    session: Session, task: Task
) -> list[tuple[str, Query | None, NotAsked]]:
    """Return the photos of a task that could not be asked, and why, by their ids."""
    reasons = task.parameters.get(NOT_ASKED, {})
    meant = select(Query).where(Query.id.in_(reasons))
    known = {query.id: query for query in session.scalars(meant)}
    return [
        (query_id, known.get(query_id), NotAsked(reason))
        for query_id, reason in reasons.items()
    ]


def found_work(review: PhotoReview) -> bool:
    """Tell whether asking again found the work that was named."""
    return review.again_id is not None and review.again_id == review.artwork_id
