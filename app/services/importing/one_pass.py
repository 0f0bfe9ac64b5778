"""Import from the shell in one pass: every row is read, judged once and recorded.

There is no dry run and no task: the shell waits for it. It is an import like any other,
is listed with the others and can be taken back; only one that changed nothing is
forgotten, or running the same command every night would fill the list. A killed one is
gone on with by running the command again: works that are as the table says are soon
done, and rows keep what became of them the first time.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models import AuditEntry, ImportRow, ImportRun, RowState
from app.services.importing import runs
from app.services.importing.columns.finding import open_likeliest
from app.services.importing.columns.reading import Reading
from app.services.importing.indexing_step import count_pictures, tell_searches
from app.services.importing.messages import write
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.source import SourceError
from app.services.importing.recording import Recorder, WaitingRow, compare_later
from app.services.importing.records import Record
from app.services.importing.sources import (
    ImportContext,
    Source,
    SourceKind,
    of_table,
    open_path,
)
from app.services.importing.tables.choice import FOUND_OUT, TableChoice
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.reader import Table
from app.services.system.webhooks.events import EventKind

BATCH_ROWS = 32
"""Rows per transaction: a kill loses the work on at most these."""


def open_beside(
    catalogue: Path, pictures: FolderPictures, choice: TableChoice = FOUND_OUT
) -> tuple[Table, Source]:
    """Open a table and a folder of pictures that an operator names.

    Parameters
    ----------
    choice : TableChoice
        How the table is read, where detection guesses wrong.

    Raises
    ------
    SourceError
        If the table cannot be read, or the encoding is unknown.
    """
    try:
        with catalogue.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"The catalogue {catalogue} cannot be read: {reason}."
        ) from error
    try:
        table = open_likeliest(partial(open_path, catalogue), choice)
    except TableError as error:
        raise SourceError(f"The catalogue {catalogue} is no table. {error}") from error
    return table, of_table(table, pictures)


def check_pictured(catalogue: Path, reading: Reading) -> None:
    """Raise ``SourceError`` unless a table names works and says how they look."""
    if reading.accession_from and reading.accession_from not in reading.columns:
        raise SourceError(
            f"The catalogue {catalogue} has no column {reading.accession_from}."
        )
    missing = []
    if not reading.has_number:
        missing.append("the accession number")
    if not reading.has_pictures:
        missing.append("the picture")
    if missing:
        raise SourceError(
            f"The catalogue {catalogue} has no column for {' and '.join(missing)}. "
            f"Its first line names: {', '.join(reading.columns)}. Where none holds "
            "the number, name one to make it from: --number-from."
        )


def begin(session: Session, catalogue: Path, reading: Reading) -> ImportRun:
    """Begin an import, or go on with one of the same file that did not end.

    Raises
    ------
    UnusableMappingError
        If no work can be recorded by the reading.
    """
    runs.check_reading(reading)
    location = str(catalogue.resolve())
    mine = select(ImportRun).filter_by(source=SourceKind.SHELL.value, location=location)
    run = session.scalars(mine.order_by(ImportRun.id.desc()).limit(1)).first()
    if run is None or not runs.is_unfinished_pass(run):
        run = runs.begin(session, SourceKind.SHELL, location, catalogue.name, None)
    run.mapping, run.is_dry = reading.to_json(), False
    session.commit()
    return run


def record_source(
    session: Session, run: ImportRun, source: Source, import_context: ImportContext
) -> Iterator[ImportRow]:
    """Record every row of a run; only for who holds the indexing lock.

    Yields
    ------
    row : ImportRow
        In the order of the file, once it is committed.

    Raises
    ------
    OSError
        If the media folder cannot be written (a full disk); committed rows stay.
    """
    recorder = Recorder(session, run, source, import_context)
    records = source.records(recorder.reading)
    while batch := list(islice(records, BATCH_ROWS)):
        rows = _rows_of(session, run, batch)
        waiting = []
        for record, row in zip(batch, rows, strict=True):
            refusal = recorder.repeats.refuse(record)
            row.accession, row.values = record.accession[:255], record.to_json()
            if refusal is None:
                waiting.append(row)
            else:
                row.state, row.message = refusal.state, write(refusal.remarks)
        session.flush()
        recorder.record([WaitingRow.of(row) for row in waiting])
        session.commit()
        # All at once: else each is read anew when it is looked at.
        yield from _rows_of(session, run, batch)


def end(session: Session, run: ImportRun) -> None:
    """Let searches know what a run changed, and keep the run if it changed anything.

    Once the index is built: what it holds need not be learnt by every process.
    """
    changed = select(exists().where(AuditEntry.run_id == run.id))
    if not session.scalars(changed).one():
        runs.forget(session, run)
        return
    # Of an earlier start that was killed, with another table.
    runs.remove_rows(session, run, ImportRow.state == RowState.PENDING)
    if count_pictures(session, run):
        tell_searches(session, run)
        compare_later(session, run)
    runs.tell_others(session, run, EventKind.IMPORT_RECORDED)
    runs.keep_counts(session, run)


def _rows_of(
    session: Session, run: ImportRun, records: Sequence[Record]
) -> list[ImportRow]:
    """Return the rows of records: those of an earlier start, or new ones."""
    meant = select(ImportRow).where(
        ImportRow.run_id == run.id,
        ImportRow.number.in_([record.number for record in records]),
    )
    there = {row.number: row for row in session.scalars(meant)}
    rows = [
        there.get(record.number)
        or ImportRow(run=run, number=record.number, state=RowState.PENDING)
        for record in records
    ]
    session.add_all(rows)
    return rows
