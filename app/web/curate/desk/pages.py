"""Review desk: photos without a sure answer, and what is made of them."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.models import Artwork, PhotoReview, Query, ReviewOutcome
from app.retrieval.errors import EmptyGalleryError, ImageError
from app.retrieval.images.codec import decode
from app.services.collection.works import find_work
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.work_images import RepeatedImageError
from app.services.evaluation.review import asking_again, cutting, outcomes, photos
from app.services.evaluation.review.asking_again import absent_works
from app.services.evaluation.review.cutting import Cut
from app.services.evaluation.review.photos import PhotoKind
from app.services.media.store import StorageAwayError, read_picture
from app.services.words.suggestions import suggest
from app.web.callers.visitors import current_account
from app.web.curate.common import editor, findable_sentence
from app.web.curate.responses import go_to, or_404
from app.web.errors import image_sentence
from app.web.pages.answers import photo_response, small_response
from app.web.pages.finding import asked_text, candidates
from app.web.shell.current import image_settings, live_index, media, vocabulary

bp = Blueprint("curate_desk", __name__, url_prefix="/curate/desk")

CHOICES = 12
"""Works to choose from."""
KIND_NAMES = {
    PhotoKind.BLACK: _("Black photos"),
    PhotoKind.BLANK: _("Photos of nothing"),
    PhotoKind.TINY: _("Tiny photos"),
    PhotoKind.LABEL: _("Photos with a label that was read"),
    PhotoKind.BLURRED: _("Blurred photos"),
}
OUTCOME_NAMES = {
    ReviewOutcome.NAMED: _("Named"),
    ReviewOutcome.NOT_OURS: _("Not ours"),
    ReviewOutcome.NOT_A_WORK: _("Not a work"),
}
CUT_NAMES = {
    Cut.OUTLINE: _("Along its outline, set upright"),
    Cut.FRAME: _("Around its frame"),
    Cut.WHOLE: _("The whole photo"),
}


@bp.get("/")
def browse() -> str:
    """List the photos that wait for somebody, those alike together."""
    queries = photos.open_photos(db.session())
    return render_template(
        "curate/desk/list.html",
        groups=photos.group(queries),
        total=len(queries),
        most=photos.MOST,
        reviews=photos.reviews_of(db.session(), queries),
        kind_names=KIND_NAMES,
    )


@bp.get("/done")
def done() -> str:
    """List what was decided, to be asked again or taken back."""
    reviews = photos.decided_photos(db.session())
    return render_template(
        "curate/desk/done.html",
        reviews=reviews,
        outcome_names=OUTCOME_NAMES,
        found_work=asking_again.found_work,
    )


@bp.post("/")
def decide() -> ResponseReturnValue:
    """Ask the chosen photos again, or set them aside."""
    ids = request.form.getlist("query")[: photos.MOST]
    chosen = [photos.find_photo(db.session(), query_id) for query_id in ids]
    queries = [query for query in chosen if query is not None]
    if not queries:
        return go_to("curate_desk.browse", error=gettext("Please choose photos first."))
    wish = request.form.get("wish", "")
    if wish == "ask":
        task = asking_again.request(db.session(), queries, current_account())
        return go_to("curate_tasks.show", task_id=task.id)
    if wish not in (ReviewOutcome.NOT_OURS, ReviewOutcome.NOT_A_WORK):
        abort(400)
    for query in queries:
        outcomes.decide(db.session(), query, ReviewOutcome(wish), current_account())
    count = len(queries)
    sentence = ngettext("%(num)s photo set aside.", "%(num)s photos set aside.", count)
    return go_to("curate_desk.browse", done=sentence)


@bp.get("/<uuid:query_id>")
def show(query_id: UUID) -> str:
    """Show a photo with its candidates; ``?q=`` looks for other works."""
    query = photo_or_404(query_id)
    words = asked_text("q")
    found = suggest(db.session(), vocabulary(), words, count=CHOICES) if words else []
    proposed = [match.artwork for match in query.matches]
    said = query.feedback.artwork if query.feedback else None
    listed = [one.work for one in found if one.work]
    if not words:
        listed = [*([said] if said else []), *proposed, *candidates(query)]
    return render_template(
        "curate/desk/photo.html",
        query=query,
        review=db.session.get(PhotoReview, query.id),
        words=words,
        works=[w for w in dict.fromkeys(listed) if not w.is_withdrawn][:CHOICES],
        matches={match.artwork_id: match for match in query.matches},
    )


@bp.get("/<uuid:query_id>/add")
def look(query_id: UUID) -> ResponseReturnValue:
    """Show what the photo would be as a picture of ``?work=``, and what it changes."""
    query, work, cut = asked(query_id, request.args)
    try:
        data = cutting.picture_of_photo(query, work, cut, media().queries)
        picture = decode(data, settings=image_settings())
        photo = read_picture(media().queries, str(query.photo_name))
    except OSError:
        abort(404)
    except ImageError as error:
        return go_to("curate_desk.show", query_id=query.id, error=image_sentence(error))
    effect = None
    try:
        with live_index().use() as searcher:
            searcher.catch_up(db.session())
            absent = absent_works(db.session(), searcher)
            effect = cutting.preview(searcher, photo, picture, work.accession, absent)
    except EmptyGalleryError:
        db.session.rollback()  # without an index there is nothing to be compared with
    return render_template(
        "curate/desk/add.html",
        query=query,
        work=work,
        cut=cut,
        cuts=cuts_of(query, work),
        cut_names=CUT_NAMES,
        effect=effect,
        rival=find_work(effect.rival) if effect and effect.rival else None,
        size=picture.shape[:2],
    )


@bp.get("/<uuid:query_id>/picture.jpg")
def picture(query_id: UUID) -> Response:
    """Send what the photo would be as a picture of a work."""
    query, work, cut = asked(query_id, request.args)
    try:
        data = cutting.picture_of_photo(query, work, cut, media().queries)
    except (OSError, ImageError):
        abort(404)
    return Response(data, mimetype="image/jpeg")


@bp.post("/<uuid:query_id>/name")
def name(query_id: UUID) -> ResponseReturnValue:
    """Note which work a photo shows, and take it as its picture if that is wanted."""
    query, work, cut = asked(query_id, request.form)
    entry, sentence = None, gettext("Named: %(work)s.", work=work.accession)
    if "add" in request.form:
        try:
            data = cutting.picture_of_photo(query, work, cut, media().queries)
            entry = editor().add_image(work, data)
        except FileNotFoundError:
            abort(404)
        except (ImageError, RepeatedImageError, StorageAwayError) as error:
            db.session.rollback()
            said = (
                image_sentence(error)
                if isinstance(error, ImageError)
                else gettext("The work has this very picture already.")
                if isinstance(error, RepeatedImageError)
                else gettext("The storage does not answer. Please try again later.")
            )
            return go_to("curate_desk.show", query_id=query.id, error=said)
        sentence = findable_sentence(work)
    outcomes.decide(
        db.session(),
        query,
        ReviewOutcome.NAMED,
        current_account(),
        artwork=work,
        entry=entry,
    )
    return go_to("curate_desk.browse", done=sentence)


@bp.post("/<uuid:query_id>/undo")
def undo(query_id: UUID) -> ResponseReturnValue:
    """Put a photo back on the desk, and take away the picture that it became."""
    query = photo_or_404(query_id)
    review = or_404(db.session.get(PhotoReview, query.id))
    try:
        outcomes.take_back(db.session(), review, editor())
    except ChangedMeanwhileError:
        db.session.rollback()
        sentence = gettext(
            "This cannot be taken back: the work’s pictures have been changed since."
        )
        return go_to("curate_desk.done", error=sentence)
    return go_to("curate_desk.done", done=gettext("Taken back."))


@bp.get("/<uuid:query_id>/photo.jpg")
def photo(query_id: UUID) -> Response:
    """Show a photo that staff may see."""
    return photo_response(photo_or_404(query_id))


@bp.get("/<uuid:query_id>/photo.s.jpg")
def small(query_id: UUID) -> Response:
    """Show it small."""
    return small_response(photo_or_404(query_id))


def photo_or_404(query_id: UUID) -> Query:
    """Return a photo that staff may see."""
    return or_404(photos.find_photo(db.session(), str(query_id)))


def asked(query_id: UUID, given: MultiDict[str, str]) -> tuple[Query, Artwork, Cut]:
    """Return which photo and work are meant, and how it is cut; 404 for no work."""
    query = photo_or_404(query_id)
    work = or_404(find_work(given.get("work", "")))
    cuts = cuts_of(query, work)
    cut = given.get("cut", cuts[0], type=Cut)
    return query, work, cut if cut in cuts else cuts[0]


def cuts_of(query: Query, work: Artwork) -> list[Cut]:
    """Return how a photo can be cut, the best first."""
    has_outline = cutting.outline_of(query, work) is not None
    return [one for one in Cut if has_outline or one is not Cut.OUTLINE]
