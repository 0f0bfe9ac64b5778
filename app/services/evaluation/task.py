"""Evaluation as a task: labelled photos are asked, and a report of it is kept.

Every answer is appended to a file as soon as it is there. A worker that is killed goes
on after the last whole line, so no photo is asked twice and none is lost.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.configuration.load import image_settings
from app.models import Artwork, EvaluationReport
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.images.codec import decode, encode_jpeg, resize_to_long_side
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.settings import ImageSettings
from app.services.collection.works import merged_numbers
from app.services.evaluation import answer_lines, grading, judgements, reports
from app.services.evaluation.answer_lines import REPLY, WITHOUT
from app.services.evaluation.judgements import JudgedOf
from app.services.evaluation.labelled_photos import (
    Label,
    LabelsError,
    PhotoFault,
    parse_labels,
)
from app.services.importing.pictures.archive import Archive
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.source import (
    PictureError,
    PictureSource,
    SourceError,
)
from app.services.index.opening import open_in_task
from app.services.index.searcher import Searcher
from app.services.media.store import MediaStore
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import deletions
from app.services.system.deletions import Area
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "evaluation"
ASKING = "asking"
"""Step, as the pages know it."""
LINES = "replies.jsonl"
LIST_NAME = "photos.csv"
LIST_BYTES = 20_000_000
SMALL_SIDE_PX, SMALL_QUALITY = 400, 76
FAULTS_KEPT = 100
"""Photos that could not be asked and are named in the report; all are counted."""


def photo_name(folder: str | int, number: int) -> str:
    """Return the name of the small version of a photo, among those of its task."""
    return f"{folder}/{number}.jpg"


@contextmanager
def opened_photos(
    files: MediaStore, parameters: Mapping[str, Any], limits: ImageSettings
) -> Iterator[tuple[bytes, PictureSource]]:
    """Open the list of labels and the photos that it names.

    Parameters
    ----------
    files : MediaStore
        Of evaluations.
    parameters : mapping
        Of the task: ``zip``, a name in the store, or ``folder``, a path.

    Raises
    ------
    SourceError
        If it is not there or cannot be used.
    """
    if "folder" in parameters:
        folder = Path(parameters["folder"])
        try:
            with (folder / LIST_NAME).open("rb") as file:
                data = file.read(LIST_BYTES)
        except OSError as error:
            raise SourceError(f"{folder / LIST_NAME}: {error.strerror}") from error
        yield data, FolderPictures(folder, limits)
        return
    try:
        sent = files.open(parameters["zip"])
    except OSError as error:
        raise SourceError(_("The file is not there any more.")) from error
    with sent, closing(Archive(sent.file, limits)) as archive:
        with archive.open_table() as table:
            data = table.read(LIST_BYTES)
        yield data, archive


def evaluate(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If the photos or the index cannot be used.
    """
    context, parameters = handle.context, handle.task.parameters
    limits, files = image_settings(context.config), context.media.evaluations
    if reports.of_task(context.session, handle.task.id) is not None:
        return  # killed when all but the task's own end was written down
    try:
        searcher = open_in_task(context)
        with opened_photos(files, parameters, limits) as (data, pictures):
            _ask_all(handle, searcher, data, pictures, limits)
    except (SourceError, LabelsError, RetrievalError) as error:
        raise TaskFailedError(str(error)) from error
    if "zip" in parameters:
        sent = str(parameters["zip"])
        deletions.commit_and_delete(context.session, Area.EVALUATIONS, files, [sent])


