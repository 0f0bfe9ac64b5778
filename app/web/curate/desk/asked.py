"""Photos of the review desk that addresses and forms ask for."""

from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Query
from app.services.evaluation.review import photos
from app.web.curate.responses import go_to, or_404


def photo_or_404(query_id: UUID) -> Query:
    """Return a photo that staff may see."""
    return or_404(photos.find_photo(db.session(), str(query_id)))


def chosen_photos(ids: list[str]) -> list[Query]:
    """Return those of some photos that staff may see."""
    found = (photos.find_photo(db.session(), one) for one in ids[: photos.MOST])
    return [query for query in found if query is not None]


def cannot_take_back() -> ResponseReturnValue:
    """Say that a decision stays, because somebody changed what came of it."""
    db.session.rollback()
    sentence = gettext(
        "This cannot be taken back: the work’s pictures have been changed since."
    )
    return go_to("curate_desk.done", error=sentence)
