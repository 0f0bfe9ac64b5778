"""API endpoint of the search: a photo in, JSON out.

It uses no cookies and no session, so no other site can act in a visitor's name
through it, and forms' protection against that is switched off for it.
"""

from typing import Any

from flask_babel import lazy_gettext as _

from app.extensions import csrf
from app.models import Query, User
from app.web.api.arguments import PhotoFormSchema
from app.web.api.blueprint import TOKEN_POSSIBLE, Blueprint, before_arguments
from app.web.api.schemas.answers import AnswerSchema
from app.web.callers.bearer import token_account
from app.web.callers.throttling import limiter
from app.web.callers.upload import sender, uploaded_photo
from app.web.callers.visitors import refuse_strangers
from app.web.shell.current import search_rate, search_service

bp = Blueprint("api", "", tag="search", security=TOKEN_POSSIBLE)
csrf.exempt(bp)


def searcher() -> dict[str, Any]:
    """Return the account whose token was sent, if any; others may not be let in."""
    account = token_account()
    refuse_strangers(account)
    return {"account": account}


@bp.post("/search")
@limiter.shared_limit(search_rate, scope="search")
@before_arguments(searcher)
@bp.arguments(PhotoFormSchema, location="files")
@bp.answers(
    AnswerSchema, _("What the photo shows, or that it shows nothing from here.")
)
@bp.operation(
    "search",
    _("Name the work in a photo"),
    refusals=(400, 401, 413, 422, 429),
    description=_(
        "Without a token nobody can read the search again. Photos are searched in the "
        "order in which they arrive."
    ),
    curl="-F photo=@photo.jpg 'URL'",
)
def search(_form: dict[str, Any], account: User | None) -> Query:
    """Name the work in the photo of the multipart field ``photo``."""
    user_id = account.id if account else None
    asker = {"user_id": user_id, "source": "api", "device": "program"}
    return search_service().search(uploaded_photo(), sender=sender(), attributes=asker)
