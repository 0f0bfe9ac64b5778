"""Browsing of the collection: words, facets, order, pages.

Withdrawn works are left out, as everywhere for visitors, unless curators ask for them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from app.extensions import db
from app.models import Artwork
from app.models.keys import natural_key, plain_text
from app.services.collection.lacking import lacks
from app.services.collection.subjects import SHOWS, write_subjects
from app.services.collection.years import (
    BY_DATE,
    CENTURY,
    YearSpan,
    century_columns,
    count_centuries,
    in_century,
)
from app.services.system.paging import Page, select_page, slice_page

WORKS_PER_PAGE = 48
"""Divides by 2, 3, 4 and 6: full rows on every screen."""
VALUES_SHOWN = 8
"""Of a facet beside the works; its own page has all."""
VALUES_PER_PAGE = 200
MOST_WORDS = 12
"""Of a search; each is one more pass over the collection."""
USUAL_ORDER = "artist"
COLUMNS: Mapping[str, InstrumentedAttribute[str]] = {
    "artist": Artwork.artist,
    "school": Artwork.school,
    "technique": Artwork.technique,
    "type": Artwork.type,
    "location": Artwork.location,
    SHOWS: Artwork.shows,
}
"""Columns by the name of their facet; that of ``SHOWS`` holds several values."""
FACETS = ("artist", CENTURY, *(name for name in COLUMNS if name != "artist"))
"""Names, in the order in which they are shown; of centuries there is no column."""
ORDERS: Mapping[str, tuple[Any, ...]] = {
    "artist": (Artwork.artist_key, Artwork.title_key, Artwork.id),
    "title": (Artwork.title_key, Artwork.artist_key, Artwork.id),
    "date": (*BY_DATE, Artwork.artist_key, Artwork.id),
    "accession": (Artwork.accession,),
    "newest": (Artwork.created_at.desc(), Artwork.id.desc()),
}


class Presence(StrEnum):
    """Filter by whether works are on show."""

    SHOWN = "shown"
    WITHDRAWN = "withdrawn"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Filter and order of works.

    Attributes
    ----------
    text : str
        Words that the label has, in any order; accents and capitals do not matter.
    chosen : mapping of str to str
        Values by the name of their facet.
    years : YearSpan
        Works are meant whose years and these have one in common.
    order : str
        One of ``ORDERS``.
    lacks : str
        What the works lack, as ``lacking.can_lack``; "" for whatever they have.
    """

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    years: YearSpan = field(default_factory=YearSpan)
    order: str = USUAL_ORDER
    presence: Presence = Presence.SHOWN
    lacks: str = ""

    @property
    def narrows(self) -> bool:
        """Whether not all works are meant."""
        return bool(self.text or self.chosen or self.years or self.lacks)

    def without(self, facet: str) -> "Criteria":
        """Return the same but for one facet."""
        chosen = {name: value for name, value in self.chosen.items() if name != facet}
        return replace(self, chosen=chosen)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Value of a facet, and how many works of the list have it."""

    value: str
    works: int


@dataclass(frozen=True, slots=True)
class Facet:
    """Facet that a list can be narrowed by.

    Attributes
    ----------
    name : str
        One of ``FACETS``.
    chosen : str
        The value it is narrowed by already; empty if it is not.
    values : sequence of FacetValue
        The most frequent ones, as if nothing of this facet were chosen; centuries in
        their order, rooms in their natural one.
    more : bool
        Whether there are others.
    """

    name: str
    chosen: str
    values: Sequence[FacetValue]
    more: bool


def find_works(
    criteria: Criteria, number: int = 1, *, per_page: int | None = None
) -> Page[Artwork] | None:
    """Return a page of the works that are meant; None if there is no such page."""
    # The rows' numbers first: only this page's rows are then read whole.
    rows = select(Artwork.id).where(*_conditions(criteria))
    rows = rows.order_by(*ORDERS[criteria.order])
    page = select_page(db.session(), rows, number, per_page or WORKS_PER_PAGE)
    if page is None:
        return None
    wanted = select(Artwork).where(Artwork.id.in_(page.entries))
    loaded = db.session.scalars(
        wanted.options(
            selectinload(Artwork.images),
            selectinload(Artwork.media),
            selectinload(Artwork.term_codes),
        )
    )
    works = {work.id: work for work in loaded}
    shown = [works[row] for row in page.entries]
    return Page(shown, page.number, page.count, page.total)


def ids_of(criteria: Criteria) -> Select[int]:
    """Select the numbers of all works that are meant."""
    return select(Artwork.id).where(*_conditions(criteria))


def facets(criteria: Criteria) -> list[Facet]:
    """Return what the list can be narrowed by; a facet without values is left out."""
    found = []
    for name in FACETS:
        values = _values(name, criteria, VALUES_SHOWN + 1)
        chosen = criteria.chosen.get(name, "")
        if values or chosen:
            more = len(values) > VALUES_SHOWN
            shown = values[:VALUES_SHOWN]
            if name == CENTURY:
                shown.sort(key=_number)
            elif name == "location":
                shown.sort(key=lambda entry: natural_key(entry.value))
            found.append(Facet(name, chosen, shown, more))
    return found


def facet_values(
    name: str,
    criteria: Criteria,
    number: int = 1,
    *,
    read_as: Callable[[str], str] = str,
) -> Page[FacetValue] | None:
    """Return a page of all values of a facet, in natural order; None if none is there.

    Parameters
    ----------
    name : str
    criteria : Criteria
    number : int, >= 1
    read_as : callable
        Gives what people read for a value, by whose letters it is sorted.

    Raises
    ------
    KeyError
        If there is no such facet.
    """
    values = _values(name, criteria)
    if name == CENTURY:
        values.sort(key=_number)
    else:
        values.sort(key=lambda entry: natural_key(read_as(entry.value)))
    return slice_page(values, number, VALUES_PER_PAGE)


def _values(name: str, criteria: Criteria, most: int | None = None) -> list[FacetValue]:
    """Count the values of a facet, the most frequent ones first."""
    if name == CENTURY:
        return _centuries(criteria, most)
    column = COLUMNS[name]
    works = func.count().label("works")
    counted = (
        select(column, works)
        .where(*_conditions(criteria.without(name)), column != "")
        .group_by(column)
        .order_by(works.desc(), column)
    )
    if name != SHOWS:
        rows = db.session.execute(counted.limit(most))
        return [FacetValue(*row) for row in rows]
    # Few sets of subjects occur, so their members are soon counted.
    counts = Counter[str]()
    for shows, number in db.session.execute(counted):
        counts.update(dict.fromkeys(shows.split(), number))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [FacetValue(*pair) for pair in ordered[:most]]


def _centuries(criteria: Criteria, most: int | None) -> list[FacetValue]:
    """Count the works of each century; the most frequent ones first."""
    # In a row of its own, since PostgreSQL groups by no expression with parameters.
    rows = (
        select(*century_columns()).where(*_conditions(criteria.without(CENTURY)))
    ).subquery()
    counted = select(*rows.c, func.count()).group_by(*rows.c)
    counts = count_centuries(db.session.execute(counted))
    return [FacetValue(str(one), works) for one, works in counts.most_common(most)]


def _number(entry: FacetValue) -> int:
    """Return what centuries are sorted by."""
    return int(entry.value)


def _has(name: str, value: str) -> ColumnElement[bool]:
    """Select the works that have a value of a facet."""
    if name == CENTURY:
        return in_century(value)
    if name == SHOWS:
        # One word: two neighbours in the list are no value.
        return Artwork.shows.contains(
            write_subjects(value.split()[:1]), autoescape=True
        )
    return COLUMNS[name] == value


def _conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    words = plain_text(criteria.text).split()[:MOST_WORDS]
    withdrawn = Artwork.withdrawn_at.is_not(None)
    present = {
        Presence.SHOWN: [~withdrawn],
        Presence.WITHDRAWN: [withdrawn],
        Presence.ALL: [],
    }
    return [
        *present[criteria.presence],
        *(_has(name, value) for name, value in criteria.chosen.items()),
        *criteria.years.conditions(),
        *([lacks(criteria.lacks)] if criteria.lacks else []),
        *(Artwork.search_text.contains(word, autoescape=True) for word in words),
    ]
