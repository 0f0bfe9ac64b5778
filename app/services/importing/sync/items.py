"""Items of a source: which work each is, and what the source said of it last.

They tell a source's own changes from those that curators made since, and what a source
has no more from what it never had.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from app.models import Artwork, ImportRun, SourceItem, now
from app.services.collection.labels import DETAIL
from app.services.importing.media.said import SaidMedia
from app.services.importing.records import Record
from app.services.importing.sync.merging import LastSaid

BATCH_ITEMS = 500


class SourceItems:
    """Items of one source, of which a batch is known at a time.

    Parameters
    ----------
    session : Session
    run : ImportRun
        Of a source.
    """

    def __init__(self, session: Session, run: ImportRun) -> None:
        self._session = session
        self._run = run
        self._items: dict[str, SourceItem] = {}
        self._left: dict[str, str] = {}
        """Accession numbers that works had before, by the items' identifiers."""
        self._settled: dict[int, str] = {}
        """Accession numbers of works for which nothing was to be noted."""

    def load(self, records: Iterable[Record]) -> None:
        """Look up what is known of a batch of records, and forget the one before."""
        names = {one.identifier for one in records if one.identifier}
        meant = select(SourceItem).where(
            SourceItem.catalogue_id == self._run.catalogue_id,
            SourceItem.identifier.in_(names),
        )
        self._items = {one.identifier: one for one in self._session.scalars(meant)}

    def listed(self, records: Sequence[Record]) -> list[Record]:
        """Look up a batch that a source lists, and return what is to be judged of it.

        What the source says it deleted is named as we know it, and left out where we
        never had it.
        """
        self.load(records)
        if self._items:
            mine = SourceItem.id.in_([item.id for item in self._items.values()])
            seen = update(SourceItem).where(mine).values(seen_run=self._run.id)
            self._session.execute(seen)
        found = []
        for record in records:
            item = self._items.get(record.identifier)
            if record.is_gone:
                if item is None or item.is_gone or self._is_elsewhere(item):
                    continue
                _let_go(record, item.accession)
            elif item and not record.fault and item.accession != record.accession:
                self._left[item.identifier] = item.accession
            found.append(record)
        return found

    def known(self, record: Record) -> LastSaid | None:
        """Return what the source said before; None if it is new, or numbered anew."""
        item = self._items.get(record.identifier)
        if item is None or item.accession != record.accession:
            return None
        media = tuple(map(SaidMedia.from_json, item.media))
        return LastSaid(item.facts, frozenset(item.images), item.is_gone, media)

    def settles(self, record: Record, artwork: Artwork | None) -> bool:
        """Tell whether nothing is to be done, nor to be noted, for a record."""
        item = self._items.get(record.identifier)
        is_settled = (
            item is not None
            and artwork is not None
            and not (record.is_gone or item.is_gone or record.remarks or record.fault)
            and item.accession == record.accession
            and item.facts == record.facts
            and set(record.images) <= set(item.images)
            and item.media == [one.to_json() for one in record.media]
        )
        if is_settled:
            self._settled[record.number] = record.accession
        return is_settled

    def gone(self, number: int) -> Iterator[list[Record]]:
        """Yield, in batches, what the source has no more, numbered from a number on.

        Only once all that it has was listed.
        """
        last = 0
        missing = (
            select(SourceItem)
            .join(SourceItem.artwork)
            .where(
                SourceItem.catalogue_id == self._run.catalogue_id,
                ~SourceItem.is_gone,
                Artwork.withdrawn_at.is_(None),
                func.coalesce(SourceItem.seen_run, 0) != self._run.id,
                ~self._elsewhere(SourceItem.artwork_id, SourceItem.id),
            )
            .order_by(SourceItem.id)
            .limit(BATCH_ITEMS)
        )
        while items := self._session.scalars(missing.where(SourceItem.id > last)).all():
            last = items[-1].id
            batch = []
            for item in items:
                record = Record(number, identifier=item.identifier)
                _let_go(record, item.accession)
                batch.append(record)
                number += 1
            yield batch

    def renumbered(self, number: int) -> list[Record]:
        """Return the works that the source now has under another accession number."""
        found = []
        for identifier, accession in self._left.items():
            record = Record(number, identifier=identifier)
            _let_go(record, accession)
            found.append(record)
            number += 1
        return found

    def count(self) -> int:
        """Count the works on show that the source had."""
        counted = (
            select(func.count(SourceItem.id))
            .join(SourceItem.artwork)
            .where(
                SourceItem.catalogue_id == self._run.catalogue_id,
                ~SourceItem.is_gone,
                Artwork.withdrawn_at.is_(None),
            )
        )
        return self._session.scalars(counted).one()

    def keep(
        self,
        record: Record,
        artwork: Artwork | None,
        taken: Iterable[str],
        untaken: Collection[SaidMedia],
    ) -> None:
        """Note what the source said, in the transaction that obeys it.

        Parameters
        ----------
        taken : iterable of str
            Pictures of the record that the work has now.
        untaken : collection of SaidMedia
            Recordings of the record that it has not.
        """
        if artwork is None or not record.identifier:
            return
        item = self._items.get(record.identifier)
        if item is None:
            item = SourceItem(
                catalogue_id=self._run.catalogue_id, identifier=record.identifier
            )
            item.seen_run = self._run.id
            item.images, item.media = [], []
            self._items[record.identifier] = item
            self._session.add(item)
        if record.is_gone:
            # Under a new number the item is another work by now.
            if item.accession == record.accession:
                item.is_gone = True
            return
        had = item.images if item.accession == record.accession else []
        item.accession, item.artwork = record.accession, artwork
        item.facts, item.is_gone = record.facts, False
        there = {*had, *taken}
        item.images = [name for name in record.images if name in there]
        item.media = [one.to_json() for one in record.media if one not in untaken]

    def _is_elsewhere(self, item: SourceItem) -> bool:
        meant = self._elsewhere(literal(item.artwork_id), literal(item.id))
        return self._session.scalars(select(meant)).one()

    def _elsewhere(
        self,
        artwork_id: SQLColumnExpression[int | None],
        item_id: SQLColumnExpression[int],
    ) -> ColumnElement[bool]:
        """Tell whether a work is listed otherwise too, here or by another source."""
        other = aliased(SourceItem)
        is_listed = (other.catalogue_id != self._run.catalogue_id) | (
            other.seen_run == self._run.id
        )
        return exists().where(
            other.artwork_id == artwork_id,
            other.id != item_id,
            ~other.is_gone,
            is_listed,
        )

    def settled(self, number: int) -> Record | None:
        """Return a record of which nothing was to be noted, by its position."""
        accession = self._settled.get(number)
        if accession is None:
            return None
        meant = select(SourceItem).where(
            SourceItem.catalogue_id == self._run.catalogue_id,
            SourceItem.accession == accession,
        )
        item = self._session.scalars(meant.order_by(SourceItem.id).limit(1)).one()
        record = Record(number, accession)
        for name, value in item.facts.items():
            if name.startswith(DETAIL):
                record.details[name.removeprefix(DETAIL)] = value
            else:
                record.label[name] = value
        return record


def _let_go(record: Record, accession: str) -> None:
    record.accession, record.is_gone = accession, True
    record.withdrawn = now().isoformat()
