"""Readings that curators chose, kept for the next table with the same columns."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ColumnMapping
from app.services.importing.columns.reading import Reading, columns_hash, propose


def propose_reading(session: Session, columns: Sequence[str]) -> Reading:
    """Map the columns as last time, or else as the header suggests."""
    kept = _kept(session, columns_hash(columns))
    return Reading.from_json(kept.mapping) if kept else propose(columns)


def keep_reading(session: Session, name: str, reading: Reading) -> None:
    """Keep a reading, to be offered when such a table comes again; commits."""
    key = columns_hash(list(reading.columns))
    kept = _kept(session, key) or ColumnMapping(columns_hash=key)
    kept.name, kept.mapping = name, reading.to_json()
    session.add(kept)
    session.commit()


def _kept(session: Session, key: str) -> ColumnMapping | None:
    return session.scalars(select(ColumnMapping).filter_by(columns_hash=key)).first()
