"""Curators' pages of works: list, editing, a new one."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.retrieval.errors import ImageError
from app.services.collection.browsing import Criteria, Presence, facets, find_works
from app.services.curation.editing import ChangedMeanwhileError, TakenAccessionError
from app.services.system import audit
from app.web.account.messages import DONE, ERROR
from app.web.curate.common import back_to, editor, findable_sentence, work_or_404
from app.web.curate.forms import LabelForm, NewWorkForm
from app.web.curate.trail import ACTION_NAMES
from app.web.errors import image_sentence
from app.web.pages.works import (
    FACET_NAMES,
    ORDER_NAMES,
    address_of,
    asked_criteria,
    asked_page,
)

bp = Blueprint("curate_works", __name__, url_prefix="/curate/works")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""

PRESENCES = {
    Presence.ALL: _("All works"),
    Presence.SHOWN: _("On show"),
    Presence.WITHDRAWN: _("Withdrawn"),
}


@bp.get("/")
def browse() -> str:
    """List works, withdrawn ones too; the address is as of the visitors' list."""
    presence = request.args.get("presence", Presence.ALL)
    if presence not in PRESENCES:
        presence = Presence.ALL
    asked = asked_criteria()
    criteria = Criteria(asked.text, asked.chosen, asked.order, Presence(presence))
    page = find_works(criteria, asked_page())
    if page is None:
        abort(404)
    address = address_of(criteria)
    if criteria.presence is not Presence.ALL:
        address["presence"] = criteria.presence
    return render_template(
        "curate/works.html",
        page=page,
        criteria=criteria,
        facets=facets(criteria),
        facet_names=FACET_NAMES,
        order_names=ORDER_NAMES,
        presences=PRESENCES,
        address=address,
    )


@bp.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Record a work, with its picture if there is one already."""
    form = NewWorkForm()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("curate/new_work.html", form=form), status
    changes = editor()
    try:
        work = changes.create(form.accession.data or "", form.label())
    except TakenAccessionError:
        form.accession.errors = [
            gettext("Another work has this number; it may be withdrawn.")
        ]
        return render_template("curate/new_work.html", form=form), 422
    if form.picture.data:
        try:
            changes.add_image(work, form.picture.data.read())
        except ImageError as error:
            flash(image_sentence(error), ERROR)
    flash(findable_sentence(work), DONE)
    return back_to(work)


@bp.route("/<int:work_id>", methods=["GET", "POST"])
def edit(work_id: int) -> ResponseReturnValue:
    """Show a work with all that can be done to it, and change its label."""
    work = work_or_404(work_id)
    form = LabelForm.of(work)
    if form.validate_on_submit():
        try:
            entry = editor().edit(work, form.label(), seen=form.seen.data)
        except ChangedMeanwhileError:
            flash(
                gettext(
                    "Somebody else changed this work meanwhile. Below is how it is "
                    "now; please make your change again."
                ),
                ERROR,
            )
        else:
            flash(gettext("Saved.") if entry else gettext("Nothing was changed."), DONE)
        return back_to(work)
    trail = audit.list_entries(db.session(), artwork=work)
    assert trail is not None  # noqa: S101 - there is always a first page
    return render_template(
        "curate/work.html",
        work=work,
        form=form,
        trail=trail,
        undone=audit.undone_among(db.session(), trail),
        action_names=ACTION_NAMES,
    ), 422 if form.errors else 200


@bp.post("/<int:work_id>/withdraw")
def withdraw(work_id: int) -> ResponseReturnValue:
    """Let a work be found no more."""
    work = work_or_404(work_id)
    editor().withdraw(work)
    flash(gettext("The work is withdrawn. No search finds it any more."), DONE)
    return back_to(work)


@bp.post("/<int:work_id>/restore")
def restore(work_id: int) -> ResponseReturnValue:
    """Let a withdrawn work be found again."""
    work = work_or_404(work_id)
    editor().restore(work)
    flash(findable_sentence(work), DONE)
    return back_to(work)
