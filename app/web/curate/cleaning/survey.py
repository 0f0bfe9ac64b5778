"""Survey pages: works that photos will not find, works with something in common."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Relation
from app.services.curation import findings, relations, survey
from app.services.curation.relations import RelationState
from app.services.system import tasks
from app.services.system.paging import Page
from app.web.callers.visitors import current_account
from app.web.curate.responses import begin_task, go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("curate_care", __name__, url_prefix="/curate/care")

RELATION_KINDS = {
    "same_file": (relations.RelationKind.SAME_FILE,),
    "duplicate": (relations.RelationKind.DUPLICATE,),
    "detail": (relations.RelationKind.DETAIL, relations.RelationKind.WHOLE),
    "view": (relations.RelationKind.VIEW,),
    "mirrored": (relations.RelationKind.MIRRORED,),
}
"""What the page keeps apart, and what that is in the table."""
NAMES = {
    "same_file": _("Same picture"),
    "duplicate": _("Duplicates"),
    "detail": _("Details"),
    "view": _("Other views"),
    "mirrored": _("Mirror images"),
    "not_found": _("Not found by photos"),
    "few_features": _("Few features"),
    "one_side": _("Only one side"),
    "gap": _("Sides not linked"),
    "no_image": _("No picture"),
    "unreadable": _("Damaged pictures"),
    "not_indexed": _("Not in the index"),
}
VERDICT_NAMES = {
    RelationState.PROPOSED: _("To decide"),
    RelationState.CONFIRMED: _("Confirmed"),
    RelationState.REJECTED: _("Rejected"),
}
JUDGED = {
    RelationState.CONFIRMED: _("Confirmed. The works’ pages say so."),
    RelationState.REJECTED: _("Rejected. It will not be proposed again."),
    RelationState.PROPOSED: _("Taken back. It is to be decided again."),
}
"""What is said once a relation is judged."""


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
    page: Page[Any] | None
    if is_relation:
        page = relations.list_relations(
            db.session(), RELATION_KINDS[kind], verdict, asked_page()
        )
    else:
        page = findings.list_findings(
            db.session(), findings.FindingKind(kind), asked_page()
        )
    return render_template(
        "curate/care.html",
        page=or_404(page),
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
    return begin_task(survey.KIND)


@bp.post("/relations/<int:relation_id>")
def judge(relation_id: int) -> ResponseReturnValue:
    """Keep what a curator thinks of a relation, and show the list again."""
    relation = or_404(db.session.get(Relation, relation_id))
    verdict = or_404(request.form.get("verdict", type=RelationState))
    relations.judge(db.session(), relation, verdict, current_account())
    kind = next(name for name, ours in RELATION_KINDS.items() if relation.kind in ours)
    shown = {"kind": kind, "verdict": asked_verdict().value}
    return go_to("curate_care.show", done=JUDGED[verdict], **shown)


def asked_verdict() -> RelationState:
    """Read which relations the address asks for; those to decide if it makes none."""
    return request.args.get("verdict", RelationState.PROPOSED, type=RelationState)
