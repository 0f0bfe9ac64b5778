"""Pages of a work's pictures: added, replaced, put in order, removed."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.retrieval.errors import ImageError
from app.services.curation.editing import WorkEditor
from app.services.curation.work_images import RepeatedImageError
from app.services.media.store import StorageAwayError
from app.web.curate.common import back_to, editor, findable_sentence
from app.web.curate.forms import PictureForm
from app.web.curate.pictures.file_faults import with_faults
from app.web.curate.responses import or_404
from app.web.errors import image_sentence

bp = Blueprint(
    "curate_pictures", __name__, url_prefix="/curate/works/<int:work_id>/pictures"
)


@bp.post("/")
def add(work_id: int) -> ResponseReturnValue:
    """Add a picture after the others."""
    work = db.get_or_404(Artwork, work_id)
    changes = editor()
    return take(work, changes, lambda data: changes.add_image(work, data))


@bp.post("/<int:image_id>/replace")
def replace(work_id: int, image_id: int) -> ResponseReturnValue:
    """Put another picture into a picture's place."""
    work, image = image_or_404(work_id, image_id)
    changes = editor()
    return take(work, changes, lambda data: changes.replace_image(image, data))


@bp.post("/<int:image_id>/remove")
def remove(work_id: int, image_id: int) -> ResponseReturnValue:
    """Take a picture away from its work."""
    work, image = image_or_404(work_id, image_id)
    editor().remove_image(image)
    return back_to(work, done=findable_sentence(work))


@bp.post("/<int:image_id>/move")
def move(work_id: int, image_id: int) -> ResponseReturnValue:
    """Move a picture one place; the first one represents the work."""
    work, image = image_or_404(work_id, image_id)
    editor().move_image(image, 1 if request.form.get("to") == "later" else -1)
    return back_to(work)


def take(
    work: Artwork, changes: WorkEditor, change: Callable[[bytes], object]
) -> ResponseReturnValue:
    """Make a change with the picture that was sent, and say what came of it."""
    form = PictureForm()
    if not form.validate_on_submit():
        return back_to(work, error=" ".join(map(str, form.picture.errors)))
    try:
        change(form.picture.data.read())
    except ImageError as error:
        return back_to(work, error=image_sentence(error))
    except StorageAwayError:
        db.session.rollback()
        sentence = gettext(
            "The picture was not kept, because the storage does not answer. The work "
            "is as it was; please try again in a moment."
        )
        return back_to(work, error=sentence)
    except RepeatedImageError:
        sentence = gettext("The work has this very picture already.")
        return back_to(work, error=sentence)
    return back_to(work, done=with_faults(findable_sentence(work), changes.file_faults))


def image_or_404(work_id: int, image_id: int) -> tuple[Artwork, ReferenceImage]:
    """Return a work and one of its own pictures."""
    work = db.get_or_404(Artwork, work_id)
    own = (image for image in work.images if image.id == image_id)
    return work, or_404(next(own, None))
