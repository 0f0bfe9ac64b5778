"""Pages of the collection's own evaluation set: its photos, its figures over time."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, ngettext

from app.extensions import db
from app.models import Artwork, EvaluationPhoto, PhotoReview
from app.services.collection.works import find_work, works_by_accession
from app.services.evaluation.own_set import asking, history, members
from app.services.evaluation.own_set.history import AnswerChange, SetFigures
from app.services.system import tasks
from app.web.admin.plots import Plot, Series, interval_mark, lines
from app.web.callers.visitors import current_account
from app.web.curate.desk.asked import chosen_photos
from app.web.curate.desk.names import UNASKED_WORDS
from app.web.curate.responses import go_to, or_404
from app.web.pages.answers import small_response
from app.web.shell.presentation.pictures import thumbnail_url

bp = Blueprint("curate_set", __name__, url_prefix="/curate/desk/set")


@bp.get("/")
def show() -> str:
    """Show the figures of every build, what changed last, and the photos."""
    figures = history.list_figures(db.session())
    changed = changes_of(figures, len(figures) - 1)
    return render_template(
        "curate/desk/set.html",
        photos=members.list_photos(db.session()),
        figures=figures,
        plot=plot_of(figures) if figures else None,
        changes=changed,
        works=works_named(changed),
        running=tasks.unfinished(db.session(), asking.KIND),
        unasked_words=UNASKED_WORDS,
        interval_mark=interval_mark,
    )


@bp.get("/runs/<int:asking_id>")
def show_run(asking_id: int) -> str:
    """Show what changed with a build since the one before."""
    figures = history.list_figures(db.session())
    place = next((i for i, one in enumerate(figures) if one.run.id == asking_id), None)
    place = or_404(place)
    changed = changes_of(figures, place)
    return render_template(
        "curate/desk/set_run.html",
        figures=figures[max(0, place - 1) : place + 1],
        changes=changed,
        works=works_named(changed),
        unasked_words=UNASKED_WORDS,
        interval_mark=interval_mark,
    )


@bp.post("/")
def join() -> ResponseReturnValue:
    """Put the chosen photos into the set, with the works that were named."""
    queries = chosen_photos()
    if not queries:
        return go_to("curate_desk.done", error=gettext("Please choose photos first."))
    found = (db.session.get(PhotoReview, query.id) for query in queries)
    reviews = [review for review in found if review is not None]
    count = members.join(db.session(), reviews, current_account())
    sentence = ngettext(
        "%(num)s photo is in the evaluation set now.",
        "%(num)s photos more are in the evaluation set now.",
        count,
    )
    return go_to("curate_desk.done", done=sentence)


@bp.post("/ask")
def ask() -> ResponseReturnValue:
    """Let the set be asked now."""
    task = asking.request_if_any(db.session(), current_account())
    if task is None:
        none = gettext("There is no photo in the evaluation set yet.")
        return go_to("curate_set.show", error=none)
    return go_to("curate_tasks.show", task_id=task.id)


@bp.post("/<uuid:query_id>/leave")
def leave(query_id: UUID) -> ResponseReturnValue:
    """Take a photo out of the set."""
    photo = or_404(db.session.get(EvaluationPhoto, str(query_id)))
    members.leave(db.session(), photo, current_account())
    return go_to("curate_set.show", done=gettext("Taken out of the evaluation set."))


@bp.post("/<uuid:query_id>/works")
def state_works(query_id: UUID) -> ResponseReturnValue:
    """State that a work is in a photo too, or that it is not."""
    photo = or_404(db.session.get(EvaluationPhoto, str(query_id)))
    number = request.form.get("work", "").strip()
    works = {one.artwork.id: one.artwork for one in photo.works if one.artwork}
    anchor = f"photo-{query_id}"
    if "remove" in request.form:
        kept = [work for work in works.values() if work.accession != number]
        sentence = gettext("%(work)s is not in the photo.", work=number)
    else:
        work = find_work(number)
        if work is None:
            unknown = gettext(
                "There is no work with the number “%(number)s”.", number=number
            )
            return go_to("curate_set.show", error=unknown, _anchor=anchor)
        kept = list((works | {work.id: work}).values())
        sentence = gettext("%(work)s is in the photo.", work=work.accession)
    members.state_works(db.session(), photo, kept, current_account())
    return go_to("curate_set.show", done=sentence, _anchor=anchor)


@bp.get("/<uuid:query_id>/photo.s.jpg")
def small(query_id: UUID) -> ResponseReturnValue:
    """Show a photo of the set small, or the picture that stands for it."""
    photo = or_404(db.session.get(EvaluationPhoto, str(query_id)))
    if photo.query.photo_name is not None:
        response: Response = small_response(photo.query)
        return response
    pictures = members.pictures_of(db.session(), photo.query_id)
    return redirect(thumbnail_url(or_404(next(iter(pictures), None))))


def changes_of(figures: list[SetFigures], place: int) -> list[AnswerChange]:
    """Return what changed with a run since the one before it; nothing for the first."""
    if place < 1:
        return []
    before, after = figures[place - 1].run, figures[place].run
    return history.changes(db.session(), before, after)


def works_named(changes: list[AnswerChange]) -> dict[str, Artwork]:
    """Return the works that answers name first, by their numbers."""
    answers = [answer for one in changes for answer in (one.before, one.after)]
    return works_by_accession(one.named[0] for one in answers if one.named)


def plot_of(figures: list[SetFigures]) -> Plot:
    """Draw the three shares over the builds, each with its interval."""
    names = {
        "first": (gettext("A right work comes first"), "uncertain"),
        "found": (gettext("Found"), "found"),
        "wrong": (gettext("Wrong"), "wrong"),
    }
    series, bounds = [], []
    for name, (words, style) in names.items():
        shares = [getattr(one, name) for one in figures]
        series.append(
            Series(words, style, [one.share if one.total else 0.0 for one in shares])
        )
        bounds.append([one.interval if one.total else (0.0, 0.0) for one in shares])
    days = [format_date(one.run.created_at, "medium") for one in figures]
    title = gettext("Shares of the evaluation set, build by build")
    return lines(title, series, bounds, (days[0], days[-1]))
