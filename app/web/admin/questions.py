"""Questions that a museum asks of its searches: each a figure with its answer."""

from dataclasses import replace

from babel.dates import get_day_names
from flask_babel import format_decimal, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _

from app.retrieval.verification.evidence import Verdict
from app.services.operations.statistics import Statistics
from app.services.operations.wording import VERDICTS, WAYS, difference_words
from app.web.admin.figures import Cell, Figure, barred, titled
from app.web.admin.plots import Series

QUESTIONS = ("comparison", "week", "missed", "recovered")
"""Names of functions below, as of ``FIGURES``; rooms stand beside the works found."""


@titled(_("How does this compare with the period before?"))
def comparison(statistics: Statistics) -> Figure:
    """Compare the answers with those of the period of as many days before."""
    earlier = Statistics(statistics.session, statistics.period.before).by_verdict()
    now = statistics.by_verdict()
    pairs = [(gettext("Searches"), sum(now.values()), sum(earlier.values()))]
    pairs += [(str(VERDICTS[one]), now[one], earlier[one]) for one in Verdict]
    rows: list[tuple[Cell, ...]] = [
        (name, count, before, difference_words(count, before))
        for name, count, before in pairs
    ]
    head = [gettext("Answer"), gettext("This period"), gettext("Period before")]
    sentence = gettext(
        "%(now)s searches, %(before)s in as many days before: %(difference)s.",
        now=format_decimal(pairs[0][1]),
        before=format_decimal(pairs[0][2]),
        difference=difference_words(*pairs[0][1:]),
    )
    return Figure([*head, gettext("Difference")], rows, bars=1, sentence=sentence)


@titled(_("At which hours of the week do visitors ask?"))
def week(statistics: Statistics) -> Figure:
    """Count searches by weekday and hour."""
    counts = statistics.by_weekday()
    names = get_day_names(locale=get_locale())
    busiest = statistics.busiest_hour()
    sentence = gettext("Nothing yet.")
    if busiest:
        day, hour, most = busiest
        sentence = gettext(
            "Most often on %(day)s from %(hour)s on: %(count)s searches. Rows: Monday "
            "above, Sunday below.",
            day=names[day],
            hour=f"{hour:02d}:00",
            count=format_decimal(most),
        )
    rows: list[tuple[Cell, ...]] = [
        (f"{hour:02d}:00", *(counts[day][hour] for day in range(7)))
        for hour in range(24)
    ]
    series = Series(gettext("Searches"), "found", [n for day in counts for n in day])
    head = [gettext("Hour (UTC)"), *(names[day] for day in range(7))]
    ends = ("00:00", "23:00")
    return Figure(head, rows, [series], ends, sentence=sentence, grid_rows=7)


@titled(_("Which works are asked for and not found?"))
def missed(statistics: Statistics) -> Figure:
    """Name the works that visitors named after nothing was found."""
    works = statistics.missed()
    rows = [(work.accession, work.title, work.artist, n) for work, n in works]
    head = [gettext("Accession number"), gettext("Title"), gettext("Artist")]
    sentence = gettext("Nobody named a work after nothing was found.")
    if works:
        work, count = works[0]
        sentence = ngettext(
            "Most often %(work)s: named once by whoever got “not found”.",
            "Most often %(work)s: named %(count)s times by whoever got “not found”.",
            count,
            work=work.title or work.accession,
            count=format_decimal(count),
        )
    head.append(gettext("Times named"))
    return Figure(head, rows, bars=3, texts=3, sentence=sentence)


@titled(_("Who finds the work after “not found”?"))
def recovered(statistics: Statistics) -> Figure:
    """Count those who found the work otherwise, of all whose photo showed none."""
    ways = statistics.found_otherwise
    each = [
        (str(name), ways.get(way, {}).get(Verdict.NOT_FOUND, 0))
        for way, name in WAYS.items()
    ]
    asked = statistics.by_verdict()[Verdict.NOT_FOUND]
    named = sum(count for _name, count in each)
    sentence = gettext(
        "%(named)s of %(asked)s said that they then found it.",
        named=format_decimal(named),
        asked=format_decimal(asked),
    )
    figure = barred(gettext("Found by"), each)
    return replace(figure, sentence=sentence)


@titled(_("In which rooms are works found?"))
def rooms(statistics: Statistics) -> Figure:
    """Count what is found by the rooms."""
    rows = statistics.rooms()
    figure = barred(gettext("Room"), rows)
    if not rows:
        return figure
    room, count = rows[0]
    sentence = gettext(
        "Most often in %(room)s: %(count)s.", room=room, count=format_decimal(count)
    )
    return replace(figure, sentence=sentence)
