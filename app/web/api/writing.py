"""API endpoints that change works and their pictures, with a token that may.

As in ``app.web.api.queries``, a token is needed and no cookie is read.
"""

from typing import Any

from flask import abort, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest

from app.extensions import csrf, db
from app.models import AccessToken, Artwork
from app.services.collection.labels import MAX_ACCESSION_LENGTH
from app.services.collection.works import find_record
from app.services.curation.editing import (
    ChangedMeanwhileError,
    TakenAccessionError,
    WorkEditor,
    differs,
)
from app.services.curation.work_images import feature_maker, has_picture
from app.web.api.arguments import Parameters, PhotoFormSchema
from app.web.api.blueprint import TOKEN_NEEDED, Blueprint, before_arguments
from app.web.api.changes import RecordChangesSchema, facts_of
from app.web.api.fields import example_of
from app.web.api.preconditions import (
    ETAG,
    ETAG_SENT,
    IF_MATCH_ASKED,
    StaleError,
    WorkExistsError,
    etag_of,
    seen_version,
)
from app.web.api.schemas.examples import SHA256
from app.web.api.schemas.records import RecordSchema
from app.web.api.works import IN_PATH
from app.web.callers.bearer import need_writer
from app.web.callers.throttling import limiter
from app.web.callers.upload import uploaded_photo
from app.web.shell.current import image_settings, live_index, media

bp = Blueprint("api_writing", "", tag="works", security=TOKEN_NEEDED)
csrf.exempt(bp)

WRITE_RATE = "600 per minute"
"""Changes from one network: of 44,000 works in little over an hour."""
ONE_WORK = "/works/<path:accession>"
PICTURE_IN_PATH = {
    "in": "path",
    "name": "sha256",
    "description": _("Of the picture, as the record tells."),
    "example": SHA256,
}
AS_IT_IS = _("The work as it is now.")
REFUSALS = (400, 401, 403, 404, 412, 428, 429)
WITH_ETAG = '-H "If-Match: $ETAG"'
WITH_JSON = "-H 'Content-Type: application/json' -d"

Answer = tuple[Artwork, int, dict[str, str]]


def writer(accession: str) -> dict[str, Any]:
    """Return the token that may change works, and the number of one."""
    return {"token": need_writer(), "accession": accession}


def own_record(accession: str, **path: str) -> dict[str, Any]:
    """Return the token that may change works, and a work, withdrawn or not."""
    token = need_writer()
    work = find_record(accession)
    if work is None:
        abort(404)
    return {"token": token, "work": work, **path}


@bp.get("/records/<path:accession>", parameters=[IN_PATH])
@before_arguments(own_record)
@bp.arguments(Parameters, location="query")
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "show_record",
    _("One work as its curators see it, withdrawn or not"),
    refusals=(400, 401, 403, 404),
    description=_("Its ETag is what a change has to send as If-Match."),
)
def show(_asked: dict[str, Any], token: AccessToken, work: Artwork) -> Answer:
    """Return a work with all that the museum keeps of it."""
    return _answer(work)


@bp.put(ONE_WORK, parameters=[IN_PATH])
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(writer)
@bp.arguments(RecordChangesSchema)
@bp.answers(RecordSchema, _("It was there already, just so."), headers=ETAG_SENT)
@bp.alt_response(
    201,
    schema=RecordSchema,
    description=_("It is recorded, without pictures yet."),
    example=example_of(RecordSchema()),
    headers=ETAG_SENT,
    success=True,
)
@bp.operation(
    "create_work",
    _("Record a new work"),
    refusals=(400, 401, 403, 409, 429),
    description=_(
        "Needs a token that may change works, as all changes do. Sent again, it "
        "changes nothing. The work is found by photos once it has a picture."
    ),
    curl=f"-X PUT {WITH_JSON} '{{\"title\": \"Ballast\"}}' 'URL'",
)
def create(said: dict[str, Any], token: AccessToken, accession: str) -> Answer:
    """Record a work, unless it is there already."""
    facts = facts_of(said)
    accession = accession.strip()
    if not 0 < len(accession) <= MAX_ACCESSION_LENGTH:
        raise BadRequest(
            gettext(
                "A work’s number must have 1 to %(longest)s characters.",
                longest=MAX_ACCESSION_LENGTH,
            )
        )
    try:
        work = _editor(token).create(accession, facts)
    except TakenAccessionError as error:
        there = find_record(accession)
        if there is None or differs(there, facts):
            raise WorkExistsError from error
        return _answer(there)
    answer, _status, headers = _answer(work)
    address = url_for("api_writing.show", accession=accession)
    return answer, 201, {**headers, "Location": address}


