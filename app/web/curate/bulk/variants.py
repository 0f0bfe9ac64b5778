"""Page of spellings of the same: one choice per group of what they become."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.services.curation.bulk import drafts
from app.services.curation.bulk.operations import (
    BulkOperation,
    OperationError,
    OperationFault,
    OperationKind,
)
from app.services.curation.bulk.variants import FIELDS, variants_of
from app.services.system.paging import slice_page
from app.web.callers.visitors import current_account
from app.web.curate.bulk.names import fact_name, fault_sentence
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("curate_variants", __name__, url_prefix="/curate/variants")

GROUPS_PER_PAGE = 20
OTHER = "other"
"""Choice of a spelling that is typed."""


@bp.get("/")
def show() -> str:
    """Show the groups of spellings in a field, which ``?field=`` names."""
    name = _asked_field()
    groups = variants_of(db.session(), name)
    page = or_404(slice_page(groups, asked_page(), GROUPS_PER_PAGE))
    return render_template(
        "curate/bulk/variants.html",
        page=page,
        field=name,
        fields={one: fact_name(one) for one in FIELDS},
    )


@bp.post("/")
def choose() -> ResponseReturnValue:
    """Draft what the chosen groups become; nothing is written before its preview."""
    name = _asked_field()
    readings = _asked_readings()
    address: dict[str, Any] = {"field": name, "page": asked_page()}
    if not readings:
        sentence = gettext("Nothing was chosen. Choose a spelling in a group.")
        return go_to("curate_variants.show", error=sentence, **address)
    session = db.session()
    works = drafts.works_with_values(session, name, list(readings))
    operation = BulkOperation(OperationKind.UNIFY, name, readings=readings)
    try:
        edit = drafts.draft(session, works, operation, current_account())
    except OperationError as error:
        sentence = fault_sentence(error)
        if error.fault is OperationFault.NO_WORKS:
            sentence = gettext("No work has these spellings any more.")
        return go_to("curate_variants.show", error=sentence, **address)
    return go_to("curate_bulk.show", edit_id=edit.id)


def _asked_field() -> str:
    name = request.args.get("field", FIELDS[0])
    if name not in FIELDS:
        abort(404)
    return name


def _asked_readings() -> dict[str, str]:
    """Return what values are to become: of each group, the chosen or typed one."""
    form = request.form
    readings: dict[str, str] = {}
    for group in form.getlist("group"):
        chosen = form.get(f"become-{group}", "")
        typed = form.get(f"typed-{group}", "").strip()
        value = typed if chosen == OTHER else form.get(f"value-{group}-{chosen}", "")
        if value:
            texts = form.getlist(f"text-{group}")
            readings |= {text: value for text in texts if text != value}
    return readings
