"""Curators' forms for a work's audio, video and links."""

from contextlib import closing
from typing import BinaryIO, cast

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Artwork, MediaKind, WorkMedia
from app.services.collection.content.recordings import RecordingError, RecordingFault
from app.services.curation.work_media import AddressError, MediaEditor, Said, said_of
from app.services.media.store import StorageAwayError
from app.web.callers.visitors import current_account
from app.web.curate.content.languages import fault_of_language, tag_typed
from app.web.curate.content.returning import back, saved
from app.web.curate.responses import or_404
from app.web.shell.current import media
from app.web.shell.site import TAKE_RECORDINGS

bp = Blueprint("curate_recordings", __name__, url_prefix="/curate/works/<int:work_id>")

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
    RecordingFault.SWITCHED_OFF: _(
        "This server takes no audio and video: its extra “video” is not installed."
    ),
}


def admit_recordings(app: Flask) -> None:
    """Let curators send larger files than photos, before any form is looked at."""

    @app.before_request
    def raise_limit() -> None:
        if request.endpoint in TAKE_RECORDINGS:
            limit = current_app.config["MORELLI_MAX_RECORDING_MB"]
            request.max_content_length = limit * 1_000_000


@bp.post("/recordings")
def add(work_id: int) -> ResponseReturnValue:
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
    sentence = gettext("The recording is kept. Visitors can play it now.")
    return back(work, done=sentence, error=language_fault())


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
    return back(work, done=gettext("Saved."), error=language_fault())


@bp.post("/media/<int:media_id>")
def edit(work_id: int, media_id: int) -> ResponseReturnValue:
    """Say something else of a recording or a link."""
    work, one = media_or_404(work_id, media_id)
    said = asked_said()
    if one.kind is not MediaKind.LINK and not said["transcript"]:
        return back(work, error=gettext("A recording needs a transcript."))
    if one.kind is MediaKind.LINK and not said["title"]:
        return back(work, error=gettext("Please say where the link leads."))
    if fault := language_fault():
        said["language"] = one.language
    entry = media_editor().edit(one, said)
    return back(work, done=saved(entry), error=fault)


@bp.post("/media/<int:media_id>/<any(remove, earlier, later, delete):wish>")
def tell(work_id: int, media_id: int, wish: str) -> ResponseReturnValue:
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


def asked_said() -> Said:
    """Return what the form says of a recording or a link."""
    form = request.form
    return said_of(
        tag_typed(form.get("language", "")),
        form.get("title", ""),
        form.get("transcript", ""),
    )


def language_fault() -> str:
    """Return what is wrong with the language in the form; the rest is kept without."""
    return fault_of_language(request.form.get("language", ""))


def media_editor() -> MediaEditor:
    """Return who changes media in the name of who is logged in."""
    return MediaEditor(db.session(), media().recordings, current_account())


def media_or_404(work_id: int, media_id: int) -> tuple[Artwork, WorkMedia]:
    """Return a work and one of its own recordings or links."""
    work = db.get_or_404(Artwork, work_id)
    own = (one for one in work.media if one.id == media_id)
    return work, or_404(next(own, None))
