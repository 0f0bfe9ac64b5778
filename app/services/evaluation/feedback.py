"""Feedback on answers: kept with them, and exported as labelled photos.

An answer called right says what its photo shows, and so does one called wrong where the
visitor found the right work. Of others called wrong nobody knows: they count in the
statistics, but nobody can be asked again by their photos.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, Feedback, Query, now
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation.labelled_photos import COLUMNS, JOINT, NO_WORK
from app.services.media.store import MediaStore

LIST_NAME, PHOTOS_NAME = "photos.csv", "photos"


class UnclearFeedbackError(Exception):
    """Feedback that names no proposal, or not which of several it is."""


def meant_work(
    query: Query, *, is_right: bool, accession: str | None
) -> Artwork | None:
    """Return which of the proposed works somebody means who judges an answer.

    Parameters
    ----------
    accession : str, optional
        Of the work, as far as it was named. With a no, and where nothing was found,
        there is none to be named, and it is passed over.

    Raises
    ------
    UnclearFeedbackError
        If it is none of the proposals, or if it is needed and missing.
    """
    if not is_right or query.verdict is Verdict.NOT_FOUND:
        return None
    proposals = {match.artwork.accession: match.artwork for match in query.proposals}
    if accession is not None:
        if accession not in proposals:
            raise UnclearFeedbackError
        return proposals[accession]
    if query.verdict is Verdict.UNCERTAIN:
        raise UnclearFeedbackError
    return next(iter(proposals.values())) if len(proposals) == 1 else None


def give(
    query: Query,
    *,
    is_right: bool,
    artwork: Artwork | None = None,
    found_by: str | None = None,
) -> Feedback:
    """Keep what the owner of an answer says of it, instead of what was said before.

    Parameters
    ----------
    is_right : bool
        Whether it is the work, or one of the works, that was named; or, where nothing
        was found, whether the work really does not belong to the collection.
    artwork : Artwork, optional
        Which of the proposed works it is, or which other one.
    found_by : str, optional
        How the visitor found a work that was not proposed.
    """
    given = query.feedback
    if given is None:
        given = query.feedback = Feedback()
    given.is_right = is_right
    given.artwork = artwork
    given.found_by = found_by
    given.created_at = now()
    db.session.commit()
    return given


def name_work(query: Query, artwork: Artwork, found_by: str) -> Feedback:
    """Keep which work it is of which somebody asked, who found it without the answer.

    If the answer proposed it, it is confirmed; otherwise it was wrong.
    """
    if artwork in [match.artwork for match in query.proposals]:
        return give(query, is_right=True, artwork=artwork)
    return give(query, is_right=False, artwork=artwork, found_by=found_by)


def references_of(feedback: Feedback) -> str | None:
    """Say what the photo shows, in the words of a list of labelled photos.

    None where that is not known: the answer was wrong, and nobody said which work it
    is, or that work is gone.
    """
    query = feedback.query
    if not feedback.is_right:
        return feedback.artwork.accession if feedback.artwork is not None else None
    if query.verdict is Verdict.NOT_FOUND:
        return NO_WORK
    if feedback.artwork is not None:
        return feedback.artwork.accession
    if query.verdict is Verdict.UNCERTAIN:
        return None
    return JOINT.join(match.artwork.accession for match in query.proposals) or None


@dataclass(frozen=True, slots=True)
class Export:
    """Summary of an export.

    Attributes
    ----------
    path : Path
        The list.
    photos, without_photo, without_label : int
        How many photos are in it; how many answers are left out because their photo is
        not kept any more, and how many because nobody said what they show.
    """

    path: Path
    photos: int
    without_photo: int
    without_label: int


def export(session: Session, photos: MediaStore, folder: Path) -> Export:
    """Write what visitors said as a list that ``evaluate.py --queries`` reads.

    Parameters
    ----------
    photos : MediaStore
        With the visitors' photos.
    folder : Path
        Gets ``photos.csv`` and copies of the photos. What an earlier export left there
        is replaced, so that no photo stays that was deleted since.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    copies = folder / PHOTOS_NAME
    copies.mkdir(parents=True, exist_ok=True)
    for old in copies.glob("*.jpg"):
        old.unlink()
    without_photo = without_label = 0
    rows = []
    given = select(Feedback).join(Feedback.query)
    for feedback in session.scalars(given.order_by(Query.created_at, Query.id)):
        query, references = feedback.query, references_of(feedback)
        if references is None:
            without_label += 1
            continue
        name = query.photo_name
        data = None if name is None else _content(photos, name)
        if data is None:
            without_photo += 1
        else:
            (copies / str(name)).write_bytes(data)
            kind = f"answered {query.verdict.value}"
            rows.append((f"{PHOTOS_NAME}/{name}", references, kind))
    path = folder / LIST_NAME
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return Export(path, len(rows), without_photo, without_label)


def _content(photos: MediaStore, name: str) -> bytes | None:
    try:
        return photos.read(name)
    except FileNotFoundError:
        return None
