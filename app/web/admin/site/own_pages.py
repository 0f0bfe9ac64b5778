"""Pages of administrators to write, change and delete the museum's own pages."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.extensions import db
from app.models import OwnPage
from app.services.curation.editing import ChangedMeanwhileError
from app.services.site.editing import (
    MOST_PAGES,
    SiteEditor,
    TakenSlugError,
    TooManyPagesError,
    list_pages,
)
from app.services.site.profile import read_profile
from app.web.admin.site.page_form import OwnPageForm
from app.web.admin.site.settings import changed_meanwhile
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to
from app.web.shell.languages import LANGUAGES

bp = Blueprint("admin_own_pages", __name__, url_prefix="/admin/site/pages")

IMPRINT = {
    "slug": "imprint",
    "title_en": "Imprint",
    "title_de": "Impressum",
    "title_fr": "Mentions légales",
    "title_es": "Aviso legal",
    "title_it": "Note legali",
    "title_nl": "Colofon",
}
"""What is filled in for an imprint; its text is the museum's."""


@bp.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Write a new page; ``?begin=imprint`` names it as such pages are."""
    last = max((one.position for one in list_pages(db.session())), default=0)
    given = IMPRINT if request.args.get("begin") == "imprint" else {}
    return edited(None, {**given, "position": last + 1})


@bp.route("/<int:page_id>", methods=["GET", "POST"])
def edit(page_id: int) -> ResponseReturnValue:
    """Change a page."""
    return edited(db.get_or_404(OwnPage, page_id), {})


@bp.post("/<int:page_id>/delete")
def delete(page_id: int) -> ResponseReturnValue:
    """Delete a page; it can be brought back from the list of changes."""
    page = db.get_or_404(OwnPage, page_id)
    said = {}
    try:
        seen = request.form.get("seen", -1, type=int)
        SiteEditor(db.session(), current_account()).delete_page(page, seen)
    except ChangedMeanwhileError:
        said["error"] = changed_meanwhile()
    else:
        said["done"] = gettext("The page is gone. “Changes” brings it back.")
    return go_to("admin_site.show", _anchor="part-pages", **said)


def edited(page: OwnPage | None, given: dict[str, object]) -> ResponseReturnValue:
    """Show the form of a page, or save what was sent."""
    revision = read_profile(db.session()).revision
    form = OwnPageForm.of(page, revision, given)
    status = 200
    if form.validate_on_submit():
        fault = save(page, form)
        if not fault:
            done = gettext("Saved, and seen by everybody from now on.")
            return go_to("admin_site.show", _anchor="part-pages", done=done)
        form.form_errors.append(fault)
    if form.is_submitted():
        status = 422
    shown = render_template(
        "admin/site/own_page.html", form=form, page=page, languages=LANGUAGES
    )
    return shown, status


def save(page: OwnPage | None, form: OwnPageForm) -> str:
    """Save a page; return what is wrong, or ""."""
    editor = SiteEditor(db.session(), current_account())
    fields, seen = form.fields_of_page(), form.seen.data
    try:
        if page is None:
            editor.add_page(fields, seen)
        else:
            editor.edit_page(page, fields, seen)
    except TakenSlugError:
        return str(gettext("Another page has this name in its address."))
    except TooManyPagesError:
        return str(
            ngettext(
                "There may be %(num)s own page at most.",
                "There may be %(num)s own pages at most.",
                MOST_PAGES,
            )
        )
    except ChangedMeanwhileError:
        return changed_meanwhile()
    return ""
