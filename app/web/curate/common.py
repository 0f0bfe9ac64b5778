"""Helpers of the editing pages: work editor, and redirect with a message after it."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.extensions import db
from app.models import Artwork
from app.services.curation.editing import WorkEditor
from app.services.curation.work_images import feature_maker
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to
from app.web.shell.current import image_settings, live_index, media


def editor() -> WorkEditor:
    """Return who changes works in the name of who is logged in."""
    return WorkEditor(
        db.session(),
        media().works,
        feature_maker(live_index()),
        current_account(),
        image_settings(),
    )


def back_to(work: Artwork, *, done: str = "", error: str = "") -> ResponseReturnValue:
    """Show a work again after a change."""
    return go_to("curate_works.edit", work_id=work.id, done=done, error=error)


def findable_sentence(work: Artwork) -> str:
    """Say whether visitors find a work after a change."""
    if work.is_withdrawn:
        return str(gettext("Saved. The work is withdrawn: no search finds it."))
    if not work.images:
        return str(gettext("Saved. Without a picture no photo finds it."))
    if not all(image.features for image in work.images):
        return str(
            gettext("Saved. Photos find it as soon as there is a searchable index.")
        )
    return str(
        ngettext(
            "Saved. The very next photo finds it by its picture.",
            "Saved. The very next photo finds it by its %(num)s pictures.",
            len(work.images),
        )
    )
