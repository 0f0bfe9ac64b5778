"""Declarative base of all tables: column types, foreign keys, timestamps in UTC."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    String,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column, relationship

from app import extensions

LARGEST_INTEGER = 2**31 - 1
"""That a column of numbers holds, on every database."""


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """Timestamp in UTC; aware in Python also where the database forgets the zone."""

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
        """Put the zone back that SQLite drops; PostgreSQL has the connection's."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def sorted_text(kind: type[String], length: int | None = None) -> String:
    """Return a type of text that every database sorts by code points, as Python does.

    SQLite does so anyway; PostgreSQL would by the words of the language that whoever
    made the database chose, where a tilde comes before the letters.
    """
    return kind(length).with_variant(kind(length, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """Declarative base; enumerations are columns of words, checked by Python."""

    metadata = extensions.metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=16,
            values_callable=lambda members: [member.value for member in members],
        ),
    }


children = partial(relationship, cascade="all, delete-orphan", passive_deletes=True)
"""Relationship to rows that are deleted with this one, by the database."""


def parent_key(column: str, **options: Any) -> MappedColumn[Any]:
    """Return a foreign key to a row that this one is deleted with."""
    return mapped_column(ForeignKey(column, ondelete="CASCADE"), **options)


def reference_key(column: str, **options: Any) -> MappedColumn[Any]:
    """Return a foreign key that becomes NULL when what it names is deleted."""
    return mapped_column(ForeignKey(column, ondelete="SET NULL"), **options)
