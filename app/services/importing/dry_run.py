"""The dry run: every row is read and judged, and nothing of the collection changes."""

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, ImportRow, ImportRun, ReferenceImage
from app.services.importing import runs
from app.services.importing.diff import (
    FoundPicture,
    Policy,
    RowDecision,
    judge,
    must_fetch,
    uses_media_names,
)
from app.services.importing.formats import Reading
from app.services.importing.image_fetching import Gatherer
from app.services.importing.messages import TO_FETCH, Remark, write
from app.services.importing.records import Record, is_address
from app.services.importing.repeats import Repeats, rows_of_run
from app.services.importing.sources import ImportContext, opened
from app.services.system.media import MediaFolder
from app.services.system.tasks import TaskHandle

BATCH_ROWS = 100
READING = "reading"
"""Step, as the pages know it."""
MOST_NAMED = 3
"""Works that are named for having the same picture."""


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
    session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    run.counts = {}
    handle.progress(0, 0, READING)
    reading = Reading.from_json(run.mapping)
    with opened(run, import_context) as source:
        table = source.table
        total = sum(1 for _ in table.rows()) if table else 0
        gatherer = Gatherer(
            session,
            source,
            import_context,
            MediaFolder(import_context.folders.works),
            knows_names=uses_media_names(reading),
        )
        planner = Planner(session, run, reading, gatherer)
        records = source.records(reading)
        done = 0
        while batch := list(islice(records, BATCH_ROWS)):
            planner.plan(batch)
            done += len(batch)
            handle.progress(done, max(total, done), READING)
    run.counts = runs.count_rows(session, run)
    session.commit()


class Planner:
    """Judges records, a batch after the other.

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
        self._repeats = Repeats(reading, rows_of_run(session, run))
        self._pictured: dict[str, str] = {}
        """First work of the file that has a picture, by the picture's hash."""

    def plan(self, records: Sequence[Record]) -> None:
        """Add the rows of a batch to the session; the caller commits."""
        # Before: looking at pictures ends the transaction.
        names = [name for one in records if one.fault is None for name in one.images]
        found = self._gatherer.look(names)
        artworks = works_by_number(self._session, records)
        others = self._others(found.values())
        for record in records:
            artwork = artworks.get(record.accession)
            judged = self._repeats.refuse(record)
            if judged is None:
                judged = self._judge(record, artwork, found)
                judged.remarks += self._same(record, found, others)
            self._repeats.note(record, judged)
            self._session.add(
                ImportRow(
                    run=self._run,
                    number=record.number,
                    accession=record.accession[:255],
                    values=record.to_json(),
                    state=judged.state,
                    message=write(judged.remarks),
                    artwork=artwork,
                )
            )

    def _judge(
        self, record: Record, artwork: Artwork | None, found: dict[str, FoundPicture]
    ) -> RowDecision:
        pictures = [found[name] for name in record.images if name in found]
        judged = judge(record, artwork, pictures, self._reading, self._policy)
        far = [name for name in record.images if is_address(name)]
        if far and must_fetch(record, artwork, self._reading, self._policy):
            if self._gatherer.may_fetch:
                judged.remarks += [Remark(TO_FETCH, {"count": len(far)})]
            else:
                judged.remarks += [Remark("links_off", {"name": far[0]})]
        return judged

    def _others(self, found: Iterable[FoundPicture]) -> dict[str, list[str]]:
        hashes = {one.sha256 for one in found if one.sha256}
        return owners(self._session, hashes)

    def _same(
        self,
        record: Record,
        found: dict[str, FoundPicture],
        others: dict[str, list[str]],
    ) -> list[Remark]:
        """Say which other works have a record's pictures."""
        hashes = [found[name].sha256 for name in record.images if name in found]
        named: list[str] = []
        for sha256 in filter(None, hashes):
            first = self._pictured.setdefault(sha256, record.accession)
            named += [first, *others.get(sha256, [])]
        return same_picture(record.accession, named)


def works_by_number(session: Session, records: Iterable[Record]) -> dict[str, Artwork]:
    """Return the works that records are about, withdrawn ones too."""
    numbers = {one.accession for one in records if one.fault is None}
    meant = select(Artwork).where(Artwork.accession.in_(numbers))
    found = session.scalars(meant.options(selectinload(Artwork.images)))
    return {artwork.accession: artwork for artwork in found}


def owners(session: Session, hashes: Iterable[str]) -> dict[str, list[str]]:
    """Return the accession numbers of the works that have pictures, by their hashes."""
    rows = session.execute(
        select(ReferenceImage.sha256, Artwork.accession)
        .join(ReferenceImage.artwork)
        .where(ReferenceImage.sha256.in_(set(hashes)))
        .order_by(Artwork.id)
    )
    found: dict[str, list[str]] = {}
    for sha256, accession in rows:
        found.setdefault(sha256, []).append(accession)
    return found


def same_picture(accession: str, named: Iterable[str]) -> list[Remark]:
    """Say that other works have the same picture, if there are any."""
    others = [one for one in dict.fromkeys(named) if one != accession]
    if not others:
        return []
    return [Remark("same_picture", {"others": ", ".join(others[:MOST_NAMED])})]
