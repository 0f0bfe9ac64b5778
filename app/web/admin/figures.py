"""Figures of the dashboard: each a table of numbers, under a plot or with bars."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import (
    format_date,
    gettext,
)
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.retrieval.verification.evidence import Verdict
from app.services.operations.statistics import PERCENTILES, TOTAL, Statistics
from app.services.operations.wording import VERDICTS, WAYS
from app.web.admin.plots import Plot, Series, columns, grid
from app.web.shell.languages import LANGUAGES

Cell = str | int | float | date

DEVICES = {
    "phone": _("Phone"),
    "tablet": _("Tablet"),
    "desktop": _("Computer"),
    "program": _("Program"),
}
STAGES = {
    TOTAL: _("The whole search"),
    "describe": _("Describing the photo"),
    "local": _("Finding details in the photo"),
    "verify_more": _("Checking more candidates"),
    "around": _("Looking from all sides"),
    "again": _("Looking for more works"),
    "shortlist_local": _("Works with the same details"),
    "verify": _("Checking where the details lie"),
    "decide": _("Deciding"),
}
"""Words for the engine's names; one that is missing here is shown as it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Table of numbers of a period, with the series of its plot or a column of bars."""

    head: Sequence[str]
    rows: Sequence[tuple[Cell, ...]]
    series: Sequence[Series] = ()
    ends: tuple[str, str] = ("", "")
    """What stands below the left and the right edge of the plot."""
    bars: int | None = None
    """Column of the table that bars are drawn for, where there is no plot."""
    texts: int = 1
    """How many of the columns, the first ones, are of words and not of numbers."""
    name: str = ""
    """In addresses."""
    title: str = ""
    sentence: str = ""
    """Answer to the question that the title asks."""
    grid_rows: int = 0
    """Rows of cells that the one series is drawn as; 0: columns."""

    @property
    def plot(self) -> Plot | None:
        """Columns of the series, if there are any."""
        if self.grid_rows:
            return grid(self.title, self.series[0], self.grid_rows, self.ends)
        return columns(self.title, self.series, self.ends) if self.series else None

    @property
    def most(self) -> float:
        """The largest number of the column with bars; never 0."""
        assert self.bars is not None  # noqa: S101 - asked for with bars only
        return (
            max((float(str(row[self.bars])) for row in self.rows), default=0.0) or 1.0
        )


Count = Callable[[Statistics], Figure]
FIGURES: dict[str, Count] = {}
"""By the names of the functions below."""


def titled(title: LazyString) -> Callable[[Count], Count]:
    """Put a function's figure among ``FIGURES``, under its name and a title."""

    def register(count: Count) -> Count:
        name = count.__name__
        FIGURES[name] = lambda statistics: replace(
            count(statistics), name=name, title=str(title)
        )
        return count

    return register


@titled(_("Searches over time"))
def days(statistics: Statistics) -> Figure:
    """Count searches by days or months."""
    counts = statistics.by_day()
    return stacked(day_or_month(statistics), counts, ends_of(list(counts)))


@titled(_("Searches by the hour of the day"))
def hours(statistics: Statistics) -> Figure:
    """Count searches by the hour of the day."""
    counts = statistics.by_hour()
    named = {f"{hour:02d}:00": verdicts for hour, verdicts in counts.items()}
    return stacked(gettext("Hour (UTC)"), named, ("00:00", "23:00"))


@titled(_("What was answered"))
def verdicts(statistics: Statistics) -> Figure:
    """Count what was answered."""
    counts = statistics.by_verdict()
    rows = [(str(VERDICTS[one]), count) for one, count in counts.items()]
    return barred(gettext("Answer"), rows)


@titled(_("What visitors said of the answers"))
def judged(statistics: Statistics) -> Figure:
    """Count answers that were called right or wrong."""
    rows = [
        (str(VERDICTS[one]), right, wrong, right + wrong)
        for one, (right, wrong) in statistics.judged().items()
    ]
    head = [gettext("Answer"), gettext("Called right"), gettext("Called wrong")]
    return Figure([*head, gettext("Together")], rows, bars=3)


@titled(_("Works that visitors found after a photo did not"))
def otherwise(statistics: Statistics) -> Figure:
    """Count who found the work by a number, by words, in the room, or among others."""
    counts = statistics.found_otherwise
    rows: list[tuple[Cell, ...]] = []
    for way, name in WAYS.items():
        each = [counts.get(way, {}).get(one, 0) for one in Verdict]
        rows.append((str(name), *each, sum(each)))
    head = [gettext("Found by"), *(str(VERDICTS[one]) for one in Verdict)]
    return Figure([*head, gettext("Together")], rows, bars=len(head))


@titled(_("New accounts"))
def registrations(statistics: Statistics) -> Figure:
    """Count new accounts."""
    counts = statistics.registrations()
    name = gettext("Accounts")
    rows = list(counts.items())
    series = [Series(name, "found", list(counts.values()))]
    head = [day_or_month(statistics), name]
    return Figure(head, rows, series, ends_of(list(counts)))


@titled(_("Languages"))
def languages(statistics: Statistics) -> Figure:
    """Count searches by language."""
    rows = [(LANGUAGES.get(n, n) or "–", c) for n, c in statistics.by_language()]
    return barred(gettext("Language"), rows)


@titled(_("Devices"))
def devices(statistics: Statistics) -> Figure:
    """Count searches by sort of device."""
    rows = [(str(DEVICES.get(n, n)) or "–", c) for n, c in statistics.by_device()]
    return barred(gettext("Device"), rows)


@titled(_("How long a search takes, in milliseconds"))
def latency(statistics: Statistics) -> Figure:
    """Measure the stages of a search."""
    rows: list[tuple[Cell, ...]] = [
        (
            str(STAGES.get(one.stage, one.stage)),
            *(round(value, 1) for value in one.percentiles),
            one.searches,
        )
        for one in statistics.latencies()
    ]
    head = [gettext("Stage"), *(f"p{p}" for p in PERCENTILES), gettext("Searches")]
    return Figure(head, rows, bars=3)


@titled(_("Most found works"))
def found(statistics: Statistics) -> Figure:
    """Name the works found most often."""
    rows = [
        (work.accession, work.title, work.artist, count)
        for work, count in statistics.most_found()
    ]
    head = [gettext("Accession number"), gettext("Title"), gettext("Artist")]
    return Figure([*head, gettext("Searches")], rows, bars=3, texts=3)


def barred(head: str, rows: Sequence[tuple[str, int]]) -> Figure:
    """Return a short list of numbers, whose table is its plot."""
    return Figure([head, gettext("Searches")], rows, bars=1)


def stacked(
    head: str,
    counts: Mapping[str, Counter[Verdict]] | Mapping[date, Counter[Verdict]],
    ends: tuple[str, str],
) -> Figure:
    """Return columns of the three answers, one on top of the other."""
    names = [str(VERDICTS[one]) for one in Verdict]
    series = [
        Series(name, one.value, [count[one] for count in counts.values()])
        for name, one in zip(names, Verdict, strict=True)
    ]
    rows: list[tuple[Cell, ...]] = [
        (when, *(count[one] for one in Verdict)) for when, count in counts.items()
    ]
    return Figure([head, *names], rows, series, ends)


def day_or_month(statistics: Statistics) -> str:
    """Return what a column of the figures over time is."""
    return str(gettext("Month") if statistics.period.is_long else gettext("Day"))


def ends_of(shown: Sequence[date]) -> tuple[str, str]:
    """Return the first and the last day in words."""
    return format_date(shown[0], "medium"), format_date(shown[-1], "medium")
