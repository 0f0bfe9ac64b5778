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
    meant = Artwork.id.in_(select(number_set(session, ids).c.id))
    asked = select(*(getattr(Artwork, name) for name in READ)).where(meant)
    asked = asked.order_by(Artwork.id)
    if is_locked:
        asked = asked.with_for_update(of=Artwork)
    works = [WorkRow(*row) for row in session.execute(asked)]
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
        for work in self._works:
            set_keys(work)
        after = [_written(work) for work in self._works]
        changed = {
            name: at
            for at, name in enumerate(WRITTEN)
            if any(
                new[at] != old[at] for new, old in zip(after, self._before, strict=True)
            )
        }
        self._update(session, after, changed)
        renamed = [
            work
            for work, old in zip(self._works, self._before, strict=True)
            if _is_renamed(work, dict(zip(WRITTEN, old, strict=True)))
        ]
        write_words_of(session, renamed, [name for name in NAMED if name in changed])

    def _update(
        self, session: Session, after: Sequence[Any], changed: dict[str, int]
    ) -> None:
        """Write columns, those that are the same in all works once for all."""
        columns = Artwork.__table__.c
        values: dict[str, Any] = {"updated_at": now()}
        own = {}
        for name, at in changed.items():
            if all(row[at] == after[0][at] for row in after):
                values[name] = literal(after[0][at], columns[name].type)
            else:
                own[name] = at
        types = {"id": Integer(), **{f"new_{n}": columns[n].type for n in own}}
        rows = [
            (work.id, *(row[at] for at in own.values()))
            for work, row in zip(self._works, after, strict=True)
        ]
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
