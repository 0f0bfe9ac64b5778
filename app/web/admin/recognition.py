"""Recognition page: how well photos are recognised, and the decision thresholds."""

import json
import math

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext

from app.extensions import db
from app.models import EvaluationReport
from app.retrieval.verification.decision import Thresholds
from app.services.evaluation import recognition, reports
from app.services.evaluation.recognition import Case, Distribution
from app.services.index import thresholds
from app.services.index.searcher import Searcher
from app.web.account.messages import DONE, ERROR
from app.web.admin.plots import Plot, Series, bar, columns, curves
from app.web.callers.visitors import current_account
from app.web.shell.current import live_index

bp = Blueprint("admin_recognition", __name__, url_prefix="/admin/recognition")

FEEDBACK, REPORT = "feedback", "report"
CURVE_POINTS = 101
CONFUSED = 12
SCRIPT_STEPS = 1_000_000
"""Of the probabilities that the script of the page computes with."""


@bp.get("/")
def show() -> str:
    """Show distributions, curves, and what thresholds mean.

    ``?found=`` and ``?uncertain=`` are tried thresholds, ``?of=`` says which cases.
    """
    live, learnt = live_thresholds()
    report = reports.newest(db.session())
    source = request.args.get("of", REPORT if report else FEEDBACK)
    if source == REPORT and report is not None:
        cases = recognition.cases_of_report(report)
    else:
        source, cases = FEEDBACK, recognition.cases_of_feedback(db.session())
    tried = asked_thresholds(live)
    return render_template(
        "admin/recognition.html",
        source=source,
        report=report,
        cases=len(cases),
        tried=tried,
        live=live,
        learnt=learnt,
        now=recognition.consequences(cases, live),
        then=recognition.consequences(cases, tried),
        similarity=recognition.by_similarity(cases),
        inliers=recognition.by_inliers(cases),
        calibration=recognition.calibration(cases),
        confused=confused_of(report, tried) if source == REPORT else [],
        for_script=packed(cases),
        spread=spread,
        fit=fit,
        bar=bar,
        share=share,
    )


@bp.post("/thresholds")
def save() -> ResponseReturnValue:
    """Set the thresholds; the next search of every process obeys them."""
    live, _ = live_thresholds()
    try:
        wanted = Thresholds(number("found"), number("uncertain"))
    except ValueError:
        flash(
            gettext(
                "These thresholds cannot be used: each is from 0 to 1, and “found” "
                "needs at least as much as “perhaps”."
            ),
            ERROR,
        )
        return redirect(url_for("admin_recognition.show"), 303)
    store(wanted, live)
    flash(gettext("The thresholds are set. The very next search obeys them."), DONE)
    return redirect(url_for("admin_recognition.show"), 303)


@bp.post("/thresholds/reset")
def reset() -> ResponseReturnValue:
    """Go back to the thresholds that the model learnt."""
    live, _ = live_thresholds()
    store(None, live)
    flash(gettext("The model’s own thresholds are good again."), DONE)
    return redirect(url_for("admin_recognition.show"), 303)


def store(wanted: Thresholds | None, live: Thresholds) -> None:
    """Store thresholds for the live model."""
    with live_index().use() as searcher:
        model_id = searcher.model_id
    thresholds.store(
        db.session(), wanted, model_id, before=live, user=current_account()
    )


def live_thresholds() -> tuple[Thresholds, Thresholds]:
    """Return the thresholds that are good now, and those that the model learnt.

    Raises
    ------
    EmptyGalleryError, ArtefactError
        If there is no index, so no model to speak of; the page says what to do.
    """
    with live_index().use() as searcher:
        return stored_or_learnt(searcher), searcher.learnt_thresholds


def stored_or_learnt(searcher: Searcher) -> Thresholds:
    """Return what the next search will obey."""
    stored = thresholds.stored(db.session(), searcher.model_id)
    return stored or searcher.learnt_thresholds


def asked_thresholds(live: Thresholds) -> Thresholds:
    """Read the thresholds to try; those that are good now where none make sense."""
    try:
        return Thresholds(
            float(request.args.get("found", live.found)),
            float(request.args.get("uncertain", live.uncertain)),
        )
    except ValueError:
        return live


def number(name: str) -> float:
    """Read a number of the form; ValueError where it is none."""
    value = float(request.form.get(name, ""))
    if not math.isfinite(value):
        raise ValueError(name)
    return value


def packed(cases: list[Case]) -> str:
    """Write what the page's script needs: probability, right, answerable of each.

    Rounded down: what is just below a threshold must stay there.
    """
    rows = [
        [
            math.floor(case.probability * SCRIPT_STEPS) / SCRIPT_STEPS,
            int(case.is_right),
            int(case.is_answerable),
        ]
        for case in cases
    ]
    return json.dumps(rows, separators=(",", ":"))


def spread(one: Distribution, title: str) -> Plot:
    """Draw how right and wrong answers are spread, right ones below."""
    series = [
        Series(gettext("Right"), "right", one.right),
        Series(gettext("Wrong"), "wrong", one.wrong),
    ]
    ends = (format_decimal(one.edges[0]), format_decimal(one.edges[-1]))
    return columns(title, series, ends)


def fit(one: Distribution, title: str) -> Plot | None:
    """Draw the logistic curve; None where there is none to draw."""
    low, high = one.edges[0], one.edges[-1]
    steps = [i / (CURVE_POINTS - 1) for i in range(CURVE_POINTS)]
    if one.is_logarithmic:
        places = [math.expm1(math.log1p(high) * step) for step in steps]
    else:
        places = [low + (high - low) * step for step in steps]
    values = [p for place in places if (p := one.probability(place)) is not None]
    if not values:
        return None
    ends = (format_decimal(low), format_decimal(high))
    return curves(title, [Series(title, "right", values)], ends, highest=1.0)


def share(value: float) -> str:
    """Write a share in per cent; a dash where it is of nothing."""
    if math.isnan(value):
        return "–"
    return str(gettext("%(number)s %%", number=format_decimal(100 * value, "0.0")))


def confused_of(
    report: EvaluationReport | None, tried: Thresholds
) -> list[dict[str, object]]:
    """Return the surest wrong answers of a report."""
    cases = report.cases if report else []
    return recognition.confused(cases, tried.found)[:CONFUSED]
