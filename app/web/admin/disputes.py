"""Pages of disputed cases: whether the answer is right or the list of photos."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import EvaluationReport, Relevance, RelevanceJudgement
from app.services.evaluation import correcting, disputes, judgements, reports
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("admin_disputes", __name__, url_prefix="/admin/evaluations")

CASES_SHOWN = 60
RELEVANCE_NAMES = {
    Relevance.SHOWN: _("The photo shows it"),
    Relevance.IN_VIEW: _("It is in the photo, too"),
    Relevance.ABSENT: _("It is not in the photo"),
}
MEANWHILE = _(
    "Nothing is changed: somebody else judged the same meanwhile, or took it back."
)


@bp.get("/disputed")
def browse() -> str:
    """Show what is disputed in the newest report, and what was judged so far."""
    report = reports.newest(db.session())
    cases = disputes.open_cases(report) if report else []
    return render_template(
        "admin/disputed.html",
        report=report,
        cases=cases[:CASES_SHOWN],
        total=len(cases),
        page=or_404(judgements.list_judgements(db.session(), asked_page())),
        relevance_names=RELEVANCE_NAMES,
    )


@bp.post("/<int:report_id>/judge")
def judge(report_id: int) -> ResponseReturnValue:
    """Say of a work that was answered to a photo whether it is in there."""
    report = or_404(db.session.get(EvaluationReport, report_id))
    number = request.form.get("number", -1, type=int)
    work = request.form.get("work", "")
    try:
        relevance = Relevance(request.form.get("relevance", ""))
    except ValueError:
        abort(400)
    said = {}
    try:
        name = correcting.judge(
            db.session(), report, number, work, relevance, current_account()
        )
    except correcting.NotAnsweredError:
        abort(404)
    except judgements.JudgedMeanwhileError:
        said["error"] = str(MEANWHILE)
    else:
        said["done"] = gettext(
            "Noted for every evaluation with this photo: %(photo)s, %(work)s: "
            "%(relevance)s.",
            photo=name,
            work=work,
            relevance=RELEVANCE_NAMES[relevance],
        )
    if "disputed" in request.form:
        return go_to("admin_disputes.browse", **said)
    return go_to("admin_evaluation.show", report_id=report_id, _anchor="wrong", **said)


@bp.post("/judgements/<int:judgement_id>/withdraw")
def withdraw(judgement_id: int) -> ResponseReturnValue:
    """Take a judgement back: the list is good again."""
    judgement = or_404(db.session.get(RelevanceJudgement, judgement_id))
    try:
        correcting.withdraw(db.session(), judgement, current_account())
    except judgements.JudgedMeanwhileError:
        return go_to("admin_disputes.browse", error=str(MEANWHILE))
    return go_to("admin_disputes.browse", done=gettext("Taken back."))
