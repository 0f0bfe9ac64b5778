"""Photos of the review desk that addresses and forms ask for."""

import re
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import Query
from app.services.evaluation.review import photos
from app.web.curate.responses import go_to, or_404

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def photo_or_404(query_id: UUID) -> Query:
    """Return a photo that staff may see."""
    return or_404(photos.find_photo(db.session(), str(query_id)))


def chosen_ids() -> list[str]:
    """Read the ids of the chosen photos; what is no id is passed over."""
    sent = request.form.getlist("query")[: photos.MOST]
    return list(dict.fromkeys(one for one in sent if ID.fullmatch(one)))


def chosen_photos() -> list[Query]:
    """Return the chosen photos that staff may see."""
    found = (photos.find_photo(db.session(), one) for one in chosen_ids())
    return [query for query in found if query is not None]


def cannot_take_back() -> ResponseReturnValue:
    """Say that a decision stays, because somebody changed what came of it."""
    db.session.rollback()
    sentence = gettext(
        "This cannot be taken back: the work’s pictures have been changed since."
    )
    return go_to("curate_desk.done", error=sentence)
