"""What a monthly report says, in the language of whoever reads it.

Everything is counted over all visitors; nothing tells who asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import get_day_names
from flask_babel import (
    format_date,
    format_decimal,
    format_percent,
    get_locale,
    gettext,
    ngettext,
)
from sqlalchemy.orm import Session

from app.models import Artwork
from app.retrieval.verification.evidence import Verdict
from app.services.operations.monthly.months import month_before
from app.services.operations.statistics import Period, Statistics
from app.services.operations.wording import VERDICTS, WAYS, difference_words

LONGEST_LIST = 10
"""Works or rooms that a table of the report names at most."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Searches by the hours of the week, to be drawn as a picture.

    Attributes
    ----------
    days : sequence of str
        Names, from Monday on.
    counts : sequence of sequence of int
        For each of them, by the hour of the day.
    """

    days: Sequence[str]
    counts: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Section:
    """Question of a report, its answer in a sentence, its numbers below that.

    Attributes
    ----------
    head : tuple of str
        Of the table's columns.
    text_columns : int
        How many of them, the first ones, are of words and not of numbers.
    """

    title: str
    sentence: str
    head: Row = ()
    rows: Sequence[Row] = ()
    text_columns: int = 1
    week: Week | None = None


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """Texts of a report, in one language."""

    title: str
    lead: str
    sections: Sequence[Section]
    note: str
    latin_note: str
    language: str


def write_report(session: Session, month: Period, museum: str) -> MonthlyReport:
    """Count a month and say it in the present language."""
    statistics = Statistics(session, month)
    return MonthlyReport(
        title=month_words(month),
        lead=gettext("Monthly report of the visual search – %(museum)s", museum=museum),
        sections=[
            _searches(statistics),
            _works_found(statistics),
            _rooms(statistics),
            _works_missed(statistics),
            _found_otherwise(statistics),
            _hours(statistics),
        ],
        note=gettext(
            "Searches are counted here; nothing tells who asked. Days and hours are "
            "those of UTC."
        ),
        latin_note=gettext(
            "Words in other than Latin, Greek or Cyrillic letters are written in Latin "
            "ones here."
        ),
        language=str(get_locale()),
    )


def month_words(month: Period) -> str:
    """Name a month and its year."""
    return str(format_date(month.first, "LLLL y", rebase=False))


def _searches(statistics: Statistics) -> Section:
    before = Statistics(statistics.session, month_before(statistics.period))
    now, earlier = statistics.by_verdict(), before.by_verdict()
    total, total_earlier = sum(now.values()), sum(earlier.values())
    searched = format_decimal(total), format_decimal(total_earlier)
    rows = [(gettext("Searches"), *searched, difference_words(total, total_earlier))]
    rows += [
        (
            str(VERDICTS[one]),
            _with_share(now[one], total),
            _with_share(earlier[one], total_earlier),
            difference_words(now[one], earlier[one]),
        )
        for one in Verdict
    ]
    sentence = gettext("Nobody searched in this month.")
    if total:
        sentence = gettext(
            "%(now)s searches, %(before)s in the month before: %(difference)s. A work "
            "was found in %(share)s of them.",
            now=format_decimal(total),
            before=format_decimal(total_earlier),
            difference=difference_words(total, total_earlier),
            share=_share(now[Verdict.FOUND], total),
        )
    head = gettext("Answer"), gettext("This month"), gettext("Month before")
    return Section(
        gettext("How many searched, and how many found?"),
        sentence,
        (*head, gettext("Difference")),
        rows,
    )


def _works_found(statistics: Statistics) -> Section:
    works = statistics.most_found()
    sentence = gettext("No work was found in this month.")
    if works:
        sentence = gettext(
            "Most often %(work)s: %(count)s.",
            work=_title(works[0][0]),
            count=format_decimal(works[0][1]),
        )
    head = *_work_head(), gettext("Times found")
    title = gettext("Which works are found most?")
    return Section(title, sentence, head, _work_rows(works), len(head) - 1)


def _rooms(statistics: Statistics) -> Section:
    rooms = statistics.rooms()
    sentence = gettext("No work with a room was found in this month.")
    if rooms:
        room, count = rooms[0]
        sentence = gettext(
            "Most often in %(room)s: %(count)s.", room=room, count=format_decimal(count)
        )
    rows = [(room, format_decimal(n)) for room, n in rooms[:LONGEST_LIST]]
    head = gettext("Room"), gettext("Times found")
    return Section(gettext("In which rooms are works found?"), sentence, head, rows)


def _works_missed(statistics: Statistics) -> Section:
    works = statistics.missed()
    sentence = gettext("Nobody named a work after nothing was found.")
    if works:
        work, count = works[0]
        sentence = ngettext(
            "Most often %(work)s: named once by whoever got “not found”.",
            "Most often %(work)s: named %(count)s times by whoever got “not found”.",
            count,
            work=_title(work),
            count=format_decimal(count),
        )
    head = *_work_head(), gettext("Times named")
    title = gettext("Which works are asked for and not found?")
    return Section(title, sentence, head, _work_rows(works), len(head) - 1)


def _found_otherwise(statistics: Statistics) -> Section:
    ways = statistics.found_otherwise
    counts = [
        (str(name), ways.get(way, {}).get(Verdict.NOT_FOUND, 0))
        for way, name in WAYS.items()
    ]
    sentence = gettext(
        "%(named)s of %(asked)s said that they then found it.",
        named=format_decimal(sum(count for _name, count in counts)),
        asked=format_decimal(statistics.by_verdict()[Verdict.NOT_FOUND]),
    )
    return Section(
        gettext("Who finds the work after “not found”?"),
        sentence,
        (gettext("Found by"), gettext("Searches")),
        [(name, format_decimal(count)) for name, count in counts],
    )


def _hours(statistics: Statistics) -> Section:
    counts = statistics.by_weekday()
    names = get_day_names(context="stand-alone", locale=get_locale())
    busiest = statistics.busiest_hour()
    sentence = gettext("Nobody searched in this month.")
    if busiest:
        day, hour, most = busiest
        sentence = gettext(
            "Most often on %(day)s from %(hour)s on: %(count)s searches. The darker an "
            "hour, the more searches.",
            day=names[day],
            hour=f"{hour:02d}:00",
            count=format_decimal(most),
        )
    week = Week([names[day] for day in range(7)], counts)
    title = gettext("At which hours of the week do visitors ask?")
    return Section(title, sentence, week=week)


def _work_head() -> Row:
    return gettext("Title"), gettext("Artist"), gettext("Accession number")


def _work_rows(works: Sequence[tuple[Artwork, int]]) -> list[Row]:
    return [
        (_title(work), work.artist, work.accession, format_decimal(count))
        for work, count in works[:LONGEST_LIST]
    ]


def _title(work: Artwork) -> str:
    return work.title or work.accession


def _with_share(count: int, total: int) -> str:
    number = str(format_decimal(count))
    return number if not count else f"{number} ({_share(count, total)})"


def _share(count: int, total: int) -> str:
    return str(format_percent(count / total, "0.0 %"))
