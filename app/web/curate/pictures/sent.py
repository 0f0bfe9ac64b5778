"""Pages that take many pictures at once: for works that are there, or for an import.

Scripts send one file at a time, and ask first which are there already; a browser
without scripts sends all in one form, up to the size of one upload.
"""

from contextlib import suppress
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import ImportRun
from app.retrieval.errors import ImageError
from app.retrieval.images.encoded import FileFault
from app.services.curation.work_images import RepeatedImageError
from app.services.importing import runs
from app.services.importing.pictures.matching import match_picture
from app.services.importing.pictures.names import is_hidden
from app.services.importing.pictures.sent import held_hashes, keep_sent, sent_hashes
from app.web.callers.throttling import limiter
from app.web.curate.common import editor
from app.web.curate.pictures.file_faults import with_faults
from app.web.curate.responses import go_to
from app.web.errors import image_sentence, wants_json
from app.web.shell.current import image_settings, media

bp = Blueprint("curate_sent_pictures", __name__, url_prefix="/curate")

PICTURE_RATE = "600 per minute"
"""Files from one network, over all server processes; each keeps a core busy for about
a tenth of a second."""
MOST_HASHES = 500
"""Of one question which pictures are there."""
PICTURES, HASHES = "pictures", "sha256"


class Received(NamedTuple):
    """File that was sent, and what came of it.

    Attributes
    ----------
    name : str
    is_used : bool
        Whether the picture is where it belongs now, or was before.
    sentence : str
    address : str
        Of the work's page; "" where it is for none.
    """

    name: str
    is_used: bool
    sentence: str
    address: str = ""


# One rule for both methods: of two, werkzeug answers 405 where neither number fits.
@bp.route("/pictures/", methods=["GET", "POST"])
@bp.route("/imports/<int:run_id>/pictures/", methods=["GET", "POST"])
@limiter.limit(PICTURE_RATE, methods=["POST"])
def choose(run_id: int | None = None) -> ResponseReturnValue:
    """Ask for files or a folder; take pictures, and say of each what came of it."""
    run = _run(run_id)
    return _take(run) if request.method == "POST" else _page(run)


@bp.post("/pictures/known")
@bp.post("/imports/<int:run_id>/pictures/known")
def know(run_id: int | None = None) -> ResponseReturnValue:
    """Tell a script which pictures need not be sent, by their SHA-256."""
    run = _run(run_id)
    asked = request.form.getlist(HASHES)[:MOST_HASHES]
    if run is not None and run.is_dry:
        there = sent_hashes(db.session(), run)
    else:
        there = held_hashes(db.session(), asked)
    return {"known": [one for one in asked if one in there]}


@bp.post("/imports/<int:run_id>/look-again")
def look_again(run_id: int) -> ResponseReturnValue:
    """Look an import through again, with the pictures that were sent for it."""
    run = db.get_or_404(ImportRun, run_id)
    # It may be looked through already, or recorded: its page says so.
    with suppress(runs.NotNowError):
        runs.look_again(db.session(), run)
    return go_to("curate_imports.show", run_id=run.id)


def _run(run_id: int | None) -> ImportRun | None:
    return None if run_id is None else db.get_or_404(ImportRun, run_id)


def _take(run: ImportRun | None) -> ResponseReturnValue:
    files = [one for one in request.files.getlist(PICTURES) if one.filename]
    received = [
        _receive(run, str(one.filename).replace("\\", "/"), one.read())
        for one in files
        if not is_hidden(str(one.filename))
    ]
    if wants_json():
        return {"pictures": [one._asdict() for one in received]}
    if not files:
        return _page(run, fault=gettext("Please choose a picture.")), 422
    return _page(run, received)


def _page(
    run: ImportRun | None, received: list[Received] | None = None, fault: str = ""
) -> str:
    return render_template(
        "curate/sent_pictures.html",
        run=run,
        received=received,
        fault=fault,
        here=url_for(".choose", run_id=run.id if run else None),
        known=url_for(".know", run_id=run.id if run else None),
    )


def _receive(run: ImportRun | None, name: str, data: bytes) -> Received:
    """Take one picture, for an import that waits or for the work that it is of."""
    try:
        if run is not None and run.is_dry:
            return _keep(run, name, data)
        return _add(run, name, data)
    except ImageError as error:
        return Received(name, is_used=False, sentence=image_sentence(error))


def _keep(run: ImportRun, name: str, data: bytes) -> Received:
    if runs.is_busy(run):
        sentence = gettext("The import is being worked on. Please send it afterwards.")
        return Received(name, is_used=False, sentence=sentence)
    sent = keep_sent(db.session(), run, name, data, media().works, image_settings())
    faults = [FileFault(fault) for fault in sent.faults.split()]
    sentence = with_faults(gettext("Kept for this import."), faults)
    return Received(name, is_used=True, sentence=sentence)


def _add(run: ImportRun | None, name: str, data: bytes) -> Received:
    match = match_picture(db.session(), name, run)
    work = match.artwork
    if work is None:
        sentence = gettext(
            "No work has this number, and no table calls its picture so. Please name "
            "the file by the work’s accession number."
        )
        if match.others:
            sentence = gettext(
                "It may be of several works: %(works)s. Please add it on the page of "
                "one.",
                works=", ".join(match.others[:3]),
            )
        return Received(name, is_used=False, sentence=sentence)
    address = url_for("curate_works.edit", work_id=work.id)
    accession = work.accession
    changes = editor()
    try:
        changes.add_image(work, data)
    except RepeatedImageError:
        sentence = gettext("%(work)s has this very picture already.", work=accession)
    else:
        sentence = gettext("Added to %(work)s.", work=accession)
        sentence = with_faults(sentence, changes.file_faults)
    return Received(name, is_used=True, sentence=sentence, address=address)
