"""Figures of the dashboard: each a plot, the table of its numbers, and words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.retrieval.types import Verdict
from app.services.operations.statistics import PERCENTILES, TOTAL, Statistics
from app.web.admin.plots import Plot, Series, columns
from app.web.shell.languages import LANGUAGES
from app.web.shell.presentation import VERDICTS

Cell = str | int | float

TITLES: dict[str, LazyString] = {
    "days": _("Searches over time"),
    "hours": _("Searches by the hour of the day"),
    "verdicts": _("What was answered"),
    "judged": _("What visitors said of the answers"),
    "registrations": _("New accounts"),
    "languages": _("Languages"),
    "devices": _("Devices"),
    "latency": _("How long a search takes, in milliseconds"),
    "found": _("Most found works"),
}
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
    "shortlist_global": _("Works that look alike"),
    "shortlist_local": _("Works with the same details"),
    "verify": _("Checking where the details lie"),
    "decide": _("Deciding"),
}
"""Words for the engine's names; one that is missing here is shown as it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Figure: numbers of a period.

    Attributes
    ----------
    name : str
        In addresses.
    title : str
    head : sequence of str
        Headings of the table.
    rows : sequence of tuple
    plot : Plot or None
        None: the table itself has bars.
    bars : int or None
        Column of the table that bars are drawn for.
    """

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[tuple[Cell, ...]]
    plot: Plot | None = None
    bars: int | None = None

    @property
    def most(self) -> float:
        """The largest number of the column with bars; never 0."""
        assert self.bars is not None  # noqa: S101 - asked for with bars only
        return max((float(row[self.bars]) for row in self.rows), default=0.0) or 1.0


def days(statistics: Statistics) -> Figure:
    """Count searches by days or months."""
    counts = statistics.by_day()
    heads = [gettext("Month") if statistics.period.is_long else gettext("Day")]
    rows: list[tuple[Cell, ...]] = [
        (day.isoformat(), *(counts[day][one] for one in Verdict)) for day in counts
    ]
    plot = stacked("days", rows, ends_of(list(counts)))
    return figure("days", heads + verdict_names(), rows, plot)


def hours(statistics: Statistics) -> Figure:
    """Count searches by the hour of the day."""
    rows: list[tuple[Cell, ...]] = [
        (f"{hour:02d}:00", *(counts[one] for one in Verdict))
        for hour, counts in statistics.by_hour().items()
    ]
    plot = stacked("hours", rows, ("00:00", "23:00"))
    return figure("hours", [gettext("Hour (UTC)"), *verdict_names()], rows, plot)


def verdicts(statistics: Statistics) -> Figure:
    """Count what was answered."""
    counts = statistics.by_verdict()
    rows = [(str(VERDICTS[one]), count) for one, count in counts.items()]
    return barred("verdicts", gettext("Answer"), rows)


def judged(statistics: Statistics) -> Figure:
    """Count answers that were called right or wrong."""
    rows = [
        (str(VERDICTS[one]), right, wrong, right + wrong)
        for one, (right, wrong) in statistics.judged().items()
    ]
    head = [gettext("Answer"), gettext("Called right"), gettext("Called wrong")]
    return figure("judged", [*head, gettext("Together")], rows, bars=3)


def registrations(statistics: Statistics) -> Figure:
    """Count new accounts."""
    counts = statistics.registrations()
    name = gettext("Accounts")
    plot = columns(
        str(TITLES["registrations"]),
        [Series(name, "found", list(counts.values()))],
        ends_of(list(counts)),
    )
    head = [gettext("Month") if statistics.period.is_long else gettext("Day"), name]
    rows = [(day.isoformat(), count) for day, count in counts.items()]
    return figure("registrations", head, rows, plot)


def languages(statistics: Statistics) -> Figure:
    """Count searches by language."""
    rows = [(LANGUAGES.get(n, n) or "–", c) for n, c in statistics.by_language()]
    return barred("languages", gettext("Language"), rows)


def devices(statistics: Statistics) -> Figure:
    """Count searches by sort of device."""
    rows = [(str(DEVICES.get(n, n)) or "–", c) for n, c in statistics.by_device()]
    return barred("devices", gettext("Device"), rows)


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
    return figure("latency", head, rows, bars=3)


def found(statistics: Statistics) -> Figure:
    """Name the works found most often."""
    rows = [
        (work.accession, work.title, work.artist, count)
        for work, count in statistics.most_found()
    ]
    head = [gettext("Accession number"), gettext("Title"), gettext("Artist")]
    return figure("found", [*head, gettext("Searches")], rows, bars=3)


FIGURES: Mapping[str, Callable[[Statistics], Figure]] = {
    "days": days,
    "hours": hours,
    "verdicts": verdicts,
    "judged": judged,
    "registrations": registrations,
    "languages": languages,
    "devices": devices,
    "latency": latency,
    "found": found,
}


def figure(
    name: str,
    head: Sequence[str],
    rows: Sequence[tuple[Cell, ...]],
    plot: Plot | None = None,
    *,
    bars: int | None = None,
) -> Figure:
    """Put a figure together under its title."""
    return Figure(name, str(TITLES[name]), head, rows, plot, bars)


def barred(name: str, head: str, rows: Sequence[tuple[str, int]]) -> Figure:
    """Return a short list of numbers, whose table is its plot."""
    return figure(name, [head, gettext("Searches")], rows, bars=1)


def stacked(name: str, rows: Sequence[tuple[Cell, ...]], ends: tuple[str, str]) -> Plot:
    """Draw columns of the three answers, one on top of the other."""
    series = [
        Series(str(VERDICTS[one]), one.value, [float(row[place]) for row in rows])
        for place, one in enumerate(Verdict, start=1)
    ]
    return columns(str(TITLES[name]), series, ends)


def verdict_names() -> list[str]:
    """Return what the three answers are called."""
    return [str(VERDICTS[one]) for one in Verdict]


def ends_of(shown: Sequence[date]) -> tuple[str, str]:
    """Return the first and the last day in words."""
    return format_date(shown[0], "medium"), format_date(shown[-1], "medium")
