"""Background task that asks the evaluation set, after every build of the index.

Each photo is asked as if the pictures that were made of it did not exist: otherwise it
would find itself, and the figures would be of nothing.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    EvaluationAnswer,
    EvaluationPhoto,
    EvaluationRun,
    Lane,
    ReferenceImage,
    Task,
    TaskState,
    User,
)
from app.retrieval.errors import (
    ArtefactError,
    ImageError,
    RetrievalError,
    ShardAwayError,
)
from app.retrieval.evaluation.asking import Reply, reply_of
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.services.evaluation.answer_lines import TOP
from app.services.evaluation.own_set import members
from app.services.evaluation.own_set.grading import grade, sum_up
from app.services.evaluation.review.asking_again import ASKING
from app.services.index.features import gallery_item
from app.services.index.opening import open_in_task
from app.services.index.searcher import Searcher
from app.services.media.opening import MediaStores
from app.services.media.store import read_picture
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import tasks
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "evaluation_set"


class Unasked(StrEnum):
    """Reason why a photo of the set could not be asked."""

    GONE = "gone"
    """Its file is not there any more."""
    UNREADABLE = "unreadable"
    NOT_FINDABLE = "not_findable"
    """Its works are withdrawn, or have no picture but the one made of this photo."""
    PART = "part"
    """A part of the index did not answer."""


class UnaskedError(Exception):
    """Failure to ask a photo."""

    def __init__(self, reason: Unasked) -> None:
        self.reason = reason
        super().__init__(reason.value)


def request_if_any(session: Session, user: User | None = None) -> Task | None:
    """Let the set be asked if there are photos in it, unless that waits already."""
    if session.scalars(select(EvaluationPhoto.query_id).limit(1)).first() is None:
        return None
    waiting = tasks.unfinished(session, KIND)
    if waiting is not None and waiting.state is TaskState.WAITING:
        return waiting
    return tasks.enqueue(session, KIND, {}, user, Lane.SHORT)


def then_asked(build: tasks.Work) -> tasks.Work:
    """Let the set be asked, as a task of its own, when a task has made an index live.

    Parameters
    ----------
    build : callable
        Does the task; it may also leave the index as it is.
    """

    def build_and_request(handle: TaskHandle) -> None:
        registry = GenerationRegistry(handle.context.folders.generations)
        before = _live_name(registry)
        build(handle)
        if _live_name(registry) != before:
            request_if_any(handle.context.session)

    return build_and_request


def _live_name(registry: GenerationRegistry) -> str | None:
    try:
        return registry.current_name()
    except ArtefactError:
        return None  # whoever builds says so, or mends it


def ask_set(handle: TaskHandle) -> None:
    """Do a task of this kind; what was asked before it was stopped is not asked again.

    Raises
    ------
    TaskFailedError
        If nothing can be searched.
    """
    context, session = handle.context, handle.context.session
    members.sweep(session)
    try:
        searcher = open_in_task(context)
        run = _begin(session, handle.task, searcher.generation)
        absent = searcher.absent_works(session)
        asker = SetAsker(session, searcher, context.media, absent)
        ids = [photo.query_id for photo in members.list_photos(session)]
        known = {answer.query_id for answer in run.answers}
        unasked: dict[str, int] = {}
        for number, query_id in enumerate(ids):
            handle.progress(number, len(ids), ASKING)
            photo = session.get(EvaluationPhoto, query_id)
            if photo is None or query_id in known:
                continue  # it left the set meanwhile, or was asked before a stop
            try:
                answer = asker.answer(photo)
            except UnaskedError as error:
                unasked[error.reason] = unasked.get(error.reason, 0) + 1
                continue
            # Where the database knows row locks, it does not leave before the commit.
            still = session.get(
                EvaluationPhoto, query_id, populate_existing=True, with_for_update=True
            )
            if still is not None:
                run.answers.append(answer)
    except RetrievalError as error:
        raise TaskFailedError(str(error)) from error
    run.unasked = unasked
    session.flush()
    session.refresh(run, ["answers"])
    sum_up(run)
    handle.progress(len(ids), len(ids), ASKING)


@dataclass(frozen=True, slots=True)
class SetAsker:
    """Asker of single photos of the set.

    Attributes
    ----------
    absent : collection of str
        Works that must not be found.
    """

    session: Session
    searcher: Searcher
    media: MediaStores
    absent: Collection[str]

    def answer(self, photo: EvaluationPhoto) -> EvaluationAnswer:
        """Ask a photo and grade the answer.

        Raises
        ------
        UnaskedError
            If it cannot be asked.
        """
        pictures = members.pictures_of(self.session, photo.query_id)
        hidden = {
            gallery_item(one.artwork.accession, one.sha256).image_id for one in pictures
        }
        works = [one.artwork.accession for one in photo.works if one.artwork]
        images_of = self.searcher.gallery.images_of
        shown = _findable(works, self.absent, hidden, images_of)
        if photo.works and not shown:
            raise UnaskedError(Unasked.NOT_FINDABLE)
        reply = self._ask(self._read(photo, pictures), hidden)
        answer = EvaluationAnswer(
            query_id=photo.query_id,
            verdict=reply.verdict,
            probability=0.0 if math.isnan(reply.confidence) else reply.confidence,
            named=list(reply.works[:TOP]),
            found_works=list(reply.found),
        )
        grade(answer, shown, works)
        return answer

    def _ask(self, photo: PreparedPhoto, hidden: Collection[str]) -> Reply:
        engine = self.searcher.engine
        if hidden:
            gallery = self.searcher.gallery.extended(hidden, ())
            engine = Engine(self.searcher.model, gallery)
        try:
            return reply_of(engine, engine.trace(photo, excluded_works=self.absent))
        except ShardAwayError as error:
            raise UnaskedError(Unasked.PART) from error

    def _read(
        self, photo: EvaluationPhoto, pictures: Collection[ReferenceImage]
    ) -> PreparedPhoto:
        name, store = photo.query.photo_name, self.media.queries
        if name is None and pictures:
            name, store = next(iter(pictures)).media_name, self.media.works
        if name is None:
            raise UnaskedError(Unasked.GONE)
        try:
            image = read_picture(store, name, max_side_px=PHOTO_SIDE_PX)
        except FileNotFoundError as error:
            raise UnaskedError(Unasked.GONE) from error
        except ImageError as error:
            raise UnaskedError(Unasked.UNREADABLE) from error
        return PreparedPhoto(image)


def _findable(
    works: Collection[str],
    absent: Collection[str],
    hidden: Collection[str],
    images_of: Callable[[str], Collection[str]],
) -> list[str]:
    """Return the works that some other picture can be found of."""
    return [
        work
        for work in works
        if work not in absent and set(images_of(work)).difference(hidden)
    ]


def _begin(session: Session, task: Task, generation: str) -> EvaluationRun:
    """Return the run of a task; a new one, if it asked another index before a stop."""
    begun = select(EvaluationRun).where(EvaluationRun.task_id == task.id)
    run = session.scalars(begun).first()
    if run is not None and run.generation != generation:
        session.delete(run)
        session.flush()
        run = None
    if run is None:
        run = EvaluationRun(task=task, generation=generation)
        session.add(run)
    return run
