"""Recognition page: how well photos are recognised, and the decision thresholds."""

import math
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext

from app.extensions import db
from app.models import EvaluationReport
from app.retrieval.verification.decision import Thresholds
from app.services.evaluation import recognition, reports, threshold_checks
from app.services.evaluation.recognition import Case, Distribution
from app.services.evaluation.threshold_checks import ThresholdCheck
from app.services.index import thresholds
from app.web.admin.plots import Plot, Series, columns, curve, interval_mark
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to
from app.web.shell.current import live_index
from app.web.shell.proportions import counted

bp = Blueprint("admin_recognition", __name__, url_prefix="/admin/recognition")

FEEDBACK, REPORT = "feedback", "report"
CURVE_POINTS = 101
CONFUSED = 12
SURE = "sure"
"""Field by which somebody says that thresholds are to be set all the same."""


@bp.get("/")
def show() -> str:
    """Show distributions, curves, and what thresholds mean.

    ``?found=`` and ``?uncertain=`` are tried thresholds, ``?of=`` says which cases.
    """
    live, learnt, _model_id = live_thresholds()
    report = reports.newest(db.session())
    source, cases = judged_cases(report, request.args.get("of", REPORT))
    tried = asked_thresholds(live)
    answered = report.cases if report is not None and source == REPORT else []
    return render_template(
        "admin/recognition.html",
        source=source,
        report=report,
        cases=len(cases),
        tried=tried,
        live=live,
        learnt=learnt,
        check=threshold_checks.check(cases, live, tried),
        LEAST_JUDGED=threshold_checks.LEAST_JUDGED,
        LEAST_RECALL=threshold_checks.LEAST_RECALL,
        similarity=recognition.by_similarity(cases),
        inliers=recognition.by_inliers(cases),
        calibration=recognition.calibration(cases),
        confused=recognition.confused(answered, tried.found)[:CONFUSED],
        spread=spread,
        fit=fit,
        interval_mark=interval_mark,
    )


@bp.post("/thresholds")
def save() -> ResponseReturnValue:
    """Set the thresholds; the next search of every process obeys them."""
    try:
        sent = (request.form.get(name, "") for name in ("found", "uncertain"))
        wanted = Thresholds(*map(float, sent))
    except ValueError:
        sentence = gettext(
            "These thresholds cannot be used: each is from 0 to 1, and “found” needs "
            "at least as much as “perhaps”."
        )
        return go_to("admin_recognition.show", error=sentence)
    source, cases = judged_cases(
        reports.newest(db.session()), request.form.get("of", REPORT)
    )
    live, _learnt, _model_id = live_thresholds()
    check = threshold_checks.check(cases, live, wanted)
    is_held = check.is_refused or (check.has_warnings and SURE not in request.form)
    if wanted != live and is_held:
        sentence = gettext(
            "The thresholds are not set: see what speaks against them, below them."
        )
        asked: dict[str, Any] = {
            "found": wanted.found,
            "uncertain": wanted.uncertain,
            "of": source,
        }
        return go_to("admin_recognition.show", error=sentence, **asked)
    sentence = gettext("The thresholds are set. The very next search obeys them.")
    return store(wanted, sentence, grounds_of(check, source))


@bp.post("/thresholds/reset")
def reset() -> ResponseReturnValue:
    """Go back to the thresholds that the model learnt."""
    return store(None, gettext("The model’s own thresholds are good again."))


def judged_cases(
    report: EvaluationReport | None, source: str
) -> tuple[str, list[Case]]:
    """Return the cases of the newest report or of feedback, and which these are."""
    if source == REPORT and report is not None:
        return REPORT, recognition.cases_of_report(report)
    return FEEDBACK, recognition.cases_of_feedback(db.session())


def grounds_of(check: ThresholdCheck, source: str) -> dict[str, str]:
    """Return what was known of thresholds when they were set, for the trail."""
    return {
        "by": source,
        "recall": counted(check.then.recall),
        "false accepts": counted(check.then.false_accepts),
    }


def store(
    wanted: Thresholds | None, sentence: str, grounds: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """Store thresholds for the live model, and say so."""
    live, _learnt, model_id = live_thresholds()
    thresholds.store(
        db.session(),
        wanted,
        model_id,
        before=live,
        user=current_account(),
        grounds=grounds,
    )
    return go_to("admin_recognition.show", done=sentence)


def live_thresholds() -> tuple[Thresholds, Thresholds, str]:
    """Return the thresholds that are good now, those of the live model, and its name.

    Without an index there is no such model; the page of the error says what to do.
    """
    with live_index().use() as searcher:
        learnt, model_id = searcher.learnt_thresholds, searcher.model_id
    return thresholds.stored(db.session(), model_id) or learnt, learnt, model_id


def asked_thresholds(live: Thresholds) -> Thresholds:
    """Read the thresholds to try; those that are good now where none make sense."""
    try:
        return Thresholds(
            float(request.args.get("found", live.found)),
            float(request.args.get("uncertain", live.uncertain)),
        )
    except ValueError:
        return live


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
    return curve(title, Series(title, "right", values), ends)
