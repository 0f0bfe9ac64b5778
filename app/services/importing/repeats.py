"""Repeated rows of one file about the same work: further views or faults."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ImportRow, ImportRun, RowState
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import RowDecision
from app.services.importing.messages import Remark
from app.services.importing.records import Record

REFUSED = (RowState.FAILED, RowState.SKIPPED)

FirstRow = Callable[[int], Record]
"""Returns an earlier record of the file by its number."""


@dataclass(slots=True)
class _Seen:
    """First row about a work; little is kept, there may be many."""

    number: int
    images: set[int]
    """Hashes of the names of its pictures, and of those of its further views."""
    refusal: RowDecision | None = None
    """What became of it, if it is not going to be recorded."""


class Repeats:
    """Filter that tells further views of works from repeated and contradictory rows."""

    def __init__(self, reading: Reading, first_row: FirstRow) -> None:
        self._first_row = first_row
        self._about_pictures = reading.about_pictures
        self._seen: dict[str, _Seen] = {}

    def refuse(self, record: Record) -> RowDecision | None:
        """Judge a row that cannot be used, for itself or by earlier rows; None: it can.

        Makes a record a further view of its work where it is one.
        """
        if record.fault is not None:
            return RowDecision(RowState.FAILED, [record.fault])
        images = set(map(hash, record.images))
        first = self._seen.get(record.accession)
        if first is None:
            self._seen[record.accession] = _Seen(record.number, images)
            return None
        other = self._contradicted(record, first.number)
        if other:
            told: dict[str, str | int] = {"line": first.number, "field": other}
            return RowDecision(RowState.FAILED, [Remark("contradicts", told)])
        if first.refusal:
            return first.refusal
        if images <= first.images:
            repeats = Remark("repeats", {"line": first.number})
            return RowDecision(RowState.SKIPPED, [repeats])
        first.images |= images
        record.is_further = True
        record.label, record.details, record.withdrawn = {}, {}, ""
        return None

    def note(self, record: Record, decision: RowDecision) -> None:
        """Keep in mind what became of a row: nor are further views recorded then."""
        first = self._seen.get(record.accession)
        if first and first.number == record.number and decision.state in REFUSED:
            first.refusal = decision

    def _contradicted(self, record: Record, number: int) -> str:
        """Return what an earlier row says otherwise; "" if a record agrees with it."""
        first = self._first_row(number)
        before = {**first.details, **first.label}
        said = {**record.details, **record.label}.items()
        others = (name for name, value in said if value and before.get(name) != value)
        return next((one for one in others if one not in self._about_pictures), "")


def row_of_run(session: Session, run: ImportRun, number: int) -> Record:
    """Return an earlier record from the rows of a run."""
    meant = select(ImportRow).filter_by(run_id=run.id, number=number)
    row = session.scalars(meant).one()
    return Record.from_json(number, row.accession, row.values)
