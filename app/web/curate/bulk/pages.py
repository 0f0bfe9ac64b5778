"""Pages of edits of many works: which works, what is done, preview, writing, undo."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.models import BulkEdit, BulkState
from app.models.keys import plain_text
from app.models.languages import named
from app.services.collection.content.fields import TEXT_FIELDS
from app.services.collection.content.layout import known_fields
from app.services.collection.labels import DETAIL, LABEL_COLUMNS
from app.services.curation.bulk import changing, drafts, writing
from app.services.curation.bulk.operations import (
    BulkOperation,
    OperationError,
    OperationKind,
    presence_operation,
    subject_operation,
)
from app.services.importing.columns.reading import detail_name
from app.services.system import tasks
from app.web.callers.visitors import current_account
from app.web.curate.bulk.asked import address_of_works, asked_works
from app.web.curate.bulk.names import fact_name, fault_sentence, operation_words
from app.web.curate.content.languages import languages_offered, tag_typed
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page
from app.web.shell.content.subject_names import SUBJECT_NAMES

bp = Blueprint("curate_bulk", __name__, url_prefix="/curate/bulk")

OWN = "own"
"""Choice of a field that has a name of the museum's own."""
TEXT_OPERATIONS = {
    OperationKind.SET: _("Set"),
    OperationKind.FILL: _("Set where nothing is said"),
    OperationKind.REPLACE: _("Replace a part of the text"),
    OperationKind.CLEAR: _("Empty"),
}
SUBJECT_OPERATIONS = {
    OperationKind.ADD_SUBJECT: _("Add"),
    OperationKind.REMOVE_SUBJECT: _("Take away"),
    OperationKind.AS_SEEN: _("Leave what they show to the program"),
}
PRESENCE_OPERATIONS = {
    OperationKind.WITHDRAW: _("Withdraw: no search finds them any more"),
    OperationKind.RESTORE: _("Let withdrawn works be found again"),
}
STATE_NAMES = {
    BulkState.DRAFT: _("Not written yet"),
    BulkState.WRITING: _("Being written"),
    BulkState.WRITTEN: _("Done"),
    BulkState.UNDOING: _("Being taken back"),
    BulkState.UNDONE: _("Taken back"),
}
TOO_LATE = _("That came too late: it has been written or taken back meanwhile.")


@bp.app_template_global("fact_name")
def _fact_name(name: str) -> str:
    return fact_name(name)


@bp.app_template_global("edit_words")
def _edit_words(edit: BulkEdit) -> str:
    return operation_words(BulkOperation.from_json(edit.operation))


