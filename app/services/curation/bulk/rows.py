"""Rows of works, changed many at once: label, search keys, words, revision.

A flush does this for each work that a curator edits. For tens of thousands it takes
too long, since it looks at every attribute of every work, and writes them one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, now
from app.models.collection import other_titles, set_keys
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
    """What some works said, to find out what is to be written of them."""

    def __init__(self, works: Sequence[Artwork]) -> None:
        self._works = works
        # Plain values: SQLAlchemy's history of each attribute takes ten times as long.
        self._before = [dict(vars(work)) for work in works]

    def write(self, session: Session, *, announced: Sequence[Artwork] = ()) -> None:
        """Write what was set in the works since; the caller commits.

        Parameters
        ----------
        announced : sequence of Artwork
            Those of which it changes whether they can be found.
        """
        if not self._works:
            return
        if announced:
            announce(session, announced)
        for work in self._works:
            set_keys(None, None, work)
        pairs = [(vars(work), old) for work, old in self._pairs()]
        columns = [
            name
            for name in WRITTEN
            if any(new[name] != old[name] for new, old in pairs)
        ]
        rows: list[dict[str, Any]] = [
            {"row": new["id"], **{f"new_{name}": new[name] for name in columns}}
            for new, _old in pairs
        ]
        table = Artwork.__table__
        values: dict[str, Any] = {
            name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns
        }
        statement = (
            update(table)  # type: ignore[arg-type]  # a Table, as declared
            .where(table.c.id == bindparam("row"))
            .values(**values, updated_at=now())
        )
        session.connection().execute(statement, rows)
        renamed = [work for work, old in self._pairs() if _is_renamed(work, old)]
        write_words_of(session, renamed, [name for name in NAMED if name in columns])

    def _pairs(self) -> Iterator[tuple[Artwork, dict[str, Any]]]:
        return zip(self._works, self._before, strict=True)


def _is_renamed(work: Artwork, old: Mapping[str, Any]) -> bool:
    """Tell whether a work is found by other words or numbers than before."""
    if any(vars(work)[name] != old[name] for name in ("title", "artist")):
        return True
    if work.is_withdrawn is not (old["withdrawn_at"] is not None):
        return True
    if work.details == old["details"]:
        return False
    before = Artwork(title=old["title"], details=old["details"])
    return other_titles(work) != other_titles(before) or numbers_of(
        work.accession, work.details
    ) != numbers_of(work.accession, old["details"])
