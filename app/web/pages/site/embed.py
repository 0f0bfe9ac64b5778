"""Search box that other sites of the museum show in a frame.

The form's answer opens in a tab of its own, which is the museum's, with its cookies. In
the frame there are none, so there is no token against forged requests: see
``callers/same_origin``.
"""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from app.extensions import csrf
from app.web.callers.same_origin import refuse_foreign_forms
from app.web.callers.throttling import limiter
from app.web.callers.upload import is_link
from app.web.pages.search import LINK_RATE, answer_photo
from app.web.shell.current import search_rate
from app.web.shell.languages import offered_languages, select_language
from app.web.shell.museum import museum
from app.web.shell.security import allow_framing

bp = Blueprint("embed", __name__)


@bp.get("/embed")
def show() -> str:
    """Show the search box; only sites that the museum names may frame it.

    ``?language=`` is the one of the page around it.
    """
    allow_framing(need_embedding())
    asked = request.args.get("language", "")
    with force_locale(asked if asked in offered_languages() else select_language()):
        return render_template("embed.html")


@bp.post("/embed")
@limiter.shared_limit(search_rate, scope="search")
@limiter.limit(LINK_RATE, exempt_when=lambda: not is_link())
def ask() -> ResponseReturnValue:
    """Search the photo that the box sends, in the tab where its answer opens."""
    refuse_foreign_forms()
    need_embedding()
    return answer_photo()


csrf.exempt(ask)


def need_embedding() -> tuple[str, ...]:
    """Return which sites may show the box; 404 where none may."""
    origins = museum().embedding
    if not origins:
        abort(404)
    return origins
