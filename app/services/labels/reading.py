"""What was read on the labels of a photo, and how it is kept with the search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from app.retrieval.types import FloatArray
from app.services.labels.lines import outline_of
from app.services.labels.recognition import Line

MOST_LETTERS = 200
"""Kept of a line: no label has longer ones."""


class Sign(StrEnum):
    """What of a work is on its label."""

    CODE = "code"
    NUMBER = "number"
    TITLE = "title"
    ARTIST = "artist"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class NamedWork:
    """Work that a label names, or may name.

    Attributes
    ----------
    accession : str
    is_sure : bool
    signs : tuple of Sign
        What of it is on the label.
    """

    accession: str
    is_sure: bool
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class SeenText:
    """Labels and codes of a photo, before anybody looked into the catalogue.

    Attributes
    ----------
    labels : tuple of tuple of Line
        As of `labels_of`.
    codes : tuple of str
    size : tuple of int
        (height, width) of the photo, in pixels.
    """

    labels: tuple[tuple[Line, ...], ...]
    codes: tuple[str, ...]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReadWork:
    """Work that a label or a code names, or may name.

    Attributes
    ----------
    accession : str
    is_sure : bool
        Whether it is named; otherwise it may be.
    signs : tuple of Sign
    outline : list of [x, y] or None
        Corners of the label as shares of the photo's width and height; None of a code.
    """

    accession: str
    is_sure: bool
    signs: tuple[Sign, ...]
    outline: list[list[float]] | None = None

    @classmethod
    def on(cls, work: NamedWork, label: Sequence[Line], size: tuple[int, int]) -> Self:
        """Say where in a photo the label is that names a work."""
        shares = _shares(outline_of(label), size)
        return cls(work.accession, work.is_sure, work.signs, shares)


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What was read in a photo.

    Attributes
    ----------
    works : tuple of ReadWork
        Each once, the sure ones first.
    lines : tuple of str
        All lines, label by label.
    """

    works: tuple[ReadWork, ...] = ()
    lines: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, works: Iterable[ReadWork], lines: Iterable[str]) -> Self:
        """Put together what was read, each work once."""
        once: dict[str, ReadWork] = {}
        for work in sorted(works, key=lambda work: not work.is_sure):
            once.setdefault(work.accession, work)
        return cls(tuple(once.values()), tuple(line[:MOST_LETTERS] for line in lines))

    @property
    def is_sure(self) -> bool:
        """Whether a work is named without doubt."""
        return any(work.is_sure for work in self.works)

    def packed(self, *, keeps_lines: bool) -> dict[str, Any]:
        """Bring it to plain values, as they are kept; `unpacked` reads them."""
        return {
            "works": [
                {
                    "accession": work.accession,
                    "sure": work.is_sure,
                    "signs": [sign.value for sign in work.signs],
                    "outline": work.outline,
                }
                for work in self.works
            ],
            "lines": list(self.lines) if keeps_lines else [],
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Self:
        """Read what `packed` wrote."""
        works = tuple(
            ReadWork(
                work["accession"],
                work["sure"],
                tuple(Sign(sign) for sign in work["signs"]),
                work["outline"],
            )
            for work in packed["works"]
        )
        return cls(works, tuple(packed["lines"]))


def _shares(outline: FloatArray, size: tuple[int, int]) -> list[list[float]]:
    height, width = size
    shares = (outline / [width, height]).clip(0, 1).round(4)
    return [[float(x), float(y)] for x, y in shares]
