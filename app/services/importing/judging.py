"""Judging of a run's records in batches, as its dry run and its recording share it."""

from collections.abc import Iterable, Mapping, Set

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, ImportRun, ReferenceImage, RowState
from app.services.collection.vocabulary.codes import COLUMNS
from app.services.collection.works import merged_numbers
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import (
    FoundPicture,
    Policy,
    RowDecision,
    differences,
    judge,
)
from app.services.importing.media.fetching import RecordingFetcher
from app.services.importing.media.judging import (
    NOTHING_FOUND,
    FoundRecording,
    judge_media,
)
from app.services.importing.media.said import SaidMedia
from app.services.importing.messages import Remark
from app.services.importing.pictures.fetching import PictureFetcher
from app.services.importing.pictures.sent import SentPictures
from app.services.importing.records import Record
from app.services.importing.repeats import Repeats, row_of_run
from app.services.importing.sources import ImportContext, Source
from app.services.importing.sync.items import SourceItems
from app.services.importing.sync.merging import LastSaid

MOST_NAMED = 3
"""Works that are named for having the same picture."""


class RecordJudge:
    """Judge of a run's records by the works and pictures that are there.

    Parameters
    ----------
    session : Session
    run : ImportRun
    source : Source
    import_context : ImportContext

    Attributes
    ----------
    batch : dict of int to Record
        Records that are judged together and not written down yet, by number.
    """

    def __init__(
        self,
        session: Session,
        run: ImportRun,
        source: Source,
        import_context: ImportContext,
    ) -> None:
        self.session = session
        self.run = run
        self.reading = Reading.from_json(run.mapping)
        self.policy = Policy(run.policy)
        self.items = SourceItems(session, run) if run.catalogue_id else None
        self.batch: dict[int, Record] = {}
        self._merged = merged_numbers(session)
        self.repeats = Repeats(self.reading, self._first_row)
        self.sent = SentPictures.of(session, run)
        self.fetcher = PictureFetcher(
            session, source, import_context, self.reading, self.sent
        )
        self.recordings = RecordingFetcher(
            source, import_context, fetches=self.reading.fetches
        )

    def decide(
        self,
        record: Record,
        artwork: Artwork | None,
        found: Mapping[str, FoundPicture],
        recordings: Mapping[SaidMedia, FoundRecording] = NOTHING_FOUND,
    ) -> RowDecision:
        """Say what is to be done with a record; parameters as of ``diff.judge``."""
        if kept := self.merged(record, artwork):
            return RowDecision(RowState.SKIPPED, [Remark("merged", {"kept": kept})])
        pictures = [found[name] for name in record.images if name in found]
        known = self.known(record)
        reading, policy = self.reading, self.policy
        return judge(record, artwork, pictures, reading, policy, known, recordings)

    def merged(self, record: Record, artwork: Artwork | None) -> str | None:
        """Return the number of the work that a record's was merged into; else None."""
        if artwork is not None and not artwork.is_withdrawn:
            return None
        return self._merged.get(record.accession)

    def known(self, record: Record) -> LastSaid | None:
        """Return what a record's source said before; None if it has none or did not."""
        return self.items.known(record) if self.items else None

    def wanted(self, record: Record) -> list[str]:
        """Return the pictures of a record that were not taken from its source before.

        The others are there, or a curator took them away.
        """
        known = self.known(record)
        had: Set[str] = known.images if known else frozenset()
        return [name for name in record.images if name not in had]

    def wanted_recordings(
        self, record: Record, artwork: Artwork | None
    ) -> list[SaidMedia]:
        """Return the recordings of a record that its work is to get."""
        if not record.media or record.is_gone or self.merged(record, artwork):
            return []
        is_settled = artwork is not None and not record.is_further
        if is_settled and self.policy is not Policy.UPDATE:
            return []
        there = artwork.media if artwork is not None else ()
        known = self.known(record)
        before = known.media if known else None
        return judge_media(record.media, there, known=before).recordings

    def must_fetch(self, record: Record, artwork: Artwork | None) -> bool:
        """Tell whether pictures that are on the web have to be fetched for a record.

        A work that is as the table says and has as many pictures is left in peace, so
        that importing a table again does not fetch everything again.
        """
        if not self.reading.fetches:
            return False
        if artwork is None or record.is_further:
            return True
        if self.known(record) is not None:
            return bool(self.wanted(record))
        if self.policy is not Policy.UPDATE:
            return False
        return len(artwork.images) < len(record.images) or bool(
            differences(record, artwork, self.reading)
        )

    def _first_row(self, number: int) -> Record:
        """Return an earlier record of the batch, of those settled, or written down."""
        settled = self.items.settled(number) if self.items else None
        known = self.batch.get(number) or settled
        return known or row_of_run(self.session, self.run, number)

    def works(self, records: Iterable[Record]) -> dict[str, Artwork]:
        """Return the works that records are about, withdrawn ones too, by number."""
        usable = [one for one in records if one.fault is None]
        details = {one.accession: one.details for one in usable}
        if not details:
            return {}
        meant = select(Artwork).where(Artwork.accession.in_(details))
        meant = meant.options(selectinload(Artwork.images))
        if any(COLUMNS.keys() & said.keys() for said in details.values()):
            meant = meant.options(selectinload(Artwork.term_codes))
        if any(one.media for one in usable):
            meant = meant.options(selectinload(Artwork.media))
        found = self.session.scalars(meant)
        return {artwork.accession: artwork for artwork in found}

    def owners(self, found: Mapping[str, FoundPicture]) -> dict[str, list[str]]:
        """Return the accession numbers of works that have pictures, by their hashes."""
        hashes = {one.sha256 for one in found.values() if one.sha256}
        if not hashes:
            return {}
        rows = self.session.execute(
            select(ReferenceImage.sha256, Artwork.accession)
            .join(ReferenceImage.artwork)
            .where(ReferenceImage.sha256.in_(hashes))
            .order_by(Artwork.id)
        )
        owners: dict[str, list[str]] = {}
        for sha256, accession in rows:
            owners.setdefault(sha256, []).append(accession)
        return owners


def hashes_of(record: Record, found: Mapping[str, FoundPicture]) -> list[str]:
    """Return the hashes of a record's pictures, as far as they were looked at."""
    hashes = [found[name].sha256 for name in record.images if name in found]
    return [sha256 for sha256 in hashes if sha256]


def same_picture(accession: str, named: Iterable[str]) -> list[Remark]:
    """Say that other works have the same picture, if there are any."""
    others = [one for one in dict.fromkeys(named) if one != accession]
    if not others:
        return []
    return [Remark("same_picture", {"others": ", ".join(others[:MOST_NAMED])})]
