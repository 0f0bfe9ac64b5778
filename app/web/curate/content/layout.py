"""Curators' page of the label: which fields visitors see, in which order and how named.

The same form shows how a work's label becomes, and puts it in force.
"""

from dataclasses import replace

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Artwork
from app.services.collection.content.layout import (
    LONGEST_NAME,
    MOST_FIELDS,
    FieldChoice,
    LabelLayout,
    keep_layout,
    known_fields,
    layout_of,
)
from app.services.collection.works import find_work, sample_works
from app.web.callers.visitors import current_account
from app.web.curate.content.languages import (
    fault_of_language,
    languages_offered,
    tag_typed,
)
from app.web.curate.responses import go_to
from app.web.shell.content.shown import FIELD_NAMES
from app.web.shell.languages import LANGUAGES

bp = Blueprint("curate_layout", __name__, url_prefix="/curate/label")


@bp.get("/")
def show() -> str:
    """Show what visitors see of works."""
    return page(layout_of(db.session()))


@bp.post("/")
def save() -> ResponseReturnValue:
    """Show what the form would change, or put it in force."""
    asked = asked_layout()
    if request.form.get("wish") != "save":
        return page(asked)
    entry = keep_layout(db.session(), asked, current_account())
    said = gettext("Saved. Visitors see it so from now on.")
    done = said if entry else gettext("Nothing was changed.")
    fault = fault_of_language(request.form.get("language", ""))
    return go_to("curate_layout.show", done=done, error=fault)


def page(layout: LabelLayout) -> str:
    """Show a layout to be changed, with a work's label as it makes it."""
    counts = known_fields(db.session())
    layout = layout.with_fields(counts)
    asked = request.values.get("work", "").strip()
    work = find_work(asked) if asked else example_work()
    g.label_layout = layout  # of which the label beside the form is made
    return render_template(
        "curate/layout.html",
        layout=layout,
        counts=counts,
        work=work,
        asked=asked or (work.accession if work else ""),
        usual_names=FIELD_NAMES,
        page_languages=LANGUAGES,
        languages=languages_offered(),
    )


def example_work() -> Artwork | None:
    """Return a work to try a layout with: one of which much is said."""
    works = sample_works(50)
    return max(works, key=lambda work: len(work.details), default=None)


def asked_layout() -> LabelLayout:
    """Return the layout that the form asks for; equal places keep their order."""
    form = request.form
    chosen: list[tuple[float, int, FieldChoice]] = []
    for number in range(MOST_FIELDS):
        name = form.get(f"name-{number}", "")
        if not name:
            break
        names = {
            tag: words
            for tag in LANGUAGES
            if (words := form.get(f"name-{number}-{tag}", "").strip()[:LONGEST_NAME])
        }
        choice = FieldChoice(
            name,
            is_shown=f"shown-{number}" in form,
            is_rich=f"rich-{number}" in form,
            names=names,
        )
        place = form.get(f"place-{number}", default=number + 1, type=int)
        chosen.append((place, number, choice))
    moved = form.get("move", "").partition(":")
    chosen.sort(key=lambda one: one[:2])
    fields = [choice for _place, _number, choice in chosen]
    _move(fields, moved[0], moved[2])
    before = layout_of(db.session())
    typed = form.get("language", "")
    language = before.language if fault_of_language(typed) else tag_typed(typed)
    asked = replace(before, fields=tuple(fields), language=language)
    return asked.with_fields(one.name for one in before.fields)


def _move(fields: list[FieldChoice], name: str, where: str) -> None:
    """Move a field one place up or down in a list."""
    place = next((at for at, one in enumerate(fields) if one.name == name), None)
    if place is None or where not in ("up", "down"):
        return
    target = place + (1 if where == "down" else -1)
    if 0 <= target < len(fields):
        fields[place], fields[target] = fields[target], fields[place]
