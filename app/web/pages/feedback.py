"""Feedback of visitors on their answers: yes, no, or which one it is."""

from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.services.evaluation import feedback
from app.web.pages.answers import own_query

bp = Blueprint("feedback", __name__)

PLACE = "feedback"
"""Id of the part of the answer's page that asks."""
WHICH_ONE = "find"
"""Id of the part that asks, after a no, which work it is."""
YES, NO = "yes", "no"


@bp.post("/queries/<uuid:query_id>/feedback")
def give(query_id: UUID) -> ResponseReturnValue:
    """Keep what the owner of an answer says of it; the last word counts.

    Fields: ``said`` is ``yes`` or ``no``; ``work`` is the accession number of the
    proposal that it is, which is needed for a yes where nothing is certain.
    """
    query = own_query(query_id)
    said, accession = request.form.get("said", YES), request.form.get("work")
    if said not in (YES, NO):
        abort(400)
    is_right = said == YES
    try:
        artwork = feedback.meant_work(query, is_right=is_right, accession=accession)
    except feedback.UnclearFeedbackError:
        abort(400)
    feedback.give(query, is_right=is_right, artwork=artwork)
    place = PLACE if is_right else WHICH_ONE
    return redirect(url_for("search.show", query_id=query.id, _anchor=place), 303)