@dataclass(frozen=True, slots=True)
class PhotoEvaluator:
    """Evaluator of single photos, which are searched as the server does.

    Attributes
    ----------
    pictures : PictureSource
        Where the photos are.
    limits : ImageSettings
        On one photo.
    findable : frozenset of str
        Works of the index that the database shows.
    leave_out : bool
        Whether photos of our works are asked a second time without these.
    files : MediaStore
        Gets a small version of each photo.
    folder : int
        Of these; the number of the task.
    judged_of : callable
        What was judged of a photo, by the hash of its file.
    """

    searcher: Searcher
    pictures: PictureSource
    limits: ImageSettings
    findable: frozenset[str]
    leave_out: bool
    files: MediaStore
    folder: int
    judged_of: JudgedOf

    def ask(self, number: int, label: Label) -> dict[str, Any]:
        """Ask one photo, and return what is kept of that."""
        line: dict[str, Any] = {
            "number": number,
            "name": label.photo.name,
            "kind": label.kind,
            "expected": sorted(label.works),
            "in_view": sorted(label.in_view),
        }
        try:
            data = self.pictures.read(str(label.photo))
            image = decode(data, settings=self.limits, max_side_px=PHOTO_SIDE_PX)
        except (PictureError, ImageError) as error:
            fault = PhotoFault(f"line {label.line}", label.photo.name, str(error))
            return {**line, "fault": str(fault)}
        line["sha256"] = judgements.digest(data)
        judged = self.judged_of(line["sha256"])
        # Judged to be shown, and not to be found now: nobody can be asked for these.
        line["away"] = sorted(judged.keys() - self.findable)
        judged = judgements.without(judged, line["away"])
        works, _ = judgements.corrected(label.works, label.in_view, judged)
        photo = PreparedPhoto(resize_to_long_side(image, PHOTO_SIDE_PX))
        hidden = self.searcher.work_ids - self.findable
        line[REPLY] = self._reply(photo, hidden)
        if self.leave_out and works:
            line[WITHOUT] = self._reply(photo, hidden | works)
        line["height"], line["width"] = photo.image.shape[:2]
        small = encode_jpeg(photo.resized(SMALL_SIDE_PX), quality=SMALL_QUALITY)
        self.files.write(photo_name(self.folder, number), small)
        return line

    def _reply(self, photo: PreparedPhoto, excluded: frozenset[str]) -> dict[str, Any]:
        trace = self.searcher.engine.trace(photo, excluded_works=excluded)
        return answer_lines.kept(self.searcher.engine, trace)


def _ask_all(
    handle: TaskHandle,
    searcher: Searcher,
    data: bytes,
    pictures: PictureSource,
    limits: ImageSettings,
) -> None:
    context, task = handle.context, handle.task
    shown = select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
    findable = searcher.work_ids.intersection(context.session.scalars(shown))
    labels, faults = parse_labels(
        data, Path(LIST_NAME), findable, merged_numbers(context.session)
    )
    # Asked photos are noted on this machine: another one that takes the task over asks
    # them again.
    folder = context.folders.evaluations / str(task.id)
    folder.mkdir(parents=True, exist_ok=True)
    asker = PhotoEvaluator(
        searcher,
        pictures,
        limits,
        leave_out=bool(task.parameters.get("leave_out")),
        files=context.media.evaluations,
        folder=task.id,
        findable=findable,
        judged_of=judgements.lookup(context.session),
    )
    asked = answer_lines.whole_lines(folder / LINES)
    # Rows of the list that say nothing usable have been looked at, too.
    total = len(faults) + len(labels)
    with (folder / LINES).open("a", encoding="utf-8") as file:
        for number in range(len(asked), len(labels)):
            handle.progress(len(faults) + number, total, ASKING)
            line = asker.ask(number, labels[number])
            file.write(json.dumps(line) + "\n")
            file.flush()
            asked.append(line)
    handle.progress(total, total, ASKING)
    answered = [line for line in asked if "fault" not in line]
    if not answered:
        raise TaskFailedError("No photo could be asked.")
    refused = [*map(str, faults), *(one["fault"] for one in asked if "fault" in one)]
    _keep(handle, searcher, answered, refused)


def _keep(
    handle: TaskHandle,
    searcher: Searcher,
    lines: list[dict[str, Any]],
    refused: list[str],
) -> None:
    """Sum up, and keep the report; photos that were answered right go.

    Those stay that are right by a judgement alone: it may be taken back.
    """
    context, task = handle.context, handle.task
    session = context.session
    report = EvaluationReport(
        task=task,
        name=task.parameters["name"],
        user_id=task.user_id,
        generation=searcher.generation,
        settings={
            "folder": str(task.id),
            "model_id": searcher.model_id,
            "leave_out": bool(task.parameters.get("leave_out")),
            "photos_not_asked": len(refused),
            "faults": refused[:FAULTS_KEPT],
            "found": searcher.thresholds.found,
            "uncertain": searcher.thresholds.uncertain,
        },
        answers=[answer_lines.essence(line) for line in lines],
    )
    session.add(report)
    disputed = grading.keep_photos(report)
    grading.grade(session, report)
    files = context.media.evaluations
    right = [
        photo_name(task.id, number)
        for number in {line["number"] for line in lines}.difference(disputed)
    ]
    deletions.note(session, Area.EVALUATIONS, right)
    session.commit()
    (context.folders.evaluations / str(task.id) / LINES).unlink()
    deletions.carry_out(session, Area.EVALUATIONS, files, right)


def discard(session: Session, files: MediaStore, report: EvaluationReport) -> int:
    """Delete a report with its photos; return how many of these are still there."""
    numbers = {case["number"] for case in report.cases if case["photo"]}
    names = [photo_name(report.settings["folder"], number) for number in numbers]
    session.delete(report)
    return deletions.commit_and_delete(session, Area.EVALUATIONS, files, names)
