"""Paging of queries and of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask_sqlalchemy.pagination import SelectPagination
from sqlalchemy import Select
from sqlalchemy.orm import Session

Entry = TypeVar("Entry")
MOST_PAGES = 1_000_000_000
"""Databases cannot count the rows before a page much beyond this one."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """Page of a list.

    Attributes
    ----------
    number, count : int
        This page, from 1, and how many there are (at least 1).
    total : int
        Entries on all pages.
    """

    entries: Sequence[Entry]
    number: int
    count: int
    total: int


def select_page(
    session: Session, listed: Select[Entry], number: int, size: int
) -> Page[Entry] | None:
    """Read a page of what a statement selects; None if there is no such page."""
    if not 1 <= number <= MOST_PAGES:
        return None
    found = SelectPagination(
        select=listed,
        session=session,
        page=number,
        per_page=size,
        max_per_page=None,
        error_out=False,
    )
    total = found.total or 0
    count = page_count(total, size)
    return Page(found.items, number, count, total) if number <= count else None


def slice_page(entries: Sequence[Entry], number: int, size: int) -> Page[Entry] | None:
    """Cut a page out of a list; None if there is no such page."""
    count = page_count(len(entries), size)
    if not 1 <= number <= count:
        return None
    shown = entries[(number - 1) * size : number * size]
    return Page(shown, number, count, len(entries))


def page_count(total: int, size: int) -> int:
    """Return how many pages there are: at least one, which may be empty."""
    return max(1, -(-total // size))
