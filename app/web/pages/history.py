"""History pages of a visitor's searches: list, export, deletion."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.services.search import history
from app.services.search.data_export import archive
from app.services.visits.keeping import export_sections, forget_visits, has_notes
from app.web.account.messages import DONE, tell_photos_left
from app.web.callers.visitors import current_owner
from app.web.pages.answers import AnswerPictures, own_query
from app.web.pages.works import asked_page
from app.web.shell.caching import keep_nowhere
from app.web.shell.current import media

bp = Blueprint("history", __name__)
bp.after_request(keep_nowhere)

ARCHIVE_NAME = "morelli-searches.zip"


@bp.get("/history")
def show() -> str:
    """Show a page of one's own searches; ``?page=`` counts from 1."""
    page = history.searches(current_owner(), asked_page())
    return render_template(
        "history.html",
        page=page,
        searches=[(query, AnswerPictures(query)) for query in page.entries],
    )


@bp.route("/queries/<uuid:query_id>/delete", methods=["GET", "POST"])
def delete(query_id: UUID) -> ResponseReturnValue:
    """Delete one search, once its owner has said so a second time."""
    query = own_query(query_id)
    if request.method == "GET":
        return render_template(
            "history_delete.html", query=query, pictures=AnswerPictures(query), count=1
        )
    left = history.forget(query, media().queries)
    if left:
        sentence = _("The search is deleted, with its answer.")
    else:
        sentence = _("The search is deleted, with its photo and its answer.")
    flash(sentence, DONE)
    tell_photos_left(left)
    return redirect(url_for("history.show", page=shown_page()), 303)


@bp.route("/history/delete", methods=["GET", "POST"])
def delete_all() -> ResponseReturnValue:
    """Delete all of one's own searches, likewise."""
    owner = current_owner()
    if request.method == "GET":
        count = history.count(owner)
        if not count and not has_notes(owner):
            return redirect(url_for("history.show"))
        return render_template("history_delete.html", query=None, count=count)
    forget_visits(owner)
    forgotten = history.forget_all(owner, media().queries)
    if not forgotten.searches:
        sentence = _("Your visits are deleted.")
    elif forgotten.photos_left:
        sentence = ngettext(
            "%(num)s search is deleted, with its answer.",
            "%(num)s searches are deleted, with their answers.",
            forgotten.searches,
        )
    else:
        sentence = ngettext(
            "%(num)s search is deleted, with its photo and its answer.",
            "%(num)s searches are deleted, with their photos and answers.",
            forgotten.searches,
        )
    flash(sentence, DONE)
    tell_photos_left(forgotten.photos_left)
    return redirect(url_for("history.show"), 303)


@bp.get("/history/searches.zip")
def export() -> Response:
    """Send all of one's own searches and photos, visits and favourites."""
    owner = current_owner()
    response = Response(
        archive(owner, media().queries, export_sections(owner)),
        mimetype="application/zip",
    )
    response.headers.set("Content-Disposition", "attachment", filename=ARCHIVE_NAME)
    return response


def shown_page() -> int | None:
    """Return the page of the list that somebody came from; None for the first."""
    number = asked_page()
    return number if number > 1 else None
