"""The programmer's interface, version 1: a photo in, JSON out.

It uses no cookies and no session, so no other site can act in a visitor's name
through it, and forms' protection against that is switched off for it.
"""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.extensions import csrf, limiter
from app.web.api_json import answer_json
from app.web.callers.bearer import token_account
from app.web.callers.upload import uploaded_photo
from app.web.callers.visitors import refuse_strangers
from app.web.shell.current import search_rate, search_service

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)


@bp.post("/search")
@limiter.shared_limit(search_rate, scope="search")
def search() -> ResponseReturnValue:
    """Name the work in the photo of the multipart field ``photo``."""
    account = token_account()
    refuse_strangers(account)
    asker = {
        "user_id": account.id if account else None,
        "source": "api",
        "device": "program",
    }
    query = search_service().search(uploaded_photo(), attributes=asker)
    return answer_json(query)
