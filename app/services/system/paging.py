"""Paging of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """Page of a list.

    Attributes
    ----------
    entries : sequence
    number, count : int
        This page, from 1, and how many there are (at least 1).
    total : int
        Entries on all pages.
    """

    entries: Sequence[Entry]
    number: int
    count: int
    total: int


def page_count(total: int, size: int) -> int:
    """Return how many pages there are: at least one, which may be empty."""
    return max(1, -(-total // size))
