"""Subjects of works: what their pictures show, as stated by curators or else as seen.

The semantic network looks at every reference image; what it sees is kept with the
image (``ReferenceImage.seen_subjects``), and is a suggestion. What a curator states of
a work (``Artwork.stated_subjects``) counts instead, whatever is seen later, until it is
taken back. What a work shows after both (``Artwork.shows``) is kept beside its label,
so that browsing and counting read one column of one table.

A statement is written ``cat; dog``, `NOTHING` where the work shows nothing of the
vocabulary, and "" where nobody stated anything.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, ReferenceImage
from app.models.collection import AnyWork
from app.retrieval.descriptors.subjects import SUBJECTS

SHOWS = "shows"
"""Name of the fact, of the facet, and of the column in our own export."""
NOTHING = "none"
SEPARATOR = ";"


class UnknownSubjectError(ValueError):
    """Subject that the vocabulary does not have."""


def write_statement(subjects: Collection[str]) -> str:
    """Write that a work shows these subjects and no others.

    Raises
    ------
    UnknownSubjectError
        If the vocabulary does not have one of them.
    """
    for subject in subjects:
        if subject not in SUBJECTS:
            raise UnknownSubjectError(subject)
    ordered = [subject for subject in SUBJECTS if subject in subjects]
    return f"{SEPARATOR} ".join(ordered) or NOTHING


def read_statement(statement: str) -> list[str]:
    """Return the subjects of a statement, however it is spaced; none of a blank one.

    Raises
    ------
    UnknownSubjectError
        If the vocabulary does not have one of them.
    """
    found = [word for word in _words(statement) if word != NOTHING]
    for word in found:
        if word not in SUBJECTS:
            raise UnknownSubjectError(word)
    return found


def normal_statement(statement: str) -> str:
    """Return a statement as we write it. Raises as `read_statement`."""
    subjects = read_statement(statement)
    return write_statement(subjects) if statement.strip() else ""


def subjects_of(artwork: AnyWork) -> list[str]:
    """Return what a work shows, in the order of the vocabulary."""
    return (artwork.shows or "").split()


def subjects_seen(artwork: AnyWork) -> list[str]:
    """Return what is seen in any of a work's pictures, in the vocabulary's order."""
    seen = {one for image in artwork.images for one in _read(image.seen_subjects)}
    return [subject for subject in SUBJECTS if subject in seen]


def settle(artwork: AnyWork) -> None:
    """Let a work show what was stated or else seen; the caller commits."""
    shows = _shown(artwork)
    if artwork.shows != shows:
        artwork.shows = shows


def keep_seen(session: Session, seen: Mapping[int, Iterable[str]]) -> None:
    """Keep what is seen in pictures, by their numbers, with what their works show then.

    The works do not count as edited: a curator who has one open is not disturbed. A
    picture that was taken away meanwhile is passed over. The caller commits.
    """
    if not seen:
        return
    # Written before it is read: nobody states anything between the two.
    session.flush()
    for image_id, subjects in seen.items():
        image = update(ReferenceImage).where(ReferenceImage.id == image_id)
        session.execute(image.values(seen_subjects=write_subjects(subjects)))
    pictured = select(ReferenceImage.artwork_id).where(ReferenceImage.id.in_(seen))
    works = session.scalars(
        select(Artwork)
        .where(Artwork.id.in_(pictured))
        .options(selectinload(Artwork.images))
        .execution_options(populate_existing=True)
    ).all()
    for work in works:
        shows = _shown(work)
        if shows != work.shows:
            mine = update(Artwork).where(Artwork.id == work.id)
            unedited = mine.values(shows=shows, updated_at=Artwork.updated_at)
            session.execute(unedited)


def write_subjects(subjects: Iterable[str]) -> str:
    """Write subjects as ``Artwork.shows`` has them: `` cat dog ``; "" for none."""
    words = " ".join(subjects)
    return f" {words} " if words else ""


def _read(written: str | None) -> list[str]:
    return (written or "").split()


def _shown(artwork: AnyWork) -> str:
    if not artwork.stated_subjects:
        return write_subjects(subjects_seen(artwork))
    stated = _words(artwork.stated_subjects)
    return write_subjects(subject for subject in SUBJECTS if subject in stated)


def _words(statement: str) -> list[str]:
    words = (word.strip().casefold() for word in statement.split(SEPARATOR))
    return [word for word in words if word]
