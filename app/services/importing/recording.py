"""Recording of rows that wait, a few per transaction.

What became of a row is written in the same transaction as the change itself. So a
killed worker repeats nothing and loses nothing: what waits is done, what does not is
not looked at again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    ImportRow,
    ImportRun,
    MediaKind,
    ReferenceImage,
    RowState,
    now,
)
from app.services.collection.labels import fact_of, set_facts
from app.services.curation import survey
from app.services.curation.editing import CREATE, EDIT, IMAGES, RESTORE, WITHDRAW
from app.services.curation.work_images import picture_of, pictures_of
from app.services.importing import runs
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.diff import FoundPicture, RowDecision
from app.services.importing.indexing_step import count_pictures, finish
from app.services.importing.judging import RecordJudge, hashes_of, same_picture
from app.services.importing.media.judging import NOTHING_FOUND, FoundRecording
from app.services.importing.media.said import SaidMedia
from app.services.importing.media.taking import MediaTaker, fetch_recordings
from app.services.importing.messages import TO_FETCH, read, write
from app.services.importing.records import Record, moment
from app.services.importing.sources import ImportContext, opened
from app.services.importing.sync import catalogues
from app.services.index.changes import announce
from app.services.system import audit, tasks
from app.services.system.tasks import TaskHandle
from app.services.system.webhooks.events import EventKind

BATCH_ROWS = 256
"""Rows per transaction: a kill loses the work on at most these."""
BATCH_PICTURES = 32
"""And on at most so many pictures, which take much longer."""
RECORDING_WEIGHT = 8
"""Pictures that a recording counts for."""
WORKS = "works"
"""Step, as the pages know it."""
CHANGED = (RowState.CREATED, RowState.UPDATED)
RECORDED = (*CHANGED, RowState.UNCHANGED)


def record_run(
    handle: TaskHandle, run: ImportRun, import_context: ImportContext
) -> None:
    """Record what a run's dry run found, then let it be searched.

    Raises
    ------
    SourceError
        If what is imported from is not there any more.
    TaskStoppedError
        Between two batches, if somebody wants that.
    TaskFailedError
        If the index cannot be built; the works are recorded.
    OSError
        If the disk is full.
    """
    session = handle.context.session
    if run.is_dry:
        # From here on the rows' states say what was done, not what would be.
        mine = update(ImportRow).where(ImportRow.run_id == run.id)
        # Whether pictures on the web change a work is known when they are there.
        waiting = mine.where(
            ImportRow.state.in_(RECORDED) | ImportRow.message.contains(f'"{TO_FETCH}"')
        )
        # Else the numbers of all rows would come back, to update objects by them.
        waiting = waiting.execution_options(synchronize_session=False)
        session.execute(waiting.values(state=RowState.PENDING, message=""))
        run.is_dry = False
        run.counts = {}
        session.commit()
    counts = runs.count_rows(session, run)
    left = counts.get(RowState.PENDING, 0)
    total = sum(counts.get(state, 0) for state in (*RECORDED, RowState.PENDING))
    if left:
        handle.progress(total - left, total, WORKS)
        with opened(run, import_context) as source:
            recorder = Recorder(session, run, source, import_context)
            for rows in _waiting(session, run):
                recorder.record(rows)
                left -= len(rows)
                handle.progress(total - left, total, WORKS)
        runs.keep_counts(session, run)
    runs.remove_file(session, run, import_context.media.imports)
    finish(handle, run)
    runs.tell_others(session, run, EventKind.IMPORT_RECORDED)
    runs.keep_counts(session, run)
    if run.catalogue is not None:
        catalogues.note_synced(session, run, run.catalogue)
    compare_later(session, run)


def compare_later(session: Session, run: ImportRun) -> None:
    """Let the pictures that a run brought be compared with all others.

    What is nearly the same is proposed under Care.
    """
    if count_pictures(session, run):
        tasks.enqueue(session, survey.NEW_KIND, {survey.RUN: run.id}, run.user)


@dataclass(slots=True)
class WaitingRow:
    """Row of an import that waits, and then what became of it.

    As ``ImportRow``, whose objects would take a third longer to read and write.
    """

    id: int
    number: int
    accession: str
    values: dict[str, Any]
    state: RowState
    message: str
    artwork_id: int | None = None

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """Return the same of a row that is in the database."""
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})


def _waiting(session: Session, run: ImportRun) -> Iterator[Sequence[WaitingRow]]:
    """Yield the rows that wait, a batch after the other."""
    names = (one.name for one in fields(WaitingRow))
    waiting = select(*(getattr(ImportRow, name) for name in names)).where(
        ImportRow.run_id == run.id, ImportRow.state == RowState.PENDING
    )
    first = waiting.order_by(ImportRow.number).limit(BATCH_ROWS)
    last = 0
    while found := session.execute(first.where(ImportRow.number > last)).all():
        rows = [WaitingRow(*row) for row in found]
        rows = rows[: _count_at_once(rows)]
        last = rows[-1].number
        yield rows


def _count_at_once(rows: Sequence[WaitingRow]) -> int:
    """Return how many of some rows, at least one, have few enough pictures."""
    pictures = 0
    for number, row in enumerate(rows):
        pictures += len(row.values.get("images", ()))
        named = (one["kind"] for one in row.values.get("media", ()))
        pictures += RECORDING_WEIGHT * sum(kind != MediaKind.LINK for kind in named)
        if pictures > BATCH_PICTURES:
            return max(1, number)
    return len(rows)


class Recorder(RecordJudge):
    """Recorder of rows, a batch after the other; the caller commits each."""

    @cached_property
    def _noted(self) -> list[audit.WorkChange]:
        """Changes of a batch, to be written into the trail together."""
        return []

    @cached_property
    def _media(self) -> MediaTaker:
        return MediaTaker()

    def record(self, rows: Sequence[WaitingRow]) -> None:
        """Do what rows say, and write down what became of them."""
        records = {
            row.number: Record.from_json(row.number, row.accession, row.values)
            for row in rows
        }
        if self.items is not None:
            self.items.load(records.values())
        found = self._fetch(list(records.values()))
        recordings = fetch_recordings(self, records.values())
        artworks = self.works(records.values())
        hidden: list[Artwork] = []
        recorded: list[tuple[WaitingRow, Artwork | None]] = []
        with self.session.no_autoflush:
            for row in rows:
                record = records[row.number]
                known = artworks.get(record.accession)
                had = recordings.get(record.accession, NOTHING_FOUND)
                decision = self.decide(record, known, found, had)
                artwork = self._obey(record, known, decision, had)
                if artwork is not None:
                    artworks[record.accession] = artwork
                if known is not None and (decision.restores or decision.withdraws):
                    hidden.append(known)
                _tell(row, decision)
                if self.items is not None and decision.state in RECORDED:
                    untaken = decision.media.untaken if decision.media else ()
                    taken = _taken(record, found)
                    self.items.keep(record, artwork, taken, untaken)
                recorded.append((row, artwork))
        self.session.flush()
        # By their numbers, which new works have only now: a relation takes much longer.
        for row, artwork in recorded:
            row.artwork_id = artwork.id if artwork else None
        noted = [*self._noted, *self._media.changes()]
        audit.record_all(self.session, self.run, noted)
        self._noted.clear()
        self._name_others(rows, records, found)
        keys = ("id", "state", "message", "artwork_id")
        told = [{key: getattr(row, key) for key in keys} for row in rows]
        self.session.execute(update(ImportRow), told)
        if hidden:
            announce(self.session, hidden)

    def _fetch(self, records: Sequence[Record]) -> dict[str, FoundPicture]:
        """Get at the pictures of records, as far as they have to be looked at."""
        works = self.works(one for one in records if any(map(is_address, one.images)))
        names = [
            name
            for one in records
            for name in self.wanted(one)
            if not is_address(name) or self.must_fetch(one, works.get(one.accession))
        ]
        if not names:
            return {}
        # Nothing is read or written while pictures are fetched.
        self.session.commit()
        return self.fetcher.take(names)

    def _obey(
        self,
        record: Record,
        artwork: Artwork | None,
        decision: RowDecision,
        recordings: Mapping[SaidMedia, FoundRecording],
    ) -> Artwork | None:
        """Change the work of a record, or make it, and write that into the trail."""
        if decision.state is RowState.CREATED:
            return self._create(record, decision, recordings)
        if artwork is None or decision.state is not RowState.UPDATED:
            return artwork
        if decision.facts:
            before = {name: fact_of(artwork, name) for name in decision.facts}
            set_facts(artwork, decision.facts)
            self._note(EDIT, artwork, before, decision.facts)
        if decision.pictures or decision.described:
            pictures = pictures_of(artwork)
            for image in artwork.images:
                if image.sha256 in decision.described:
                    image.about = record.about
            _add_pictures(artwork, decision, record)
            after = pictures_of(artwork)
            self._note(IMAGES, artwork, {"images": pictures}, {"images": after})
        self._media.take(artwork, decision.media, recordings)
        if decision.restores or decision.withdraws:
            since = moment(record.withdrawn) if decision.withdraws else None
            artwork.withdrawn_at = since
            self._note(WITHDRAW if decision.withdraws else RESTORE, artwork)
        artwork.updated_at = now()
        return artwork

    def _create(
        self,
        record: Record,
        decision: RowDecision,
        recordings: Mapping[SaidMedia, FoundRecording],
    ) -> Artwork:
        artwork = Artwork(accession=record.accession)
        set_facts(artwork, decision.facts)
        if decision.withdraws:
            artwork.withdrawn_at = moment(record.withdrawn)
        self.session.add(artwork)
        _add_pictures(artwork, decision, record)
        self._media.take(artwork, decision.media, recordings)
        self._note(CREATE, artwork, {}, decision.facts)
        return artwork

    def _note(
        self,
        action: str,
        artwork: Artwork,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        self._noted.append(audit.WorkChange(action, artwork, before or {}, after or {}))

    def _name_others(
        self,
        rows: Sequence[WaitingRow],
        records: Mapping[int, Record],
        found: Mapping[str, FoundPicture],
    ) -> None:
        """Say of rows which other works have the same picture."""
        if not found:
            return
        owners = self.owners(found)
        for row in rows:
            if row.state not in RECORDED:
                continue
            hashes = hashes_of(records[row.number], found)
            named = [one for sha256 in hashes for one in owners.get(sha256, ())]
            said = read(row.message)
            told = [
                one for one in same_picture(row.accession, named) if one not in said
            ]
            if told:
                row.message = write([*said, *told])


def _tell(row: WaitingRow, decision: RowDecision) -> None:
    """Write into a row what became of it, over all times that it was recorded.

    A row is recorded a second time where a killed import is gone on with.
    """
    if decision.state is RowState.UNCHANGED and row.state in CHANGED:
        return
    if row.state is not RowState.CREATED:
        row.state = decision.state
    row.message = write(decision.remarks)


def _taken(record: Record, found: Mapping[str, FoundPicture]) -> list[str]:
    """Return the pictures of a record that were had."""
    return [
        name for name in record.images if name in found and found[name].fault is None
    ]


def _add_pictures(artwork: Artwork, decision: RowDecision, record: Record) -> None:
    """Add pictures after those that a work has."""
    new = [picture_of(one.stored) for one in decision.pictures if one.stored]
    if not new:
        return
    first = max((image.position for image in artwork.images), default=-1) + 1
    artwork.images.extend(
        ReferenceImage(position=position, about=record.about, **picture)
        for position, picture in enumerate(new, first)
    )
