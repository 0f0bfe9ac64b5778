"""Repeated rows of one file about the same work: further views or faults."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ImportRow, ImportRun, RowState
from app.services.importing.columns.formats import IMAGE
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import RowDecision
from app.services.importing.messages import Remark, read, write
from app.services.importing.records import Record

REFUSED = (RowState.FAILED, RowState.SKIPPED)

FirstRow = Callable[[int], Record]
"""Returns an earlier record of the file by its number."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """First row about a work.

    Attributes
    ----------
    shown : set of str
        Names of its pictures and media, and of those of its further rows.
    refusal : RowDecision or None
        What became of it, if it is not going to be recorded.
    """

    number: int
    shown: set[str]
    refusal: RowDecision | None


class _SeenRows:
    """First rows about works, by accession number; on the disk, there may be many."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute(
            "CREATE TABLE seen (accession TEXT PRIMARY KEY, number INTEGER, "
            "shown TEXT, refusal TEXT) WITHOUT ROWID"
        )

    def find(self, accession: str) -> _Seen | None:
        """Return the first row about a work; None if there was none yet."""
        meant = "SELECT number, shown, refusal FROM seen WHERE accession = ?"
        found = self._rows.execute(meant, (accession,)).fetchone()
        if found is None:
            return None
        number, shown, refusal = found
        decision = None
        if refusal:
            state, message = refusal.split(" ", 1)
            decision = RowDecision(RowState(state), read(message))
        return _Seen(number, set(json.loads(shown)), decision)

    def keep(self, accession: str, seen: _Seen) -> None:
        """Keep in mind what is known of a work's first row."""
        refusal = ""
        if seen.refusal is not None:
            refusal = f"{seen.refusal.state.value} {write(seen.refusal.remarks)}"
        row = (accession, seen.number, json.dumps(sorted(seen.shown)), refusal)
        self._rows.execute("REPLACE INTO seen VALUES (?, ?, ?, ?)", row)


class Repeats:
    """Filter that tells further views of works from repeated and contradictory rows."""

    def __init__(self, reading: Reading, first_row: FirstRow) -> None:
        self._first_row = first_row
        self._picture_details = {
            name
            for column, name in reading.details.items()
            if reading.columns[column] == IMAGE
        }
        self._seen = _SeenRows()

    def refuse(self, record: Record) -> RowDecision | None:
        """Judge a row that cannot be used, for itself or by earlier rows; None: it can.

        Makes a record a further view of its work where it is one.
        """
        if record.fault is not None:
            return RowDecision(RowState.FAILED, [record.fault])
        shown = _shown_by(record)
        first = self._seen.find(record.accession)
        if first is None:
            self._seen.keep(record.accession, _Seen(record.number, shown, None))
            return None
        other = self._contradicted(record, first.number)
        if other:
            told: dict[str, str | int] = {"line": first.number, "field": other}
            return RowDecision(RowState.FAILED, [Remark("contradicts", told)])
        if first.refusal:
            return first.refusal
        if shown <= first.shown:
            repeats = Remark("repeats", {"line": first.number})
            return RowDecision(RowState.SKIPPED, [repeats])
        both = replace(first, shown=first.shown | shown)
        self._seen.keep(record.accession, both)
        record.is_further = True
        record.label, record.details, record.withdrawn = {}, {}, ""
        return None

    def note(self, record: Record, decision: RowDecision) -> None:
        """Keep in mind what became of a row: nor are further views recorded then."""
        if decision.state not in REFUSED:
            return
        first = self._seen.find(record.accession)
        if first and first.number == record.number:
            self._seen.keep(record.accession, replace(first, refusal=decision))

    def _contradicted(self, record: Record, number: int) -> str:
        """Return what an earlier row says otherwise; "" if a record agrees with it."""
        first = self._first_row(number)
        before = {**first.details, **first.label}
        said = {**record.details, **record.label}.items()
        others = (name for name, value in said if value and before.get(name) != value)
        return next((one for one in others if one not in self._picture_details), "")


def _shown_by(record: Record) -> set[str]:
    """Return what tells a further row of a work from a repeated one."""
    return {
        *record.images,
        *(f"{one.kind} {one.language} {one.name}" for one in record.media),
    }


def row_of_run(session: Session, run: ImportRun, number: int) -> Record:
    """Return an earlier record from the rows of a run."""
    meant = select(ImportRow).filter_by(run_id=run.id, number=number)
    row = session.scalars(meant).one()
    return Record.from_json(number, row.accession, row.values)
