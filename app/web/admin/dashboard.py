"""Dashboard: searches over time, their speed, what is found and what is not."""

import csv
import io
from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Query, now
from app.retrieval.verification.evidence import Verdict
from app.services.collection.spreadsheets import inert
from app.services.operations.statistics import Period, Statistics, first_day
from app.services.search.grouping import group_alike
from app.web.admin.figures import FIGURES
from app.web.admin.plots import bar
from app.web.admin.questions import QUESTIONS
from app.web.curate.responses import download, or_404
from app.web.pages.answers import photo_response, small_response

bp = Blueprint("admin_dashboard", __name__, url_prefix="/admin")

OVERVIEW = (
    *QUESTIONS,
    *("days", "hours", "verdicts", "judged", "otherwise"),
    *("registrations", "languages", "devices"),
)
USUAL_DAYS = 30
LONGEST_DAYS = 3_653
PRESETS = {7: _("7 days"), 30: _("30 days"), 365: _("1 year")}
WALL = 240
"""Newest photos that are put on the wall of the unanswered."""
WALL_PER_GROUP = 12
REFUSED = 60


@bp.get("/")
def show() -> str:
    """Show how many asked what, and when."""
    return show_figures("admin/dashboard.html", *OVERVIEW)


@bp.get("/speed")
def speed() -> str:
    """Show how long searches take."""
    return show_figures("admin/dashboard.html", "latency")


@bp.get("/most-found")
def most_found() -> str:
    """Show the works that are found most often."""
    statistics = asked_statistics()
    found = statistics.most_found()
    return render(
        "admin/most_found.html",
        statistics.period,
        found=found,
        rooms=FIGURES["rooms"](statistics),
    )


@bp.get("/unanswered")
def unanswered() -> str:
    """Show the newest photos without an answer, those alike together."""
    statistics = asked_statistics()
    photos = statistics.unanswered(WALL)
    return render(
        "admin/unanswered.html",
        statistics.period,
        groups=group_alike(photos),
        total=len(photos),
        shown=WALL_PER_GROUP,
    )


@bp.get("/refused")
def refused() -> str:
    """Show the newest answers that were called wrong, with what was named."""
    statistics = asked_statistics()
    queries = statistics.refused(REFUSED)
    return render("admin/refused.html", statistics.period, queries=queries)


@bp.get("/figures/<name>.csv")
def table(name: str) -> Response:
    """Send the numbers of a figure as a table."""
    figure = or_404(FIGURES.get(name))(asked_statistics())
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(figure.head)
    writer.writerows(
        [inert(cell) if isinstance(cell, str) else cell for cell in row]
        for row in figure.rows
    )
    return download(file.getvalue(), f"{name}.csv", "text/csv")


@bp.get("/queries/<uuid:query_id>/photo.jpg")
def photo(query_id: UUID) -> Response:
    """Show a photo that may be looked at."""
    return photo_response(query_to_look_at(query_id))


@bp.get("/queries/<uuid:query_id>/photo.s.jpg")
def small(query_id: UUID) -> Response:
    """Show it small."""
    return small_response(query_to_look_at(query_id))


def query_to_look_at(query_id: UUID) -> Query:
    """Return a question whose photo administrators may see; 404 for all others.

    Those that were not answered, or judged: nothing can be learnt from the others that
    would be worth looking at what somebody was told nobody sees.
    """
    query = db.session.get(Query, str(query_id))
    if query is None or (query.verdict is Verdict.FOUND and query.feedback is None):
        abort(404)
    return query


def show_figures(template: str, *names: str) -> str:
    """Render some figures of the period that the address asks for."""
    statistics = asked_statistics()
    figures = [FIGURES[name](statistics) for name in names]
    return render(template, statistics.period, figures=figures)


def render(template: str, period: Period, **values: object) -> str:
    """Render a page with the choice of its period."""
    return render_template(
        template,
        period=period,
        today=now().date(),
        presets=PRESETS,
        timedelta=timedelta,
        first_day=first_day(db.session()),
        bar=bar,
        **values,
    )


def asked_statistics() -> Statistics:
    """Count the days that the address asks for; what makes no sense is passed over."""
    last = request.args.get("to", now().date(), type=day_of)
    usual = last - timedelta(days=USUAL_DAYS - 1)
    first, last = sorted((request.args.get("from", usual, type=day_of), last))
    longest = last - timedelta(days=LONGEST_DAYS)
    return Statistics(db.session(), Period(max(first, longest), last))


def day_of(text: str) -> date:
    """Read a day; ValueError for nonsense, and for days that no calendar reaches."""
    day = date.fromisoformat(text)
    if not 2000 <= day.year <= 2999:
        raise ValueError(text)
    return day
