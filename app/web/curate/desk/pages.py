"""Review desk: photos without a sure answer, and what is made of them."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.extensions import db
from app.models import PhotoReview, ReviewOutcome
from app.services.collection.works import find_work
from app.services.curation import stubs
from app.services.curation.editing import ChangedMeanwhileError
from app.services.evaluation.own_set import members
from app.services.evaluation.review import asking_again, outcomes, photos
from app.services.evaluation.review.photos import DeskList
from app.services.words.suggestions import suggest
from app.web.callers.visitors import current_account
from app.web.curate.common import editor
from app.web.curate.desk.asked import (
    cannot_take_back,
    chosen_ids,
    chosen_photos,
    photo_or_404,
)
from app.web.curate.desk.names import (
    KIND_NAMES,
    LIST_NAMES,
    OUTCOME_NAMES,
    outcome_words,
)
from app.web.curate.responses import go_to, or_404
from app.web.pages.answers import photo_response, small_response
from app.web.pages.finding import asked_text, candidates
from app.web.shell.current import map_reader, vocabulary

bp = Blueprint("curate_desk", __name__, url_prefix="/curate/desk")
bp.add_app_template_filter(outcome_words)

CHOICES = 12
"""Works to choose from."""


@bp.get("/")
def browse() -> str:
    """List photos that are not decided, those alike together; ``?of=`` says which."""
    listed = request.args.get("of", DeskList.WAITING, type=DeskList)
    queries = photos.open_photos(db.session(), listed)
    return render_template(
        "curate/desk/list.html",
        listed=listed,
        groups=photos.group(queries),
        total=len(queries),
        most=photos.MOST,
        reviews=photos.reviews_of(db.session(), queries),
        kind_names=KIND_NAMES,
        list_names=LIST_NAMES,
    )


@bp.get("/done")
def done() -> str:
    """List what was decided, to be asked again or taken back."""
    reviews = photos.decided_photos(db.session())
    ids = [review.query_id for review in reviews]
    return render_template(
        "curate/desk/done.html",
        reviews=reviews,
        in_set=members.among(db.session(), ids),
        outcome_names=OUTCOME_NAMES,
        found_work=asking_again.found_work,
    )


@bp.post("/")
def decide() -> ResponseReturnValue:
    """Ask the chosen photos again, or set them aside."""
    ids = chosen_ids()
    if not ids:
        return go_to("curate_desk.browse", error=gettext("Please choose photos first."))
    wish, user = request.form.get("wish", ""), current_account()
    if wish == "ask":
        # Also those that are gone by now: the task says why they are not asked.
        task = asking_again.request(db.session(), ids, user)
        return go_to("curate_tasks.show", task_id=task.id)
    if wish not in (ReviewOutcome.NOT_OURS, ReviewOutcome.NOT_A_WORK):
        abort(400)
    queries, changes = chosen_photos(), editor()
    try:
        for query in queries:
            outcomes.prepare(db.session(), query, None, changes, user)
            outcomes.decide(db.session(), query, ReviewOutcome(wish), user)
    except ChangedMeanwhileError:
        return cannot_take_back()
    count = len(queries)
    sentence = ngettext("%(num)s photo set aside.", "%(num)s photos set aside.", count)
    return go_to("curate_desk.browse", done=sentence)


@bp.get("/<uuid:query_id>")
def show(query_id: UUID) -> str:
    """Show a photo with works that it may show.

    ``?q=`` looks for others, ``?work=`` has one that was chosen on the map.
    """
    query = photo_or_404(query_id)
    words = asked_text("q")
    chosen = find_work(request.args.get("work", ""))
    found = suggest(db.session(), vocabulary(), words, count=CHOICES) if words else []
    proposed = [match.artwork for match in query.matches]
    said = query.feedback.artwork if query.feedback else None
    listed = [chosen] if chosen else [one.work for one in found if one.work]
    stub = stubs.find_stub(db.session(), words)
    if stub is not None:
        listed.insert(0, stub)
    if not words and not chosen:
        listed = [*([said] if said else []), *proposed, *candidates(query)]
    return render_template(
        "curate/desk/photo.html",
        query=query,
        review=db.session.get(PhotoReview, query.id),
        place=photos.place_in_line(db.session(), query),
        words=words,
        chosen=chosen,
        works=[
            work
            for work in dict.fromkeys(listed)
            if work is stub or not work.is_withdrawn
        ][:CHOICES],
        matches={match.artwork_id: match for match in query.matches},
        has_map=map_reader().current() is not None,
    )


@bp.post("/<uuid:query_id>/undo")
def undo(query_id: UUID) -> ResponseReturnValue:
    """Put a photo back on the desk, and away what was made of it."""
    query = photo_or_404(query_id)
    review = or_404(db.session.get(PhotoReview, query.id))
    try:
        outcomes.take_back(db.session(), review, editor(), current_account())
    except ChangedMeanwhileError:
        return cannot_take_back()
    return go_to("curate_desk.done", done=gettext("Taken back."))


@bp.get("/<uuid:query_id>/photo.jpg")
def photo(query_id: UUID) -> Response:
    """Show a photo that staff may see."""
    return photo_response(photo_or_404(query_id))


@bp.get("/<uuid:query_id>/photo.s.jpg")
def small(query_id: UUID) -> Response:
    """Show it small."""
    return small_response(photo_or_404(query_id))
