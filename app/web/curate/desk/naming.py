"""Naming of the work that a photo shows: with its picture, or alone."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.models import Artwork, Query, ReviewOutcome, WorkStub
from app.retrieval.errors import EmptyGalleryError, ImageError
from app.retrieval.images.codec import decode
from app.services.collection.works import find_work
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.stubs import find_stub
from app.services.curation.work_images import RepeatedImageError
from app.services.evaluation.review import cutting, outcomes
from app.services.evaluation.review.cutting import Cut
from app.services.media.store import StorageAwayError, read_picture
from app.web.callers.visitors import current_account
from app.web.curate.common import editor, findable_sentence
from app.web.curate.desk.asked import cannot_take_back, photo_or_404
from app.web.curate.desk.names import CUT_NAMES
from app.web.curate.responses import go_to, or_404
from app.web.errors import image_sentence
from app.web.shell.current import image_settings, live_index, media

bp = Blueprint("curate_naming", __name__, url_prefix="/curate/desk/<uuid:query_id>")


@bp.get("/add")
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
            absent = searcher.absent_works(db.session())
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


@bp.get("/picture.jpg")
def picture(query_id: UUID) -> Response:
    """Send what the photo would be as a picture of a work."""
    query, work, cut = asked(query_id, request.args)
    try:
        data = cutting.picture_of_photo(query, work, cut, media().queries)
    except (OSError, ImageError):
        abort(404)
    return Response(data, mimetype="image/jpeg")


@bp.post("/name")
def name(query_id: UUID) -> ResponseReturnValue:
    """Note which work a photo shows, and take it as its picture if that is wanted."""
    query, work, cut = asked(query_id, request.form)
    session, user = db.session(), current_account()
    entry, sentence = None, gettext("Named: %(work)s.", work=work.accession)
    data = None
    try:
        if "add" in request.form:
            data = cutting.picture_of_photo(query, work, cut, media().queries)
        is_made = outcomes.prepare(session, query, work, editor(), user)
        if data is not None:
            entry = editor().add_image(work, data)
            sentence = findable_sentence(work)
    except FileNotFoundError:
        abort(404)
    except ChangedMeanwhileError:
        return cannot_take_back()
    except (ImageError, RepeatedImageError, StorageAwayError) as error:
        session.rollback()
        said = fault_sentence(error)
        return go_to("curate_desk.show", query_id=query.id, error=said)
    is_stub = session.get(WorkStub, work.id) is not None
    outcome = ReviewOutcome.STUB if is_stub else ReviewOutcome.NAMED
    outcomes.decide(
        session, query, outcome, user, artwork=work, entry=entry, is_made=is_made
    )
    return go_to("curate_desk.browse", done=sentence)


def fault_sentence(error: Exception) -> str:
    """Say why a photo cannot become a picture."""
    if isinstance(error, ImageError):
        return image_sentence(error)
    if isinstance(error, RepeatedImageError):
        return str(gettext("The work has this very picture already."))
    return str(gettext("The storage does not answer. Please try again later."))


def asked(query_id: UUID, given: MultiDict[str, str]) -> tuple[Query, Artwork, Cut]:
    """Return which photo and work are meant, and how it is cut; 404 for no work."""
    query = photo_or_404(query_id)
    number = given.get("work", "")
    work = or_404(find_work(number) or find_stub(db.session(), number))
    cuts = cuts_of(query, work)
    cut = given.get("cut", cuts[0], type=Cut)
    return query, work, cut if cut in cuts else cuts[0]


def cuts_of(query: Query, work: Artwork) -> list[Cut]:
    """Return how a photo can be cut, the best first."""
    has_outline = cutting.outline_of(query, work) is not None
    return [one for one in Cut if has_outline or one is not Cut.OUTLINE]
