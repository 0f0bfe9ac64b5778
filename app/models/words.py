"""Words and numbers that works are found by, kept up to date by every flush.

Words are numbered and never removed, so that a server process can keep them in memory
and fetch but those that it does not know. Two transactions may write down the same new
word: both rows are good. Were it unique, they could wait for each other.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from app.models.base import Base, parent_key, sorted_text
from app.models.collection import AnyWork, Artwork, MergedNumber, other_titles
from app.models.keys import LONGEST_NUMBER, LONGEST_WORD, number_key, words_of
from app.models.row_sets import number_set, row_set

GUIDE_COLUMN = re.compile(r"guid|guia|\bstop\b|audio|tour\b|fuhrung|rundgang|parcours")
"""In the plain name of a museum's own column: it holds numbers of a gallery guide."""
LONGEST_GUIDE_NUMBER = 12
"""Characters: what is longer is no number but a text."""
BATCH = 1_000
"""Works or words per statement: what is sent is held in memory."""
ROWS = 10_000
"""Words of works per statement, likewise."""


class Part(IntEnum):
    """Part of a label that a word is in."""

    TITLE = 1
    ARTIST = 2


NAMED = ("accession", "title", "artist", "details", "withdrawn_at")
"""What of a work tells which words and numbers it is found by."""
NAMED_PARTS = {Part.TITLE: "title", Part.ARTIST: "artist"}


class Word(Base):
    """Word of a label, in small Latin letters."""

    __tablename__ = "word"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sorted_text(String, LONGEST_WORD), index=True)


class ArtworkWord(Base):
    """Occurrence of a word in the title of a work on show, or in its artist's name."""

    __tablename__ = "artwork_word"
    __table_args__ = (
        # In this order, what is wholly the word comes before what only has it.
        PrimaryKeyConstraint("word_id", "part", "length", "artwork_id"),
        {"sqlite_with_rowid": False},
    )

    word_id: Mapped[int] = mapped_column(ForeignKey("word.id"))
    part: Mapped[int]
    """One of ``Part``."""
    length: Mapped[int]
    """Words of that title or name."""
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)


class ArtworkNumber(Base):
    """Number that a work on show is found by, as ``number_key`` writes it."""

    __tablename__ = "artwork_number"
    __table_args__ = (
        PrimaryKeyConstraint("number", "artwork_id"),
        Index("ix_artwork_number_artwork_id", "artwork_id"),
        {"sqlite_with_rowid": False},
    )

    number: Mapped[str] = mapped_column(sorted_text(String, LONGEST_NUMBER))
    artwork_id: Mapped[int] = parent_key("artwork.id")


def numbers_of(accession: str, details: dict[str, Any]) -> set[str]:
    """Return the numbers that a work is found by: the museum's and its guides'."""
    guides = (str(value) for name, value in details.items() if _is_of_guide(name))
    short = (number for number in guides if len(number) <= LONGEST_GUIDE_NUMBER)
    return {number_key(number) for number in (accession, *short)} - {""}


@lru_cache(maxsize=1024)
def _is_of_guide(column: str) -> bool:
    """Tell whether a museum's own column is one of a gallery guide's numbers."""
    return GUIDE_COLUMN.search(" ".join(words_of(column))) is not None


@event.listens_for(Session, "after_flush")
def write_words(session: Session, _context: UOWTransaction) -> None:
    """Write down the words and numbers of works that are new or were changed."""
    works = [work for work in session.new if isinstance(work, Artwork)]
    works += [
        work
        for work in session.dirty
        if isinstance(work, Artwork) and _says_something_else(work)
    ]
    write_words_of(session, works)


def write_words_of(
    session: Session, works: Sequence[AnyWork], changed: Collection[str] = NAMED
) -> None:
    """Write down the words and numbers of works, as they are in memory.

    Flushes do so by themselves; who writes the table ``artwork`` without them, or
    merges a work into another, does it.

    Parameters
    ----------
    changed : collection of str
        Which of ``NAMED`` may have changed: what the others say is there already.
    """
    for start in range(0, len(works), BATCH):
        _write(session, works[start : start + BATCH], changed)


def _says_something_else(work: Artwork) -> bool:
    said = inspect(work).attrs
    return any(said[name].history.has_changes() for name in NAMED)


def _write(
    session: Session, works: Sequence[AnyWork], changed: Collection[str]
) -> None:
    # What was changed before this flush is in the database; nothing is to be flushed.
    ask = session.connection().execute
    is_all = not {"accession", "details", "withdrawn_at"}.isdisjoint(changed)
    parts = [part for part in Part if is_all or NAMED_PARTS[part] in changed]
    new = set(session.new)
    ids = [work.id for work in works if work not in new]
    if ids:
        kept = select(number_set(session, ids).c.id)
        of_works = ArtworkWord.artwork_id.in_(kept)
        ask(delete(ArtworkWord).where(of_works, ArtworkWord.part.in_(parts)))
    if ids and is_all:
        ask(delete(ArtworkNumber).where(ArtworkNumber.artwork_id.in_(kept)))
    shown = [work for work in works if work.withdrawn_at is None]
    said = [
        (part, words, work.id)
        for work in shown
        for part, text in (
            *((Part.TITLE, title) for title in (work.title, *other_titles(work))),
            (Part.ARTIST, work.artist),
        )
        if part in parts
        if (words := words_of(text or ""))
    ]
    numbers = _numbered(session, {word for _, words, _ in said for word in words})
    # Two titles of one length may have a word in common.
    occurrences = {
        (numbers[word], part, len(words), work_id)
        for part, words, work_id in said
        for word in words
    }
    names = ("word_id", "part", "length", "artwork_id")
    _insert(session, ArtworkWord, names, sorted(occurrences))
    if is_all:
        _write_numbers(session, shown)


def _write_numbers(session: Session, shown: Sequence[AnyWork]) -> None:
    ask = session.connection().execute
    found_by = {
        work.id: numbers_of(work.accession, work.details or {}) for work in shown
    }
    into = MergedNumber.artwork_id.in_(select(number_set(session, [*found_by]).c.id))
    merged = select(MergedNumber.accession, MergedNumber.artwork_id).where(into)
    for accession, work_id in ask(merged):
        found_by[work_id] |= {number_key(accession)} - {""}
    rows = sorted(
        (number, work_id) for work_id, numbers in found_by.items() for number in numbers
    )
    _insert(session, ArtworkNumber, ("number", "artwork_id"), rows)


def _numbered(session: Session, words: set[str]) -> dict[str, int]:
    """Return the rows of words, writing down those that are new."""
    known = dict(_rows_of(session, words))
    new = sorted(words - known.keys())
    if new:
        _insert(session, Word, ("text",), [(word,) for word in new])
        known |= dict(_rows_of(session, new))
    return known


def _rows_of(session: Session, words: Iterable[str]) -> Iterator[tuple[str, int]]:
    ordered = [(word,) for word in sorted(words)]
    for start in range(0, len(ordered), BATCH):
        sent = row_set(
            session, {"text": Word.text.type}, ordered[start : start + BATCH]
        )
        asked = select(Word.text, Word.id).join(sent, sent.c.text == Word.text)
        rows = session.connection().execute(asked)
        yield from ((text, number) for text, number in rows)


def _insert(
    session: Session,
    model: type[Base],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    types = {name: getattr(model, name).type for name in names}
    for start in range(0, len(rows), ROWS):
        sent = row_set(session, types, rows[start : start + ROWS])
        chosen = select(*(sent.c[name] for name in names))
        session.connection().execute(insert(model).from_select(names, chosen))
