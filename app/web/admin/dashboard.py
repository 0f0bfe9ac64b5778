"""Dashboard: searches over time, their speed, what is found and what is not."""

import csv
import io
from datetime import date, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import now
from app.services.collection.spreadsheets import inert
from app.services.evaluation.review.photos import DeskList
from app.services.operations.statistics import Period, Statistics, first_day
from app.web.admin.figures import FIGURES
from app.web.admin.plots import bar
from app.web.admin.questions import QUESTIONS
from app.web.curate.responses import download, or_404

bp = Blueprint("admin_dashboard", __name__, url_prefix="/admin")

OVERVIEW = (
    *QUESTIONS,
    *("days", "hours", "verdicts", "judged", "otherwise"),
    *("registrations", "languages", "devices"),
)
USUAL_DAYS = 30
LONGEST_DAYS = 3_653
PRESETS = {7: _("7 days"), 30: _("30 days"), 365: _("1 year")}


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
@bp.get("/refused", endpoint="refused")
def unanswered() -> ResponseReturnValue:
    """Lead to the review desk, which has what these pages had."""
    is_refused = request.endpoint == "admin_dashboard.refused"
    listed = DeskList.WRONG if is_refused else DeskList.UNANSWERED
    return redirect(url_for("curate_desk.browse", of=listed.value))


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
