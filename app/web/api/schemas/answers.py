"""Schemas of answers to photos: decision, matches, what was read, calibration."""

from operator import attrgetter

from flask_babel import lazy_gettext as _
from marshmallow import fields
from marshmallow.validate import OneOf

from app.retrieval.images.quality import QualityIssue
from app.services.labels.reading import Sign
from app.services.labels.shown import lines_read, shown_works
from app.services.search.calibration import calibration_of
from app.services.search.evidence import PhotoRemark, faults_of, remarks_of
from app.web.api.fields import ResponseSchema, array, described, field, integer
from app.web.api.schemas.answer_fields import (
    bound_field,
    complete_field,
    corner_field,
    decision_field,
    probability_field,
)
from app.web.api.schemas.examples import QUERY_ID
from app.web.api.schemas.matches import MatchSchema, SimilarWorkSchema, similar_works
from app.web.api.schemas.works import LabelSchema, OfWorkSchema


class CalibrationSchema(ResponseSchema):
    """What came of answers that were as sure, from a ``ReliabilityBin``."""

    description = _(
        "How often answers that were as sure were right, when the index was tried with "
        "simulated photos of its works, of works left out of it, and of other versions."
    )
    answers = integer(_("Answers as sure as this."), 73, attrgetter("right.total"))
    right = integer(_("Of these, right."), 57, attrgetter("right.count"))
    versions = integer(
        _("Of these, named a work of which the photo showed another version."), 15
    )
    low = bound_field(
        _("Lower bound of the share of right ones: Wilson’s interval, 95 %."), 0, 0.6732
    )
    high = bound_field(_("Upper bound of it."), 1, 0.8603)


class ReadWorkSchema(OfWorkSchema, LabelSchema):
    """Work that a label names, from a ``ShownWork``."""

    description = _("A work that a label or a code in the photo names, or may name.")
    sure = field(
        fields.Boolean,
        _("Whether it is named for sure; otherwise the label may be of this work."),
        True,
        attrgetter("read.is_sure"),
    )
    signs = fields.List(
        fields.String(validate=OneOf([sign.value for sign in Sign])),
        **described(
            _("What of the work was read."),
            lambda shown: [sign.value for sign in shown.read.signs],
            examples=[["number", "title", "artist"]],
        ),
    )
    outline = fields.List(
        corner_field(),
        allow_none=True,
        **described(
            _(
                "Corners of the label in the photo, as shares of its width and height; "
                "null of a code."
            ),
            attrgetter("read.outline"),
            examples=[[[0.6, 0.5], [0.9, 0.5], [0.9, 0.7], [0.6, 0.7]]],
        ),
    )


class ReadingSchema(ResponseSchema):
    """What was read in a photo, from a ``Query``."""

    description = _("What was read on labels and codes in the photo.")
    works = array(
        ReadWorkSchema,
        _("Works that they name, or may name, the sure ones first."),
        shown_works,
    )
    lines = fields.List(
        fields.String(),
        **described(
            _("Lines of text as they were read, as long as the photo is kept."),
            lambda query: list(lines_read(query)),
            examples=[["Albrecht Dürer", "Young Hare", "1502"]],
        ),
    )


class AnswerSchema(ResponseSchema):
    """Answer to a photo, from a ``Query``."""

    description = _("What a photo shows.")
    decision = decision_field()
    complete = complete_field()
    probability = probability_field(_("That the first match is right; 0 without one."))
    calibration = fields.Nested(
        CalibrationSchema,
        allow_none=True,
        **described(
            _(
                "How often answers as sure as this were right; null where too few were "
                "as sure, where the index was not tried, and where the photo differs "
                "from the work or another work fits as well."
            ),
            calibration_of,
        ),
    )
    remarks = fields.List(
        fields.String(validate=OneOf([one.value for one in PhotoRemark])),
        **described(
            _(
                "What else is to be said of the photo: it shows the work as a mirror "
                "does, it shows a part of the work, its file lacks its end, or a "
                "smaller picture of its file was used."
            ),
            remarks_of,
            examples=[["mirrored"]],
        ),
    )
    faults = fields.List(
        fields.String(validate=OneOf([one.value for one in QualityIssue])),
        **described(
            _(
                "What is wrong with the photo itself, as far as it was measured, the "
                "gravest first. A black or a blank one shows nothing."
            ),
            faults_of,
            examples=[["dark"]],
        ),
    )
    matches = array(
        MatchSchema,
        _(
            "Works that the photo may show, the most probable first; several also "
            "when several works are in the photo."
        ),
    )
    similar = array(
        SimilarWorkSchema,
        _("Works that look alike, whether one is the answer or not."),
        similar_works,
    )
    reading = fields.Nested(
        ReadingSchema,
        allow_none=True,
        **described(
            _(
                "What was read on labels and codes in the photo, which is tried where "
                "no work was found; null where nothing was read. It never makes a "
                "decision *found*."
            ),
            lambda query: query if query.reading else None,
        ),
    )
    timings_ms = field(
        fields.Dict,
        _("How long each stage of the search took, in milliseconds."),
        {"describe": 21.0, "local": 60.2, "total": 121.3},
        values=fields.Float(),
    )
    query_id = field(
        fields.UUID,
        _("Of the search; null if it could not be kept."),
        QUERY_ID,
        lambda query: query.id if query.is_stored else None,
        allow_none=True,
    )
