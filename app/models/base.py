"""What all tables share: the base class, moments in UTC, verdicts as words."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from app import extensions
from app.retrieval.types import Verdict


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; aware in Python also where the database forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse a naive moment: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Put the zone back that SQLite drops."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def verdict_type() -> Enum:
    """Return a column type that holds a verdict as its word, checked by Python."""
    return Enum(
        Verdict,
        native_enum=False,
        length=16,
        values_callable=lambda verdicts: [verdict.value for verdict in verdicts],
    )


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = extensions.metadata
