"""Schemas of searches that were kept, and of what was said of their answers."""

from operator import attrgetter

from flask import url_for
from flask_babel import lazy_gettext as _
from marshmallow import fields
from marshmallow.validate import OneOf

from app.web.api.fields import (
    Moment,
    PageSchema,
    ResponseSchema,
    array,
    described,
    field,
    text,
)
from app.web.api.schemas.answer_fields import (
    complete_field,
    decision_field,
    probability_field,
)
from app.web.api.schemas.answers import AnswerSchema
from app.web.api.schemas.examples import ACCESSION, MOMENT, QUERY_ID
from app.web.api.schemas.works import LabelSchema


class FeedbackSchema(ResponseSchema):
    """Judgement of an answer, from a ``Feedback``."""

    description = _("What was said of an answer.")
    right = field(
        fields.Boolean, _("Whether the answer is right."), True, attrgetter("is_right")
    )
    accession = text(
        _("Which work it is, as far as that was said."),
        ACCESSION,
        lambda said: said.artwork.accession if said.artwork else None,
        allow_none=True,
    )
    given_at = field(Moment, _("When it was said."), MOMENT, attrgetter("created_at"))


class QuerySchema(ResponseSchema):
    """Stored search and its answer in short, from a ``Query``."""

    description = _("A search that was kept, in short.")
    query_id = field(fields.UUID, _("Of the search."), QUERY_ID, attrgetter("id"))
    created_at = field(Moment, _("When it was asked."), MOMENT)
    source = text(
        _("How the photo came."), "api", validate=OneOf(["upload", "link", "api"])
    )
    decision = decision_field()
    complete = complete_field()
    probability = probability_field(_("That the first match is right; 0 without one."))
    proposals = array(
        LabelSchema,
        _("The works that the answer stands by."),
        lambda query: [match.artwork for match in query.proposals],
    )
    photo = text(
        _("Path of the photo; null once it is not kept any more."),
        f"/api/v1/queries/{QUERY_ID}/photo",
        lambda query: (
            url_for("api_queries.photo", query_id=query.id)
            if query.photo_name
            else None
        ),
        allow_none=True,
    )
    url = text(
        _("Path of the answer’s page, for its owner only."),
        f"/queries/{QUERY_ID}",
        lambda query: url_for("search.show", query_id=query.id),
    )
    feedback = fields.Nested(
        FeedbackSchema,
        allow_none=True,
        **described(_("What was said of the answer; null if nothing was.")),
    )


class QueryWithAnswerSchema(QuerySchema, AnswerSchema):
    """Stored search with its whole answer, from a ``Query``."""

    description = _("A search that was kept, with its whole answer.")


class QueriesSchema(PageSchema):
    """Page of stored searches."""

    description = _("A page of searches, newest first.")
    queries = array(
        QuerySchema, _("The entries of this page."), attrgetter("page.entries")
    )
