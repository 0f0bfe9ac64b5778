"""Page of a visit for whoever has its link: works only, no photo."""

from flask import Blueprint, Response, abort, render_template

from app.services.visits.links import shared_visit
from app.web.shell.caching import keep_nowhere
from app.web.visits.visit import asked_order, day_words, groups_of, time_zone

bp = Blueprint("visit_links", __name__, url_prefix="/visits")


@bp.get("/<token>")
def show(token: str) -> str:
    """Show a visit to whoever has its link; 404 once that ended."""
    visit = shared_visit(token, time_zone())
    if visit is None:
        abort(404)
    return render_template(
        "visits/shared.html",
        visit=visit,
        groups=groups_of(visit),
        order=asked_order(),
        day_words=day_words(visit.day),
    )


@bp.after_request
def hide(response: Response) -> Response:
    """Let no search engine list it, and no browser keep what may be taken back."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return keep_nowhere(response)