@bp.patch(ONE_WORK, parameters=[IN_PATH])
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(own_record)
@bp.arguments(RecordChangesSchema)
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "change_work",
    _("Change what is said of a work"),
    refusals=REFUSALS,
    parameters=[IF_MATCH_ASKED],
    description=_(
        "Curators see who changed it, with the token’s name, and can take it back. "
        "Sent again, it changes nothing."
    ),
    curl=f"-X PATCH {WITH_ETAG} {WITH_JSON} "
    '\'{"details": {"story@de": "Die ganze Geschichte."}}\' \'URL\'',
)
def change(said: dict[str, Any], token: AccessToken, work: Artwork) -> Answer:
    """Change the label and the details that are named."""
    facts, seen = facts_of(said), seen_version(work)
    if differs(work, facts):
        try:
            _editor(token).edit(work, facts, seen=seen)
        except ChangedMeanwhileError as error:
            raise StaleError from error
    return _answer(work)


@bp.post(f"{ONE_WORK}/withdraw", parameters=[IN_PATH])
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(own_record)
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "withdraw_work",
    _("Let a work be found no more"),
    refusals=REFUSALS,
    parameters=[IF_MATCH_ASKED],
    curl=f"-X POST {WITH_ETAG} 'URL'",
)
def withdraw(token: AccessToken, work: Artwork) -> Answer:
    """Let a work be found no more; its record stays."""
    return _let_be_found(token, work, is_shown=False)


@bp.post(f"{ONE_WORK}/restore", parameters=[IN_PATH])
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(own_record)
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "restore_work",
    _("Let a withdrawn work be found again"),
    refusals=REFUSALS,
    parameters=[IF_MATCH_ASKED],
    curl=f"-X POST {WITH_ETAG} 'URL'",
)
def restore(token: AccessToken, work: Artwork) -> Answer:
    """Let a withdrawn work be found again."""
    return _let_be_found(token, work, is_shown=True)


@bp.post(f"{ONE_WORK}/pictures", parameters=[IN_PATH])
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(own_record)
@bp.arguments(PhotoFormSchema, location="files")
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "add_picture",
    _("Add a picture to a work, after the others"),
    refusals=(*REFUSALS, 413, 422),
    parameters=[IF_MATCH_ASKED],
    description=_(
        "What a camera notes in the file, such as the place, is not kept. The very "
        "next photo finds the work by it. A picture that the work has is not added "
        "again."
    ),
    curl=f"{WITH_ETAG} -F photo=@photo.jpg 'URL'",
)
def add_picture(_form: dict[str, Any], token: AccessToken, work: Artwork) -> Answer:
    """Add the picture of the multipart field ``photo``."""
    data, seen = uploaded_photo(), seen_version(work)
    if not has_picture(work, data):
        try:
            _editor(token).add_image(work, data, seen=seen)
        except ChangedMeanwhileError as error:
            raise StaleError from error
    return _answer(work)


@bp.delete(
    f"{ONE_WORK}/pictures/<string:sha256>",
    parameters=[IN_PATH, PICTURE_IN_PATH],
)
@limiter.shared_limit(WRITE_RATE, scope="writes")
@before_arguments(own_record)
@bp.answers(RecordSchema, AS_IT_IS, headers=ETAG_SENT)
@bp.operation(
    "remove_picture",
    _("Take a picture away from a work"),
    refusals=REFUSALS,
    parameters=[IF_MATCH_ASKED],
    description=_("Curators can bring it back."),
    curl=f"-X DELETE {WITH_ETAG} 'URL'",
)
def remove_picture(token: AccessToken, work: Artwork, sha256: str) -> Answer:
    """Take a picture away; 404 where the work does not have it, or not any more."""
    seen = seen_version(work)
    image = next((one for one in work.images if one.sha256 == sha256), None)
    if image is None:
        abort(404)
    try:
        _editor(token).remove_image(image, seen=seen)
    except ChangedMeanwhileError as error:
        raise StaleError from error
    return _answer(work)


def _let_be_found(token: AccessToken, work: Artwork, *, is_shown: bool) -> Answer:
    seen = seen_version(work)
    if is_shown == work.is_withdrawn:
        editor = _editor(token)
        try:
            (editor.restore if is_shown else editor.withdraw)(work, seen=seen)
        except ChangedMeanwhileError as error:
            raise StaleError from error
    return _answer(work)


def _editor(token: AccessToken) -> WorkEditor:
    return WorkEditor(
        db.session(),
        media().works,
        feature_maker(live_index()),
        token.user,
        image_settings(),
        token.name,
    )


def _answer(work: Artwork) -> Answer:
    return work, 200, {ETAG: etag_of(work)}
