"""Curators' pages of works: list, editing, a new one."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import LONGEST_FILTER_NAME, Artwork, WorkStub
from app.models.keys import plain_text
from app.retrieval.descriptors.subjects import SUBJECTS
from app.retrieval.errors import ImageError
from app.services.collection.browsing import Presence, facets, find_works
from app.services.collection.labels import version_of
from app.services.collection.subjects import (
    SHOWS,
    subjects_of,
    subjects_seen,
    write_statement,
)
from app.services.curation.editing import ChangedMeanwhileError, TakenAccessionError
from app.services.curation.findings import missing_side
from app.services.system import audit
from app.web.curate.bulk.asked import address_of_works, asked_works
from app.web.curate.bulk.names import lacking_name
from app.web.curate.common import back_to, editor, findable_sentence
from app.web.curate.forms import LabelForm, NewWorkForm
from app.web.curate.responses import go_to, or_404
from app.web.curate.trail import ACTION_NAMES
from app.web.curate.vocabulary.filters import saved_filters
from app.web.errors import image_sentence
from app.web.pages.works import (
    FACET_NAMES,
    ORDER_NAMES,
    asked_page,
)
from app.web.shell.content.subject_names import SUBJECT_NAMES

bp = Blueprint("curate_works", __name__, url_prefix="/curate/works")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""

LINE = ("title", "artist", "date", "technique", "type", "school", "location")
"""Fields of the label that are edited in the list."""
PRESENCES = {
    Presence.ALL: _("All works"),
    Presence.SHOWN: _("On show"),
    Presence.WITHDRAWN: _("Withdrawn"),
}


@bp.get("/")
def browse() -> str:
    """List works, withdrawn ones too; the address is as of the visitors' list.

    ``?edit=`` is the number of a work whose line is to be edited in its place.
    """
    return _list(db.session.get(Artwork, request.args.get("edit", 0, type=int)))


@bp.post("/<int:work_id>/line")
def save_line(work_id: int) -> ResponseReturnValue:
    """Save what was edited in a work's line, and show the list again."""
    work = db.get_or_404(Artwork, work_id)
    form = LabelForm.of(work)
    if not form.validate_on_submit():
        return _list(work, form), 422
    facts = {name: form[name].data or "" for name in LINE}
    try:
        entry = editor().edit(work, facts, seen=form.seen.data)
    except ChangedMeanwhileError:
        # Who saves now has seen what the other one wrote.
        form.seen.data = version_of(work)
        return _list(work, form, is_conflict=True), 409
    address: dict[str, Any] = address_of_works(asked_works())
    following = request.form.get("next", type=int)
    return go_to(
        "curate_works.browse",
        done=gettext("Saved.") if entry else gettext("Nothing was changed."),
        **address,
        page=asked_page(),
        edit=following,
        _anchor=f"work-{following or work_id}",
    )


def _list(
    edited: Artwork | None, form: LabelForm | None = None, *, is_conflict: bool = False
) -> str:
    """Show the list, with one work's line as a form, perhaps."""
    criteria = asked_works()
    page = or_404(find_works(criteria, asked_page()))
    address = address_of_works(criteria)
    return render_template(
        "curate/works.html",
        page=page,
        criteria=criteria,
        facets=facets(criteria),
        facet_names=FACET_NAMES,
        order_names=ORDER_NAMES,
        presences=PRESENCES,
        edited=edited,
        form=form or (LabelForm.of(edited) if edited else None),
        line=LINE,
        is_conflict=is_conflict,
        lacking_name=lacking_name(criteria.lacks) if criteria.lacks else "",
        address=address,
        saved_filters=saved_filters(),
        longest_filter_name=LONGEST_FILTER_NAME,
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
    unusable = ""
    if form.picture.data:
        try:
            changes.add_image(work, form.picture.data.read())
        except ImageError as error:
            unusable = image_sentence(error)
    return back_to(work, done=findable_sentence(work), error=unusable)


@bp.route("/<int:work_id>", methods=["GET", "POST"])
def edit(work_id: int) -> ResponseReturnValue:
    """Show a work with all that can be done to it, and change its label."""
    work = db.get_or_404(Artwork, work_id)
    form = LabelForm.of(work)
    if form.validate_on_submit():
        return _save(work, form.label(), form.seen.data)
    trail = or_404(audit.list_entries(db.session(), artwork=work))
    return render_template(
        "curate/work.html",
        work=work,
        stub=db.session.get(WorkStub, work.id),
        form=form,
        missing_side=missing_side(db.session(), work),
        trail=trail,
        undone=audit.undone_among(db.session(), trail),
        action_names=ACTION_NAMES,
        shown=subjects_of(work),
        recognised=subjects_seen(work),
        subject_names=sorted(
            ((subject, str(name)) for subject, name in SUBJECT_NAMES.items()),
            key=lambda pair: plain_text(pair[1]),
        ),
    ), 422 if form.errors else 200


@bp.post("/<int:work_id>/shows")
def state_subjects(work_id: int) -> ResponseReturnValue:
    """State what a work shows, or leave that to the program again."""
    work = db.get_or_404(Artwork, work_id)
    asked = request.form
    stated = [subject for subject in asked.getlist(SHOWS) if subject in SUBJECTS]
    statement = "" if "unstated" in asked else write_statement(stated)
    return _save(work, {SHOWS: statement}, asked.get("seen"))


@bp.post("/<int:work_id>/withdraw")
def withdraw(work_id: int) -> ResponseReturnValue:
    """Let a work be found no more."""
    work = db.get_or_404(Artwork, work_id)
    editor().withdraw(work)
    sentence = gettext("The work is withdrawn. No search finds it any more.")
    return back_to(work, done=sentence)


@bp.post("/<int:work_id>/restore")
def restore(work_id: int) -> ResponseReturnValue:
    """Let a withdrawn work be found again."""
    work = db.get_or_404(Artwork, work_id)
    editor().restore(work)
    return back_to(work, done=findable_sentence(work))


def _save(
    work: Artwork, facts: dict[str, str], seen: str | None
) -> ResponseReturnValue:
    """Change what is said of a work, unless somebody else changed it meanwhile."""
    try:
        entry = editor().edit(work, facts, seen=seen)
    except ChangedMeanwhileError:
        sentence = gettext(
            "Somebody else changed this work meanwhile. Below is how it is now; "
            "please make your change again."
        )
        return back_to(work, error=sentence)
    said = gettext("Saved.") if entry else gettext("Nothing was changed.")
    return back_to(work, done=said)
