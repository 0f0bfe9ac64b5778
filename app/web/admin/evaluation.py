"""Evaluation pages: start of an evaluation, its report, comparison with another one."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import LARGEST_INTEGER, EvaluationReport, Lane
from app.retrieval.generations.proportion import Proportion
from app.services.evaluation import disputes, reports
from app.services.evaluation import task as evaluation_task
from app.services.importing.pictures.source import SourceError
from app.services.system import tasks
from app.web.account.messages import tell_photos_left
from app.web.admin.plots import bar, interval_mark
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page
from app.web.shell.current import image_settings, media
from app.web.shell.stored import send_stored

bp = Blueprint("admin_evaluation", __name__, url_prefix="/admin/evaluations")

LONGEST_NAME = 200
CASES_SHOWN = 120
FIGURE_NAMES = {
    "top1": _("A right work comes first"),
    "top5": _("A right work is among the first five"),
    "true_accept": _("Photos of our works: found, and right"),
    "misnamed": _("Photos of our works: called found, but another work"),
    "false_accept": _("Photos of something else: called found"),
    "precision": _("Right among those called found (precision)"),
    "f1": _("Mean of both (F1)"),
    "recall_global_100": _("In the shortlist of the whole picture"),
    "recall_local_100": _("In the shortlist of details"),
    "recall_union_100": _("In either shortlist"),
    "gap": _("Global average precision"),
}
"""Shares in [0, 1], in the order they are shown."""


@bp.get("/")
def browse() -> str:
    """List the reports, and begin another evaluation."""
    page = or_404(reports.list_reports(db.session(), asked_page()))
    return render_template(
        "admin/evaluations.html",
        page=page,
        shared=shared_folders(),
        running=tasks.unfinished(db.session(), evaluation_task.KIND),
        accepted={
            one.id: proportions_of(one.figures).get("true_accept")
            for one in page.entries
        },
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """Take a ZIP file, or a folder on the server, and ask its photos later."""
    sent, shared = request.files.get("file"), request.form.get("shared", "")
    files = media().evaluations
    parameters: dict[str, object] = {"leave_out": "leave_out" in request.form}
    if sent is not None and sent.filename:
        parameters["zip"] = f"{secrets.token_hex(16)}.zip"
        files.write(str(parameters["zip"]), cast(BinaryIO, sent.stream))
        given = Path(sent.filename).name
    elif shared in shared_folders():
        parameters["folder"] = str(shared_folders()[shared])
        given = shared
    else:
        sentence = gettext("Please choose a ZIP file, or a folder on the server.")
        return go_to("admin_evaluation.browse", error=sentence)
    name = request.form.get("name", "").strip() or given
    parameters["name"] = name[:LONGEST_NAME]
    try:
        with evaluation_task.opened_photos(files, parameters, image_settings()):
            pass  # what cannot be read is better said now
    except SourceError as error:
        if "zip" in parameters:
            files.delete(str(parameters["zip"]))
        return go_to("admin_evaluation.browse", error=str(error))
    task = tasks.enqueue(
        db.session(), evaluation_task.KIND, parameters, current_account(), Lane.SHORT
    )
    return go_to("curate_tasks.show", task_id=task.id)


@bp.get("/<int:report_id>")
def show(report_id: int) -> str:
    """Show a report beside another one: the one before it, or ``?with=``."""
    report = or_404(db.session.get(EvaluationReport, report_id))
    number = request.args.get("with", type=int)
    if number is None or not 0 < number <= LARGEST_INTEGER:
        other = reports.earlier(db.session(), report)
    else:
        other = db.session.get(EvaluationReport, number)
    page = or_404(reports.list_reports(db.session()))
    wrong = [case for case in report.cases if not case["is_good"]]
    proportions = {
        one.id: proportions_of(one.figures) for one in (report, other) if one
    }
    return render_template(
        "admin/evaluation.html",
        report=report,
        other=other,
        others=[one for one in page.entries if one.id != report.id],
        figure_names=FIGURE_NAMES,
        wrong=wrong[:CASES_SHOWN],
        total_wrong=len(wrong),
        corrections=disputes.count_corrections(report),
        proportions=proportions,
        per_kind={
            kind: proportions_of(own)
            for kind, own in report.figures["per_kind"].items()
        },
        bar=bar,
        interval_mark=interval_mark,
    )


@bp.post("/<int:report_id>/delete")
def delete(report_id: int) -> ResponseReturnValue:
    """Delete a report with its photos."""
    report = or_404(db.session.get(EvaluationReport, report_id))
    left = evaluation_task.discard(db.session(), media().evaluations, report)
    tell_photos_left(left)
    return go_to("admin_evaluation.browse", done=gettext("The report is deleted."))


@bp.get("/<int:report_id>/photos/<int:number>.jpg")
def photo(report_id: int, number: int) -> Response:
    """Show a photo that was answered wrong."""
    report = or_404(db.session.get(EvaluationReport, report_id))
    name = evaluation_task.photo_name(report.settings["folder"], number)
    return send_stored(media().evaluations, name, "image/jpeg")


def proportions_of(figures: Mapping[str, Any]) -> dict[str, Proportion]:
    """Return the counts behind the shares of a report; old ones have none."""
    kept = figures.get("proportions") or {}
    return {name: Proportion(**one) for name, one in kept.items()}


def shared_folders() -> dict[str, Path]:
    """Return the folders on the server that hold a list of photos, by their names."""
    root = current_app.config["MORELLI_IMPORT_FOLDER"]
    if root is None or not root.is_dir():
        return {}
    found = sorted(root.glob(f"*/{evaluation_task.LIST_NAME}"))
    return {path.parent.name: path.parent for path in found}
