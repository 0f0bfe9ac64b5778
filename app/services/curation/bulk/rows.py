"""Rows of works, changed many at once: label, search keys, words, revision.

A flush does this for each work that a curator edits. For tens of thousands it takes
too long, since it looks at every attribute of every work, and writes them one by one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Integer, literal, select, update
from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage, now
from app.models.collection import WorkRow, other_titles, set_keys
from app.models.row_sets import number_set, row_set
from app.models.words import NAMED, numbers_of, write_words_of
from app.services.collection.labels import LABEL_COLUMNS
from app.services.index.changes import announce

WRITTEN = (
    *LABEL_COLUMNS,
    *("details", "search_text", "artist_key", "title_key"),
    *("earliest_year", "latest_year", "stated_subjects", "shows"),
    *("withdrawn_at", "revision"),
)
"""Columns that an edit may change, beside the moment of it."""
READ = tuple(field.name for field in fields(WorkRow) if field.name != "images")
"""Columns of a row."""
_written = attrgetter(*WRITTEN)


def read_works(
    session: Session,
    ids: Sequence[int],
    *,
    is_locked: bool = False,
    with_images: bool = False,
) -> list[WorkRow]:
    """Read works, ascending; what is gone is left out.

    Parameters
    ----------
    ids : sequence of int
        Numbers, of some thousand works at most.
    is_locked : bool
        Whether nobody else changes them before the transaction ends.
    with_images : bool
        Whether what is seen in their pictures is needed.
    """
    columns = Artwork.__table__.c
    meant = columns.id.in_(select(number_set(session, ids).c.id))
    asked = select(*(columns[name] for name in READ)).where(meant).order_by(columns.id)
    if is_locked:
        asked = asked.with_for_update()
    works = [WorkRow(*row) for row in session.connection().execute(asked)]
    if with_images:
        images = defaultdict(list)
        pictured = ReferenceImage.artwork_id.in_(select(number_set(session, ids).c.id))
        for image in session.scalars(select(ReferenceImage).where(pictured)):
            images[image.artwork_id].append(image)
        for work in works:
            work.images = images[work.id]
    return works


class Snapshot:
    """What some works said, to find out what is to be written of them."""

    def __init__(self, works: Sequence[WorkRow]) -> None:
        self._works = works
        self._before = [_written(work) for work in works]

    def write(self, session: Session, *, announced: Sequence[WorkRow] = ()) -> None:
        """Write what was set in the works since; the caller commits.

        Parameters
        ----------
        announced : sequence of WorkRow
            Those of which it changes whether they can be found; all at one moment.
        """
        if not self._works:
            return
        if announced:
            announce(session, announced)
        before = list(zip(*self._before, strict=True))
        changed = [
            name
            for name, old, new in zip(WRITTEN, before, self._columns(), strict=True)
            if old != new
        ]
        for work in self._works:
            set_keys(work, changed)
        after = self._columns()
        changed = [
            name
            for name, old, new in zip(WRITTEN, before, after, strict=True)
            if old != new
        ]
        self._update(session, {n: after[WRITTEN.index(n)] for n in changed})
        write_words_of(session, self._renamed(changed), changed)

    def _columns(self) -> list[tuple[Any, ...]]:
        return list(zip(*map(_written, self._works), strict=True))

    def _renamed(self, changed: Sequence[str]) -> list[WorkRow]:
        """Return the works that are found by other words or numbers than before."""
        if set(changed).isdisjoint(NAMED):
            return []
        was = [dict(zip(WRITTEN, row, strict=True)) for row in self._before]
        pairs = zip(self._works, was, strict=True)
        return [work for work, old in pairs if _is_renamed(work, old)]

    def _update(self, session: Session, after: dict[str, tuple[Any, ...]]) -> None:
        """Write columns; one that says the same in all works is sent once."""
        columns = Artwork.__table__.c
        values: dict[str, Any] = {"updated_at": now()}
        own = {}
        for name, column in after.items():
            if column.count(column[0]) == len(column):
                values[name] = literal(column[0], columns[name].type)
            else:
                own[name] = column
        types = {"id": Integer(), **{f"new_{n}": columns[n].type for n in own}}
        rows = list(zip((work.id for work in self._works), *own.values(), strict=True))
        sent = row_set(session, types, rows)
        values |= {name: sent.c[f"new_{name}"] for name in own}
        statement = update(Artwork).where(Artwork.id == sent.c.id).values(values)
        session.execute(statement, execution_options={"synchronize_session": False})


def _is_renamed(work: WorkRow, old: dict[str, Any]) -> bool:
    """Tell whether a work is found by other words or numbers than before."""
    if any(getattr(work, name) != old[name] for name in ("title", "artist")):
        return True
    if work.is_withdrawn is not (old["withdrawn_at"] is not None):
        return True
    if work.details == old["details"]:
        return False
    before = Artwork(title=old["title"], details=old["details"])
    return other_titles(work) != other_titles(before) or numbers_of(
        work.accession, work.details
    ) != numbers_of(work.accession, old["details"])
