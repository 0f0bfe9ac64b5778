"""Dry run: every row is read and judged, and nothing of the collection changes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import Artwork, ImportRow, ImportRun
from app.services.importing import runs
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.judging import RecordJudge, hashes_of, same_picture
from app.services.importing.messages import RECORDINGS_COME, TO_FETCH, Remark, write
from app.services.importing.records import Record
from app.services.importing.sources import ImportContext, opened
from app.services.importing.standards.harvest import Harvest
from app.services.importing.sync.items import SourceItems
from app.services.system.tasks import TaskHandle

BATCH_ROWS, FETCHED_ROWS = 500, 20
"""Rows per transaction; of those that are fetched one by one less, to be stopped."""
READING = "reading"
"""Step, as the pages know it."""


def look_through(
    handle: TaskHandle, run: ImportRun, import_context: ImportContext
) -> None:
    """Judge every row of a run, from the beginning.

    Raises
    ------
    SourceError
        If what is imported from cannot be used.
    TaskStoppedError
        Between two batches; going on begins anew, which is soon done.
    """
    session = handle.context.session
    runs.remove_rows(session, run)
    run.counts = {}
    handle.progress(0, 0, READING)
    with opened(run, import_context) as source:
        total = sum(1 for _ in source.table.rows()) if source.table else 0
        judge = RecordJudge(session, run, source, import_context)
        pictured: dict[str, str] = {}
        records = source.records(judge.reading)
        done = number = 0
        count = FETCHED_ROWS if source.harvest else BATCH_ROWS
        while batch := list(islice(records, count)):
            number = batch[-1].number
            if judge.items is not None:
                batch = judge.items.listed(batch)
            _write(session, _plan(judge, batch, pictured))
            done += len(batch)
            handle.progress(done, max(total, done), READING)
        if source.harvest is not None and judge.items is not None:
            for gone in left_by_source(judge.items, source.harvest, number + 1):
                _write(session, _plan(judge, gone, pictured))
                handle.progress(done, max(total, done), READING)
            run.mark = source.harvest.mark
    runs.keep_counts(session, run)


def left_by_source(
    items: SourceItems, harvest: Harvest, number: int
) -> Iterator[Sequence[Record]]:
    """Yield, in batches, the works that a source has no more, as far as it said so.

    Parameters
    ----------
    number : int
        Of the first row.
    """
    renumbered = items.renumbered(number)
    yield renumbered
    if harvest.is_whole:
        yield from items.gone(number + len(renumbered))


def _write(session: Session, rows: Iterator[dict[str, Any]]) -> None:
    if written := list(rows):
        session.execute(insert(ImportRow), written)


def _plan(
    judge: RecordJudge, records: Sequence[Record], pictured: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch, by the columns of ``ImportRow``.

    Parameters
    ----------
    judge : RecordJudge
    records : sequence of Record
    pictured : dict of str to str
        First work of the file that has a picture, by the picture's hash; added to.
    """
    for record in records:
        judge.sent.complete(record)
    # Before: looking at pictures ends the transaction.
    names = [name for one in records if one.fault is None for name in judge.wanted(one)]
    found = judge.fetcher.look(names)
    judge.batch = {record.number: record for record in records}
    artworks = judge.works(records)
    owners = judge.owners(found)
    for record in records:
        artwork = artworks.get(record.accession)
        decision = None if record.is_gone else judge.repeats.refuse(record)
        if decision is None:
            recordings = judge.wanted_recordings(record, artwork)
            faults = judge.recordings.look(recordings)
            decision = judge.decide(record, artwork, found, faults)
            named: list[str] = []
            for sha256 in hashes_of(record, found):
                first = pictured.setdefault(sha256, record.accession)
                named += [first, *owners.get(sha256, ())]
            decision.remarks += _to_fetch(judge, record, artwork)
            if decision.media is not None and decision.media.recordings:
                facts = {"count": len(decision.media.recordings)}
                decision.remarks.append(Remark(RECORDINGS_COME, facts))
            decision.remarks += same_picture(record.accession, named)
        judge.repeats.note(record, decision)
        if judge.items is not None and judge.items.settles(record, artwork):
            continue
        yield {
            "run_id": judge.run.id,
            "number": record.number,
            "accession": record.accession[:255],
            "values": record.to_json(),
            "state": decision.state,
            "message": write(decision.remarks),
            "artwork_id": artwork.id if artwork else None,
        }


def _to_fetch(
    judge: RecordJudge, record: Record, artwork: Artwork | None
) -> list[Remark]:
    """Say which pictures are still to be fetched from the web, if there are any."""
    far = [name for name in judge.wanted(record) if is_address(name)]
    if not far or not judge.must_fetch(record, artwork):
        return []
    if judge.fetcher.may_fetch:
        return [Remark(TO_FETCH, {"count": len(far)})]
    return [Remark("links_off", {"name": far[0]})]