@bp.get("/")
def browse() -> str:
    """List edits of many works, the newest first."""
    page = or_404(drafts.list_edits(db.session(), asked_page()))
    return render_template("curate/bulk/edits.html", page=page, state_names=STATE_NAMES)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Choose what is done to works; which ones, the address says.

    ``?which=`` is ``chosen`` (``?work=``), ``page`` (``?on_page=``) or ``all`` that the
    rest of the address asks the list of works for.
    """
    work_ids = _asked_ids()
    fault = ""
    if request.method == "POST":
        try:
            edit = drafts.draft(
                db.session(), work_ids, _asked_operation(), current_account()
            )
        except OperationError as error:
            fault = fault_sentence(error)
        else:
            return go_to("curate_bulk.show", edit_id=edit.id)
    elif not work_ids:
        sentence = gettext("No work is chosen. Tick some, or choose all.")
        address = address_of_works(asked_works())
        return go_to("curate_works.browse", error=sentence, **address)
    own = (name for name in known_fields(db.session()) if name not in TEXT_FIELDS)
    return render_template(
        "curate/bulk/new.html",
        count=len(work_ids),
        given=request.form,
        fault=fault,
        fields=(*LABEL_COLUMNS, *TEXT_FIELDS),
        own_fields=list(own),
        languages=languages_offered(),
        text_operations=TEXT_OPERATIONS,
        subject_operations=SUBJECT_OPERATIONS,
        presence_operations=PRESENCE_OPERATIONS,
        subjects=sorted(
            ((subject, str(name)) for subject, name in SUBJECT_NAMES.items()),
            key=lambda pair: plain_text(pair[1]),
        ),
    ), 422 if fault else 200


@bp.get("/<int:edit_id>")
def show(edit_id: int) -> str:
    """Show an edit: what it would change, or what became of it."""
    edit = or_404(db.session.get(BulkEdit, edit_id))
    is_undone = edit.state is BulkState.UNDONE
    left = writing.left_alone(db.session(), edit, asked_page()) if is_undone else None
    is_at_work = edit.task is not None and edit.task.state in tasks.UNFINISHED
    return render_template(
        "curate/bulk/edit.html",
        edit=edit,
        left=or_404(left) if is_undone else None,
        is_at_work=is_at_work,
        state_names=STATE_NAMES,
    )


@bp.post("/<int:edit_id>/write")
def write(edit_id: int) -> ResponseReturnValue:
    """Write an edit whose preview was seen."""
    edit = or_404(db.session.get(BulkEdit, edit_id))
    try:
        task = writing.begin(db.session(), edit, current_account())
    except writing.EditNotPossibleError:
        return go_to("curate_bulk.show", edit_id=edit_id, error=TOO_LATE)
    if task is not None:
        return go_to("curate_bulk.show", edit_id=edit_id)
    changed = edit.counts[changing.CHANGED]
    sentence = ngettext("%(num)s work changed.", "%(num)s works changed.", changed)
    return go_to("curate_bulk.show", edit_id=edit_id, done=sentence)


@bp.post("/<int:edit_id>/undo")
def undo(edit_id: int) -> ResponseReturnValue:
    """Take an edit back."""
    return take_back(or_404(db.session.get(BulkEdit, edit_id)))


@bp.post("/<int:edit_id>/discard")
def discard(edit_id: int) -> ResponseReturnValue:
    """Forget an edit that was not written."""
    edit = or_404(db.session.get(BulkEdit, edit_id))
    if not drafts.discard(db.session(), edit):
        return go_to("curate_bulk.show", edit_id=edit_id, error=TOO_LATE)
    return go_to("curate_works.browse", done=gettext("Nothing was changed."))


def take_back(edit: BulkEdit) -> ResponseReturnValue:
    """Take an edit back, and show what became of it."""
    edit_id = edit.id
    try:
        task = writing.begin_undo(db.session(), edit, current_account())
    except writing.EditNotPossibleError:
        return go_to("curate_bulk.show", edit_id=edit_id, error=TOO_LATE)
    said = "" if task is not None else gettext("Taken back.")
    return go_to("curate_bulk.show", edit_id=edit_id, done=said)


def _asked_ids() -> list[int]:
    asked = request.args
    which = asked.get("which", "chosen")
    if which == "all":
        return drafts.works_meant(asked_works())
    if which == "page":
        asked = MultiDict(("work", one) for one in asked.get("on_page", "").split(","))
    return asked.getlist("work", type=int)


def _asked_operation() -> BulkOperation:
    """Read what is to be done.

    Raises
    ------
    OperationError
        If it names no field.
    """
    form = request.form
    kind = or_404(form.get("kind", type=OperationKind))
    if kind in PRESENCE_OPERATIONS:
        return presence_operation(kind)
    if kind in SUBJECT_OPERATIONS:
        subject = form.get("subject", "")
        return subject_operation(kind, "" if kind is OperationKind.AS_SEEN else subject)
    name, tag = form.get("field", ""), tag_typed(form.get("language", ""))
    if name == OWN:
        name = detail_name(form.get("own", "").strip())
    if name and (tag or name not in LABEL_COLUMNS):
        name = f"{DETAIL}{named(name, tag)}"
    is_valued = kind is not OperationKind.CLEAR
    value = form.get("value", "").replace("\r\n", "\n").strip() if is_valued else ""
    sought = form.get("sought", "") if kind is OperationKind.REPLACE else ""
    return BulkOperation(kind, name, value, sought)
