"""Curators' page of a work's content: texts in languages, audio, video, links."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any, BinaryIO, NamedTuple, cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Artwork, AuditEntry, MediaKind, WorkMedia
from app.models.keys import plain_text
from app.models.languages import named, normal_tag, parted
from app.services.collection.content.fields import LONGEST_TEXT, TEXT_FIELDS
from app.services.collection.content.media import shown_media
from app.services.collection.content.recordings import (
    ENDINGS,
    RecordingError,
    RecordingFault,
)
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, version_of
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.work_media import (
    AddressError,
    MediaEditor,
    Said,
    said_of,
)
from app.services.importing.columns.reading import detail_name
from app.services.media.store import StorageAwayError
from app.web.callers.visitors import current_account
from app.web.curate.common import editor
from app.web.curate.responses import go_to, or_404
from app.web.shell.content.shown import FIELD_NAMES
from app.web.shell.content.wishes import layout
from app.web.shell.current import media
from app.web.shell.site import TAKE_RECORDINGS

bp = Blueprint("curate_content", __name__, url_prefix="/curate/works/<int:work_id>")

TEXTS = "curate_content.save_texts"
"""Endpoint that takes all texts of a work at once."""
MOST_TEXT_BYTES = 20_000_000
OTHER = "other"
"""Choice of a field that has a name of its own."""
LONGEST_NAME = 200
USUAL_LANGUAGES = (
    *("de", "en", "fr", "es", "it", "nl", "pt", "pl", "cs", "da", "sv", "uk", "ru"),
    *("tr", "ar", "he", "fa", "zh", "ja", "ko", "la"),
)
"""Offered as one types; any other may be typed."""
FAULTS = {
    RecordingFault.FORMAT: _(
        "This is no recording in a format that browsers play. Please send MP3, M4A, "
        "Ogg, WAV or FLAC, or for a video MP4 or WebM."
    ),
    RecordingFault.CODEC: _(
        "Not all browsers play what is in this file. Please save a video as MP4 with "
        "H.264, and sound as MP3 or M4A."
    ),
    RecordingFault.BROKEN: _(
        "The file is damaged or breaks off. Please save or send it again."
    ),
    RecordingFault.LENGTH: _("A recording lasts at most four hours."),
    RecordingFault.SILENT: _(
        "The file has no sound, or no picture where a video is meant. Please choose "
        "another."
    ),
}


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


def admit_recordings(app: Flask) -> None:
    """Let curators send much: files larger than photos, and long texts.

    Before any form is looked at.
    """

    @app.before_request
    def raise_limit() -> None:
        if request.endpoint in TAKE_RECORDINGS:
            limit = current_app.config["MORELLI_MAX_RECORDING_MB"]
            request.max_content_length = limit * 1_000_000
        elif request.endpoint == TEXTS:
            request.max_content_length = MOST_TEXT_BYTES
            request.max_form_memory_size = MOST_TEXT_BYTES


@bp.get("/content")
def show(work_id: int) -> ResponseReturnValue:
    """Show all that a work tells, to be changed."""
    return page(db.get_or_404(Artwork, work_id))


@bp.post("/content")
def save_texts(work_id: int) -> ResponseReturnValue:
    """Save the texts, and add one; what is emptied is gone."""
    work = db.get_or_404(Artwork, work_id)
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
        name = named(field_asked(new), normal_tag(new.language))
        if str(work.details.get(name, "")).strip():
            sentence = gettext("There is a text for this field and language above.")
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


@bp.post("/recordings")
def add_recording(work_id: int) -> ResponseReturnValue:
    """Add audio or video, with what is said in it."""
    work = db.get_or_404(Artwork, work_id)
    kind = MediaKind.VIDEO if request.form.get("kind") == "video" else MediaKind.AUDIO
    said, upload = asked_said(), request.files.get("recording")
    if upload is None or not upload.filename:
        return back(work, error=gettext("Please choose a file, or record something."))
    with closing(upload):
        if not said["transcript"]:
            sentence = gettext(
                "Please write down what is said, for those who cannot hear it. Nothing "
                "was kept yet."
            )
            return back(work, error=sentence)
        try:
            file = cast(BinaryIO, upload.stream)
            media_editor().add_recording(work, kind, file, said)
        except RecordingError as error:
            return back(work, error=str(FAULTS[error.fault]))
        except StorageAwayError:
            db.session.rollback()
            sentence = gettext(
                "The recording was not kept, because the storage does not answer. "
                "Please try again in a moment."
            )
            return back(work, error=sentence)
    return back(work, done=gettext("The recording is kept. Visitors can play it now."))


@bp.post("/links")
def add_link(work_id: int) -> ResponseReturnValue:
    """Add a link to a page elsewhere."""
    work = db.get_or_404(Artwork, work_id)
    said = asked_said()
    if not said["title"]:
        return back(work, error=gettext("Please say where the link leads."))
    try:
        media_editor().add_link(work, request.form.get("link", ""), said)
    except AddressError:
        sentence = gettext("A link begins with https://, and leads to a page.")
        return back(work, error=sentence)
    return back(work, done=gettext("Saved."))


@bp.post("/media/<int:media_id>")
def edit_media(work_id: int, media_id: int) -> ResponseReturnValue:
    """Say something else of a recording or a link."""
    work, one = media_or_404(work_id, media_id)
    said = asked_said()
    if one.kind is not MediaKind.LINK and not said["transcript"]:
        return back(work, error=gettext("A recording needs a transcript."))
    if one.kind is MediaKind.LINK and not said["title"]:
        return back(work, error=gettext("Please say where the link leads."))
    entry = media_editor().edit(one, said)
    return back(work, done=saved(entry))


@bp.post("/media/<int:media_id>/<any(remove, earlier, later, delete):wish>")
def tell_media(work_id: int, media_id: int, wish: str) -> ResponseReturnValue:
    """Remove a recording or link, move it, or delete for good what was removed."""
    work, one = media_or_404(work_id, media_id)
    if one.is_removed != (wish == "delete"):
        return back(work, error=gettext("That was done already."))
    if wish == "remove":
        media_editor().remove(one)
        sentence = gettext("Removed. It can be brought back under Changes.")
        return back(work, done=sentence)
    if wish == "delete":
        media_editor().delete_for_good(one)
        return back(work, done=gettext("Deleted for good."))
    media_editor().move(one, 1 if wish == "later" else -1)
    return back(work)


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
    fault = ""
    if new.language and not normal_tag(new.language):
        fault = gettext(
            "%(language)s is no language that is known. Please write its code, such as "
            "de, en or pt-BR.",
            language=new.language,
        )
    elif new.field == OTHER and not new.own:
        fault = gettext("Please give the field a name.")
    elif new.field in LABEL_COLUMNS and not new.language:
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


def asked_said() -> Said:
    """Return what the form says of a recording or a link."""
    form = request.form
    return said_of(
        form.get("language", ""), form.get("title", ""), form.get("transcript", "")
    )


def languages_offered() -> list[tuple[str, str]]:
    """Return languages to choose from: the usual ones by their names."""
    names = get_locale().languages
    pairs = [(tag, str(names.get(tag, tag))) for tag in USUAL_LANGUAGES]
    return sorted(pairs, key=lambda pair: plain_text(pair[1]))


def media_editor() -> MediaEditor:
    """Return who changes media in the name of who is logged in."""
    return MediaEditor(db.session(), media().recordings, current_account())


def media_or_404(work_id: int, media_id: int) -> tuple[Artwork, WorkMedia]:
    """Return a work and one of its own recordings or links."""
    work = db.get_or_404(Artwork, work_id)
    own = (one for one in work.media if one.id == media_id)
    return work, or_404(next(own, None))


def saved(entry: AuditEntry | None) -> str:
    """Say what came of a change."""
    return str(gettext("Saved.") if entry else gettext("Nothing was changed."))


def back(work: Artwork, **said: Any) -> ResponseReturnValue:
    """Show a work's content again after a change."""
    return go_to("curate_content.show", work_id=work.id, **said)


def _place(field: str, order: list[str]) -> int:
    return order.index(field) if field in order else len(order)
