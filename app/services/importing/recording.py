"""The import itself: rows that wait are recorded, a few per transaction.

What became of a row is written in the same transaction as the change itself. So a
killed worker repeats nothing and loses nothing: what waits is done, what does not is
not looked at again.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Artwork, ImportRow, ImportRun, ReferenceImage, RowState, now
from app.services.collection.labels import fact_of, set_facts
from app.services.curation import survey
from app.services.curation.editing import CREATE, EDIT, IMAGES, RESTORE, WITHDRAW
from app.services.curation.work_images import picture_of, pictures_of
from app.services.importing import runs
from app.services.importing.diff import (
    FoundPicture,
    Policy,
    RowDecision,
    judge,
    must_fetch,
    uses_media_names,
)
from app.services.importing.dry_run import owners, same_picture, works_by_number
from app.services.importing.formats import Reading
from app.services.importing.image_fetching import Gatherer
from app.services.importing.indexing_step import count_pictures, finish
from app.services.importing.messages import TO_FETCH, read, write
from app.services.importing.records import Record, is_address, moment
from app.services.importing.sources import ImportContext, opened
from app.services.index.changes import announce
from app.services.system import audit, tasks
from app.services.system.media import MediaFolder
from app.services.system.tasks import TaskHandle

BATCH_ROWS = 32
"""Rows per transaction: a kill loses the work on at most these."""
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
        session.execute(waiting.values(state=RowState.PENDING, message=""))
        run.is_dry = False
        run.counts = {}
        session.commit()
    counts = runs.count_rows(session, run)
    left = counts.get(RowState.PENDING, 0)
    total = sum(counts.get(state, 0) for state in (*RECORDED, RowState.PENDING))
    if left:
        handle.progress(total - left, total, WORKS)
        _record_rows(handle, run, import_context, total - left, total)
        run.counts = runs.count_rows(session, run)
        session.commit()
    runs.remove_file(run, import_context.folders)
    finish(handle, run)
    run.counts = runs.count_rows(session, run)
    session.commit()
    compare_later(session, run)


def compare_later(session: Session, run: ImportRun) -> None:
    """Let the pictures that a run brought be compared with all others.

    What is nearly the same is proposed under Care.
    """
    if count_pictures(session, run):
        tasks.enqueue(session, survey.NEW_KIND, {survey.RUN: run.id}, run.user)


def _record_rows(
    handle: TaskHandle,
    run: ImportRun,
    import_context: ImportContext,
    done: int,
    total: int,
) -> None:
    session = handle.context.session
    reading = Reading.from_json(run.mapping)
    with opened(run, import_context) as source:
        gatherer = Gatherer(
            session,
            source,
            import_context,
            MediaFolder(import_context.folders.works),
            knows_names=uses_media_names(reading),
        )
        recorder = Recorder(session, run, reading, gatherer)
        while rows := recorder.next_rows():
            recorder.record(rows)
            done += len(rows)
            handle.progress(done, total, WORKS)


class Recorder:
    """Records rows, a batch after the other; the caller commits each.

    Parameters
    ----------
    session : Session
    run : ImportRun
    reading : Reading
    gatherer : Gatherer
    """

    def __init__(
        self, session: Session, run: ImportRun, reading: Reading, gatherer: Gatherer
    ) -> None:
        self._session = session
        self._run = run
        self._reading = reading
        self._gatherer = gatherer
        self._policy = Policy(run.policy)
        self._last = 0

    def next_rows(self) -> Sequence[ImportRow]:
        """Return the next rows that wait."""
        rows = self._session.scalars(
            select(ImportRow)
            .where(
                ImportRow.run_id == self._run.id,
                ImportRow.number > self._last,
                ImportRow.state == RowState.PENDING,
            )
            .order_by(ImportRow.number)
            .limit(BATCH_ROWS)
        ).all()
        if rows:
            self._last = rows[-1].number
        return rows

    def record(self, rows: Sequence[ImportRow]) -> None:
        """Do what rows say, and write down what became of them."""
        records = {
            row.number: Record.from_json(row.number, row.accession, row.values)
            for row in rows
        }
        found = self._gather(list(records.values()))
        artworks = works_by_number(self._session, records.values())
        hidden: list[Artwork] = []
        with self._session.no_autoflush:
            for row in rows:
                record = records[row.number]
                known = artworks.get(record.accession)
                pictures = [found[name] for name in record.images if name in found]
                judged = judge(record, known, pictures, self._reading, self._policy)
                artwork = self._obey(record, known, judged)
                if artwork is not None:
                    artworks[record.accession] = artwork
                if known is not None and (judged.restores or judged.withdraws):
                    hidden.append(known)
                _tell(row, artwork, judged)
        self._session.flush()
        self._name_others(rows, records, found)
        if hidden:
            announce(self._session, hidden)

    def _gather(self, records: Sequence[Record]) -> dict[str, FoundPicture]:
        """Get at the pictures of records, as far as they have to be looked at."""
        far = [one for one in records if any(map(is_address, one.images))]
        artworks = works_by_number(self._session, far)
        left_out = {
            one.number
            for one in far
            if not must_fetch(
                one, artworks.get(one.accession), self._reading, self._policy
            )
        }
        names = [
            name
            for one in records
            for name in one.images
            if one.number not in left_out or not is_address(name)
        ]
        # Nothing is read or written while pictures are fetched.
        self._session.commit()
        return self._gatherer.take(names)

    def _obey(
        self, record: Record, artwork: Artwork | None, judged: RowDecision
    ) -> Artwork | None:
        """Change the work of a record, or make it, and write that into the trail."""
        if judged.state is RowState.CREATED:
            return self._create(record, judged)
        if artwork is None or judged.state is not RowState.UPDATED:
            return artwork
        if judged.facts:
            before = {name: fact_of(artwork, name) for name in judged.facts}
            set_facts(artwork, judged.facts)
            self._note(EDIT, artwork, before, judged.facts)
        if judged.pictures:
            pictures = list(pictures_of(artwork))
            _add_pictures(artwork, judged)
            after = pictures_of(artwork)
            self._note(IMAGES, artwork, {"images": pictures}, {"images": after})
        if judged.restores or judged.withdraws:
            since = moment(record.withdrawn) if judged.withdraws else None
            artwork.withdrawn_at = since
            self._note(WITHDRAW if judged.withdraws else RESTORE, artwork, {}, {})
        artwork.updated_at = now()
        return artwork

    def _create(self, record: Record, judged: RowDecision) -> Artwork:
        artwork = Artwork(accession=record.accession)
        set_facts(artwork, judged.facts)
        if judged.withdraws:
            artwork.withdrawn_at = moment(record.withdrawn)
        self._session.add(artwork)
        _add_pictures(artwork, judged)
        self._note(CREATE, artwork, {}, judged.facts)
        return artwork

    def _note(
        self,
        action: str,
        artwork: Artwork,
        before: Mapping[str, object],
        after: Mapping[str, object],
    ) -> None:
        audit.record(
            self._session,
            action,
            user=self._run.user,
            artwork=artwork,
            subject=artwork.accession,
            before=before,
            after=after,
            run=self._run,
        )

    def _name_others(
        self,
        rows: Sequence[ImportRow],
        records: Mapping[int, Record],
        found: Mapping[str, FoundPicture],
    ) -> None:
        """Say of rows which other works have the same picture."""
        hashes = {one.sha256 for one in found.values() if one.sha256}
        having = owners(self._session, hashes)
        for row in rows:
            if row.state not in RECORDED:
                continue
            mine = [found[n].sha256 for n in records[row.number].images if n in found]
            named = [one for sha256 in mine for one in having.get(sha256, [])]
            said = read(row.message)
            told = [
                one for one in same_picture(row.accession, named) if one not in said
            ]
            if told:
                row.message = write([*said, *told])


def _tell(row: ImportRow, artwork: Artwork | None, judged: RowDecision) -> None:
    """Write into a row what became of it, over all times that it was recorded.

    A row is recorded a second time where a killed import is gone on with.
    """
    row.artwork = artwork
    if judged.state is RowState.UNCHANGED and row.state in CHANGED:
        return
    if row.state is not RowState.CREATED:
        row.state = judged.state
    row.message = write(judged.remarks)


def _add_pictures(artwork: Artwork, judged: RowDecision) -> None:
    """Add pictures after those that a work has."""
    position = max((image.position for image in artwork.images), default=-1)
    for one in judged.pictures:
        if one.stored is not None:
            position += 1
            picture = picture_of(one.stored)
            artwork.images.append(ReferenceImage(position=position, **picture))
