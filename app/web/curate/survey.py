"""Survey pages: works that photos will not find, works with something in common."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Relation
from app.services.curation import findings, relations, survey
from app.services.curation.relations import RelationState
from app.services.system import tasks
from app.web.account.messages import DONE
from app.web.callers.visitors import current_account
from app.web.pages.works import asked_page

bp = Blueprint("curate_care", __name__, url_prefix="/curate/care")

RELATION_KINDS = {
    "same_file": (relations.RelationKind.SAME_FILE,),
    "duplicate": (relations.RelationKind.DUPLICATE,),
    "detail": (relations.RelationKind.DETAIL, relations.RelationKind.WHOLE),
    "view": (relations.RelationKind.VIEW,),
}
"""What the page keeps apart, and what that is in the table."""
NAMES = {
    "same_file": _("Same picture"),
    "duplicate": _("Duplicates"),
    "detail": _("Details"),
    "view": _("Other views"),
    "not_found": _("Not found by photos"),
    "few_features": _("Few features"),
    "no_image": _("No picture"),
    "unreadable": _("Damaged pictures"),
    "not_indexed": _("Not in the index"),
}
VERDICT_NAMES = {
    RelationState.PROPOSED: _("To decide"),
    RelationState.CONFIRMED: _("Confirmed"),
    RelationState.REJECTED: _("Rejected"),
}


@bp.get("/")
def show() -> str:
    """Show works of one kind of care, a page at a time.

    ``?kind=`` is a key of :data:`NAMES`, ``?verdict=`` of a relation's judgement.
    """
    related = relations.counts(db.session())
    faulty = findings.counts(db.session())
    counts = {
        name: sum(related.get((kind, RelationState.PROPOSED), 0) for kind in kinds)
        for name, kinds in RELATION_KINDS.items()
    } | {kind.value: faulty.get(kind, 0) for kind in findings.FindingKind}
    # Without a wish: the first that there is anything to do about.
    usual = next((name for name in NAMES if counts[name]), "same_file")
    kind = request.args.get("kind", usual)
    if kind not in NAMES:
        abort(404)
    verdict = asked_verdict()
    is_relation = kind in RELATION_KINDS
    page = (
        relations.list_relations(
            db.session(), RELATION_KINDS[kind], verdict, asked_page()
        )
        if is_relation
        else findings.list_findings(
            db.session(), findings.FindingKind(kind), asked_page()
        )
    )
    if page is None:
        abort(404)
    return render_template(
        "curate/care.html",
        page=page,
        kind=kind,
        verdict=verdict,
        is_relation=is_relation,
        relation_kinds=RELATION_KINDS,
        names=NAMES,
        verdict_names=VERDICT_NAMES,
        counts=counts,
        running=tasks.unfinished(db.session(), survey.KIND)
        or tasks.unfinished(db.session(), survey.NEW_KIND),
        latest=tasks.latest_done(db.session(), survey.KIND),
    )


@bp.post("/look")
def look() -> ResponseReturnValue:
    """Let the collection be looked through in the background."""
    task = tasks.unfinished(db.session(), survey.KIND)
    if task is None:
        task = tasks.enqueue(db.session(), survey.KIND, {}, current_account())
    return redirect(url_for("curate_tasks.show", task_id=task.id), 303)


@bp.post("/relations/<int:relation_id>")
def judge(relation_id: int) -> ResponseReturnValue:
    """Keep what a curator thinks of a relation, and show the list again."""
    relation = db.session.get(Relation, relation_id)
    if relation is None or request.form.get("verdict") not in list(RelationState):
        abort(404)
    verdict = RelationState(request.form["verdict"])
    relations.judge(db.session(), relation, verdict, current_account())
    flash(
        {
            RelationState.CONFIRMED: gettext("Confirmed. The works’ pages say so."),
            RelationState.REJECTED: gettext("Rejected. It will not be proposed again."),
            RelationState.PROPOSED: gettext("Taken back. It is to be decided again."),
        }[verdict],
        DONE,
    )
    kinds = {kind: name for name, kinds in RELATION_KINDS.items() for kind in kinds}
    kind = kinds[relations.RelationKind(relation.kind)]
    back = url_for("curate_care.show", kind=kind, verdict=asked_verdict().value)
    return redirect(back, 303)


def asked_verdict() -> RelationState:
    """Read which relations the address asks for; those to decide if it makes none."""
    asked = request.args.get("verdict", "")
    return (
        RelationState(asked) if asked in list(RelationState) else RelationState.PROPOSED
    )
