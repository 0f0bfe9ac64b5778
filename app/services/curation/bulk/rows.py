"""Rows of works, changed many at once: label, search keys, words, revision.

A flush does this for each work that a curator edits. For tens of thousands it takes
too long, since it looks at every attribute of every work, and writes them one by one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, now
from app.models.collection import other_titles, set_keys
from app.models.words import numbers_of, write_words_of
from app.services.collection.labels import LABEL_COLUMNS
from app.services.index.changes import announce

WRITTEN = (
    *LABEL_COLUMNS,
    *("details", "search_text", "artist_key", "title_key"),
    *("earliest_year", "latest_year", "stated_subjects", "shows"),
    *("withdrawn_at", "revision"),
)
"""Columns that an edit may change, beside the moment of it."""


def lock_works(
    session: Session, ids: Sequence[int], *, with_images: bool = False
) -> list[Artwork]:
    """Read works that nobody else changes before the transaction ends.

    They are out of the session's sight: what is set in them is written by
    :class:`Snapshot` only.

    Parameters
    ----------
    ids : sequence of int
        Numbers; what is gone is left out.
    with_images : bool
        Whether what is seen in their pictures is needed.
    """
    asked = select(Artwork).where(Artwork.id.in_(ids)).order_by(Artwork.id)
    if with_images:
        asked = asked.options(selectinload(Artwork.images))
    asked = asked.with_for_update(of=Artwork)
    fresh = asked.execution_options(populate_existing=True)
    works = list(session.scalars(fresh))
    for work in works:
        session.expunge(work)
    return works


class Snapshot:
    """What of some works is as it was, to find out what is to be written."""

    def __init__(self, works: Sequence[Artwork]) -> None:
        self._works = works
        # Values, not SQLAlchemy's history of each attribute, which takes ten times
        # as long to look at.
        self._before = [
            {name: getattr(work, name) for name in WRITTEN} for work in works
        ]
        self._names = [_named(work) for work in works]

    def write(self, session: Session, *, announced: Sequence[Artwork] = ()) -> None:
        """Write what was set in the works since; the caller commits.

        Parameters
        ----------
        announced : sequence of Artwork
            Those of which it changes whether they can be found.
        """
        if announced:
            announce(session, announced)
        for work in self._works:
            set_keys(None, None, work)
        columns = [
            name
            for name in WRITTEN
            if any(
                getattr(work, name) != before[name]
                for work, before in zip(self._works, self._before, strict=True)
            )
        ]
        moment = now()
        rows: list[dict[str, Any]] = [
            {"row": work.id, **{f"new_{name}": getattr(work, name) for name in columns}}
            for work in self._works
        ]
        table = Artwork.__table__
        values: dict[str, Any] = {
            name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns
        }
        statement = (
            update(table)  # type: ignore[arg-type]  # a Table, as declared
            .where(table.c.id == bindparam("row"))
            .values(**values, updated_at=moment)
        )
        if rows:
            session.connection().execute(statement, rows)
        renamed = [work for work in self._works if _named(work) != self._names[work.id]]
        write_words_of(session, renamed)


def _named(work: Artwork) -> tuple[object, ...]:
    """Return what a work is found by without a photo."""
    details = work.details or {}
    return (
        *(work.title, work.artist, work.is_withdrawn),
        *(other_titles(work), numbers_of(work.accession, details)),
    )
