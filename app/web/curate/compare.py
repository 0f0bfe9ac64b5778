"""Page that compares methods: one picture, and what each of them finds."""

import json
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import TaskState
from app.retrieval.errors import ImageError
from app.services.collection.works import find_work, works_by_accession
from app.services.comparing import methods
from app.services.comparing import task as comparing_task
from app.services.comparing.kept import Comparisons, photo_name
from app.services.comparing.methods import ComparedMethod
from app.web.account.messages import ERROR
from app.web.callers.visitors import current_account
from app.web.curate.responses import download, go_to, or_404
from app.web.curate.tasks import show_task
from app.web.errors import image_sentence
from app.web.shell.current import media, search_service
from app.web.shell.stored import send_stored

bp = Blueprint("curate_compare", __name__, url_prefix="/curate/compare")

METHOD_NAMES = {
    ComparedMethod.ENGINE: _("The whole search"),
    ComparedMethod.DESCRIPTOR: _("Descriptor"),
    ComparedMethod.STYLE: _("Style"),
    ComparedMethod.WORDS: _("Details"),
    ComparedMethod.LEARNT: _("Learnt similarity"),
    ComparedMethod.SSIM: _("SSIM"),
    ComparedMethod.SSIM_EUCLID: _("SSIM ÷ Euclid"),
    ComparedMethod.COLOURS: _("Colours"),
    ComparedMethod.HASH: _("pHash"),
}
METHOD_HINTS = {
    ComparedMethod.ENGINE: _(
        "Both channels propose, geometry verifies; by probability."
    ),
    ComparedMethod.DESCRIPTOR: _(
        "The network’s vector, weighted by activation maps; cosine."
    ),
    ComparedMethod.STYLE: _("Colours, brushwork and what the network sees; cosine."),
    ComparedMethod.WORDS: _("Visual words with signatures vote."),
    ComparedMethod.LEARNT: _("A small network compares descriptors."),
    ComparedMethod.SSIM: _("Structural similarity of the pictures in grey."),
    ComparedMethod.SSIM_EUCLID: _("SSIM divided by the distance of the descriptors."),
    ComparedMethod.COLOURS: _("Histogram of colours; cosine."),
    ComparedMethod.HASH: _("64 bits of low frequencies; equal bits."),
}


@bp.get("/")
def show() -> str:
    """Show the form; ``?work=`` fills in the number of a work."""
    return render_template("curate/compare.html", work=request.args.get("work", ""))


@bp.post("/")
def ask() -> ResponseReturnValue:
    """Let all methods be asked about the photo that was sent, or about a work."""
    accession = request.form.get("work", "").strip()
    upload = request.files.get("photo")
    picture: dict[str, Any]
    try:
        if upload and upload.filename:
            picture = {"photo": search_service().decoder.read(upload.read()).image}
        elif (work := find_work(accession)) is not None and work.images:
            picture = {"work": work.accession}
        else:
            return refuse(
                gettext("No work with a picture has this number.")
                if accession
                else gettext("Choose a photo, or give the number of a work.")
            )
    except ImageError as error:
        return refuse(image_sentence(error))
    asked = comparing_task.request(
        db.session(), comparisons(), current_account(), **picture
    )
    return go_to("curate_compare.result", comparison_id=asked)


@bp.get("/<uuid:comparison_id>")
def result(comparison_id: UUID) -> str:
    """Show what all methods answered; until then, what the comparison waits for."""
    comparison = comparisons().find(comparison_id)
    if comparison is None:
        task = comparing_task.find_task(db.session(), comparison_id)
        if task is None or task.state is TaskState.DONE:
            abort(404)  # unknown, or deleted since
        return show_task(task)
    return render_template(
        "curate/comparison.html",
        comparison=comparison,
        works=works_by_accession(comparison.named_by),
        asked=find_work(comparison.work) if comparison.work else None,
        has_photo=comparisons().has_photo(comparison_id),
        names=METHOD_NAMES,
        hints=METHOD_HINTS,
        reranking=methods.RERANKING,
        shortlist=methods.SHORTLIST,
    )


@bp.get("/<uuid:comparison_id>/photo.jpg")
def photo(comparison_id: UUID) -> Response:
    """Serve the photo that was asked about, while it is kept."""
    return send_stored(media().comparisons, photo_name(comparison_id), "image/jpeg")


@bp.get("/<uuid:comparison_id>/comparison.csv")
def table(comparison_id: UUID) -> Response:
    """Send a comparison as a table."""
    comparison = or_404(comparisons().find(comparison_id))
    text = comparison.table(works_by_accession(comparison.named_by))
    return download(text, "comparison.csv", "text/csv")


@bp.get("/<uuid:comparison_id>/comparison.json")
def facts(comparison_id: UUID) -> Response:
    """Send a comparison as JSON."""
    comparison = or_404(comparisons().find(comparison_id))
    said = comparison.facts(works_by_accession(comparison.named_by))
    text = json.dumps(said, ensure_ascii=False, indent=2)
    return download(f"{text}\n", "comparison.json", "application/json")


def refuse(sentence: str) -> ResponseReturnValue:
    """Show the form again, and say what is wrong."""
    flash(sentence, ERROR)
    work = request.form.get("work", "")
    return render_template("curate/compare.html", work=work), 422


def comparisons() -> Comparisons:
    """Return where comparisons are kept."""
    return Comparisons(media().comparisons)
