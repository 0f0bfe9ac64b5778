"""Search for programs: a photo in, JSON out.

It uses no cookies and no session, so no other site can act in a visitor's name
through it, and forms' protection against that is switched off for it.
"""

from typing import Any

from flask_babel import lazy_gettext as _

from app.extensions import csrf, limiter
from app.models import Query, User
from app.web.api.arguments import PhotoFormSchema
from app.web.api.blueprint import POSSIBLE, Blueprint, Curl, first
from app.web.api.schemas import AnswerSchema
from app.web.callers.bearer import token_account
from app.web.callers.visitors import refuse_strangers
from app.web.shell.current import search_rate, search_service

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)


def searcher() -> dict[str, Any]:
    """Return the account whose token was sent, if any; others may not be let in."""
    account = token_account()
    refuse_strangers(account)
    return {"account": account}


@bp.post("/search", tags=["search"])
@limiter.shared_limit(search_rate, scope="search")
@first(searcher)
@bp.arguments(PhotoFormSchema, location="files")
@bp.answers(
    AnswerSchema, _("What the photo shows, or that it shows nothing from here.")
)
@bp.operation(
    "search",
    _("Name the work in a photo"),
    description=_(
        "Without a token nobody can read the search again. Photos are searched in the "
        "order in which they arrive."
    ),
    security=POSSIBLE,
    refusals=(400, 401, 413, 422, 429),
    curl=Curl("/api/v1/search", "-F photo=@photo.jpg"),
)
def search(form: dict[str, Any], account: User | None) -> Query:
    """Name the work in the photo of the multipart field ``photo``."""
    asker = {
        "user_id": account.id if account else None,
        "source": "api",
        "device": "program",
    }
    return search_service().search(form["photo"], attributes=asker)
