"""Curators' page of a work's content, and its texts in languages."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Artwork
from app.models.languages import named, parted
from app.retrieval.runtime.extras import Extra, is_installed
from app.services.collection.content.fields import LONGEST_TEXT, TEXT_FIELDS
from app.services.collection.content.media import shown_media
from app.services.collection.content.recordings import (
    ENDINGS,
)
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, version_of
from app.services.curation.editing import ChangedMeanwhileError
from app.services.importing.columns.reading import detail_name
from app.web.curate.common import editor
from app.web.curate.content.languages import (
    fault_of_language,
    languages_offered,
    tag_typed,
)
from app.web.curate.content.returning import back, saved
from app.web.shell.content.shown import FIELD_NAMES
from app.web.shell.content.wishes import layout

bp = Blueprint("curate_content", __name__, url_prefix="/curate/works/<int:work_id>")

MOST_TEXT_BYTES = 20_000_000
"""Of all texts of a work, which are sent at once."""
OTHER = "other"
"""Choice of a field that has a name of its own."""
LONGEST_NAME = 200


class TypedText(NamedTuple):
    """Text of a field in a language, as it is, or as it was typed."""

    name: str
    field: str
    language: str
    value: str


class NewText(NamedTuple):
    """What was typed to add a text, and what is wrong with it."""

    field: str = "story"
    own: str = ""
    language: str = ""
    value: str = ""
    fault: str = ""


def admit_texts(app: Flask) -> None:
    """Let curators send long texts, before any form is looked at."""

    @app.before_request
    def raise_limit() -> None:
        if request.blueprint == bp.name:
            request.max_content_length = MOST_TEXT_BYTES
            request.max_form_memory_size = MOST_TEXT_BYTES


@bp.route("/content", methods=["GET", "POST"])
def show(work_id: int) -> ResponseReturnValue:
    """Show all that a work tells, to be changed; save its texts."""
    work = db.get_or_404(Artwork, work_id)
    return save_texts(work) if request.method == "POST" else page(work)


def save_texts(work: Artwork) -> ResponseReturnValue:
    """Save the texts, and add one; what is emptied is gone."""
    form = request.form
    kept = {name: str(value) for name, value in work.details.items()}
    # What nobody touched stays as the museum's table has it, with its spaces.
    typed = {
        name: text
        for name, value in kept.items()
        if (text := as_typed(form.get(f"text:{name}", value))) != as_typed(value)
    }
    new = asked_text()
    facts = {f"{DETAIL}{name}": value for name, value in typed.items()}
    if any(len(one) > LONGEST_TEXT for one in (*typed.values(), new.value)):
        sentence = gettext("A text has %(most)s characters at most.", most=LONGEST_TEXT)
        return page(work, typed, new._replace(fault=sentence))
    if new.value and not new.fault:
        name = named(field_asked(new), tag_typed(new.language))
        if str(work.details.get(name, "")).strip():
            sentence = gettext("There is a text for this field and language below.")
            return page(work, typed, new._replace(fault=sentence))
        facts[f"{DETAIL}{name}"] = new.value
    if new.fault:
        return page(work, typed, new)
    try:
        entry = editor().edit(work, facts, seen=form.get("seen"))
    except ChangedMeanwhileError:
        sentence = gettext(
            "Somebody else changed this work meanwhile. What you typed is still here; "
            "please look at the work, and save again."
        )
        new = new._replace(fault=sentence)
        return page(work, typed, new, seen=version_of(work))
    return back(work, done=saved(entry))


def page(
    work: Artwork,
    typed: Mapping[str, str] | None = None,
    new: NewText | None = None,
    *,
    seen: str = "",
) -> ResponseReturnValue:
    """Show a work's content, with what was typed in the place of what is kept."""
    said = {name: str(value) for name, value in work.details.items()}
    said.update(typed or {})
    order = [one.name for one in layout().fields]
    texts = [TypedText(name, *parted(name), value) for name, value in said.items()]
    texts.sort(key=lambda one: (_place(one.field, order), one.field, one.language))
    own = dict.fromkeys(one.field for one in texts if one.field not in FIELD_NAMES)
    return render_template(
        "curate/content.html",
        work=work,
        texts=texts,
        new=new or NewText(language=layout().language),
        choices=(*TEXT_FIELDS, *LABEL_COLUMNS),
        own_fields=list(own),
        field_names=FIELD_NAMES,
        layout=layout(),
        languages=languages_offered(),
        media=shown_media(work),
        removed=[one for one in work.media if one.is_removed],
        seen=seen or request.form.get("seen") or version_of(work),
        accepted={
            "audio": ["audio/*", *(f".{ending}" for ending in ENDINGS)],
            "video": ["video/mp4", "video/webm", ".mp4", ".webm", ".m4v", ".mov"],
        },
        takes_recordings=is_installed(Extra.VIDEO),
        limit=current_app.config["MORELLI_MAX_RECORDING_MB"],
        longest=LONGEST_TEXT,
    ), 422 if new is not None and new.fault else 200


def asked_text() -> NewText:
    """Return the text that the form adds, with what is wrong about where it belongs."""
    form = request.form
    new = NewText(
        form.get("new-field", "story"),
        form.get("new-name", "").strip()[:LONGEST_NAME],
        form.get("new-language", "").strip(),
        as_typed(form.get("new-text", "")),
    )
    if not new.value:
        return new
    fault = fault_of_language(new.language)
    if not fault and new.field == OTHER and not new.own:
        fault = gettext("Please give the field a name.")
    elif not fault and new.field in LABEL_COLUMNS and not new.language:
        fault = gettext("Please say in which language this is.")
    return new._replace(fault=fault)


def as_typed(text: str) -> str:
    """Return a text without what browsers add to it, and spaces around it."""
    return text.replace("\r\n", "\n").strip()


def field_asked(new: NewText) -> str:
    """Return the field that a new text is for."""
    known = (*TEXT_FIELDS, *LABEL_COLUMNS)
    if new.field in known:
        return new.field
    return detail_name(new.own if new.field == OTHER else new.field)


def _place(field: str, order: list[str]) -> int:
    return order.index(field) if field in order else len(order)
