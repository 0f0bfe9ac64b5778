"""API endpoint of suggestions: what may be meant by words with slips."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.extensions import db
from app.services.words.suggestions import suggest
from app.web.api.arguments import SuggestionsParameters
from app.web.api.blueprint import NO_TOKEN, Blueprint
from app.web.api.schemas.suggestions import SuggestionsSchema
from app.web.callers.throttling import limiter
from app.web.pages.finding import WORDS_RATE
from app.web.shell.current import vocabulary

bp = Blueprint("api_suggestions", "/suggestions", tag="works", security=NO_TOKEN)


@bp.get("")
@limiter.shared_limit(WORDS_RATE, scope="words")
@bp.arguments(SuggestionsParameters, location="query")
@bp.answers(SuggestionsSchema, _("Works and artists."))
@bp.operation(
    "suggest_works",
    _("Works and artists that may be meant, also by words with slips"),
    refusals=(400, 429),
    curl="'URL?q=caravagio'",
)
def index(asked: dict[str, Any]) -> dict[str, Any]:
    """Suggest works and artists for a title, a name or a number."""
    room = asked.get("room", "")
    found = suggest(db.session(), vocabulary(), asked.get("q", ""), room=room)
    return {"suggestions": found}
