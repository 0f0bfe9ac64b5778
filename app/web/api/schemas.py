"""Schemas of answers: their fields, and the values of these from models.

The only place where models become JSON. Addresses are paths on this server.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from app.models import Artwork, Query
from app.retrieval.descriptors.subjects import SUBJECTS
from app.retrieval.images.quality import QualityIssue
from app.retrieval.verification.evidence import Verdict
from app.services.collection.subjects import subjects_of
from app.services.collection.works import works_by_accession
from app.services.labels.reading import Sign
from app.services.labels.shown import lines_read, shown_works
from app.services.search.calibration import calibration_of
from app.services.search.evidence import PhotoRemark, faults_of, remarks_of
from app.services.words.suggestions import SuggestionKind
from app.web.api.fields import (
    Moment,
    PageSchema,
    ResponseSchema,
    array,
    described,
    field,
    integer,
    text,
)
from app.web.shell.presentation import picture_url, thumbnail_url

QUERY_ID = "3f1c0c9e-6d0b-4c0a-9a51-8f5f0a1c2b3d"
ACCESSION = "IM-0024"
MOMENT = "2026-05-14T09:30:00Z"
PICTURE = "/media/works/ab/ab…"


class LikeWork(NamedTuple):
    """A work and how much it looks like a photo, −1 to 1."""

    artwork: Artwork
    similarity: float


class WorkAndSimilar(NamedTuple):
    """A work and those that look like it, best first."""

    artwork: Artwork
    similar: list[Artwork]


def similar_works(query: Query) -> list[LikeWork]:
    """Return the works on show that look like a query's photo, best first."""
    works = works_by_accession(accession for accession, _similarity in query.similar)
    return [
        LikeWork(works[accession], similarity)
        for accession, similarity in query.similar
        if accession in works
    ]


class LabelSchema(ResponseSchema):
    """Label of a work in short, from an ``Artwork``."""

    description = _("What names a work.")
    accession = text(_("The museum’s number of the work."), ACCESSION)
    title = text(_("Empty where it is unknown, as all of a label."), "Ballast")
    artist = text(_("As the museum writes the name."), "Lotte Wiesengrund")
    date = text(_("In the museum’s words."), "c. 1925")
    url = text(
        _("Path of the work’s page."),
        f"/works/{ACCESSION}",
        lambda work: url_for("artworks.show", accession=work.accession),
    )


class ImageSchema(ResponseSchema):
    """Picture of a work, from a ``ReferenceImage``."""

    description = _("A picture of a work.")
    url = text(_("Path of the picture, a JPEG."), f"{PICTURE}.jpg", picture_url)
    thumbnail_url = text(
        _("Path of a small version."), f"{PICTURE}.s.jpg", thumbnail_url
    )
    width = integer(_("In pixels."), 1600, least=1)
    height = integer(_("In pixels."), 1200, least=1)


class WorkSchema(LabelSchema):
    """Whole label and pictures, from an ``Artwork``."""

    description = _("A work of the collection: its label and its pictures.")
    earliest_year = field(
        fields.Integer,
        _("First year that the date names; negative B.C. (−550); null if unknown."),
        1925,
        allow_none=True,
    )
    latest_year = field(
        fields.Integer,
        _("Last year that the date names; null if unknown or open (“after 1650”)."),
        1925,
        allow_none=True,
    )
    technique = text(_("What it is made of."), "Oil on canvas")
    type = text(_("What kind of work it is."), "painting")
    school = text(_("Where its maker belongs."), "German")
    location = text(_("Where it is in the museum."), "Room 12")
    rights = text(_("Who has the rights."), "Public domain")
    source = text(_("Where this label comes from."), "")
    shows = fields.List(
        fields.String(validate=OneOf(list(SUBJECTS))),
        **described(
            _("What can be seen in its pictures."), subjects_of, examples=[["dog"]]
        ),
    )
    shows_stated = field(
        fields.Boolean,
        _("Whether a curator stated that, or else the program recognised it."),
        False,
        lambda work: bool(work.stated_subjects),
    )
    images = array(ImageSchema, _("Its pictures; the first one stands for it."))


WORK_FIELDS = frozenset(WorkSchema().fields)


class OfWorkSchema(ResponseSchema):
    """Base of what is told of something that has a work: the label is that work's."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Read the fields of the label from the work, the others from the thing."""
        owner = obj.artwork if attr in WORK_FIELDS else obj
        return super().get_attribute(owner, attr, default)


class WorkWithSimilarSchema(OfWorkSchema, WorkSchema):
    """A ``WorkAndSimilar``."""

    description = _("A work, and others that look like it.")
    similar = array(LabelSchema, _("Works that look alike, best first."))


class WorksSchema(PageSchema):
    """Page of works."""

    description = _("A page of works.")
    works = array(
        WorkSchema, _("The entries of this page."), attrgetter("page.entries")
    )


class SuggestionSchema(ResponseSchema):
    """A ``Suggestion``."""

    description = _("A work, or an artist, that may be meant.")
    kind = text(
        _("“work” or “artist”."),
        SuggestionKind.WORK.value,
        attrgetter("kind.value"),
        validate=OneOf([kind.value for kind in SuggestionKind]),
    )
    artist = text(_("As the museum writes the name."), "Lotte Wiesengrund")
    works = integer(_("Works by the artist; 1 for a work."), 1, least=1)
    work = fields.Nested(
        LabelSchema,
        allow_none=True,
        **described(_("The work; null for an artist.")),
    )
    in_room = field(
        fields.Boolean, _("Whether it is in the place that was asked for."), False
    )


class SuggestionsSchema(ResponseSchema):
    """Suggestions for some words."""

    description = _("What may be meant by some words.")
    suggestions = array(SuggestionSchema, _("The most likely first."))


def _similarity() -> fields.Field[Any]:
    words = _("How alike the pictures look as a whole.")
    return field(fields.Float, words, 0.71, validate=Range(min=-1, max=1))


def _probability(words: LazyString) -> fields.Field[Any]:
    bounds = Range(min=0, max=1)
    return field(
        fields.Float,
        words,
        0.9991,
        lambda obj: round(obj.probability, 4),
        validate=bounds,
    )


def _bound(words: LazyString, end: int, example: float) -> fields.Field[Any]:
    return field(
        fields.Float,
        words,
        example,
        lambda one: round(one.right.interval[end], 4),
        validate=Range(min=0, max=1),
    )


def _compared(name: str, words: LazyString, example: float) -> fields.Field[Any]:
    return field(
        fields.Float,
        words,
        example,
        lambda match: match.comparison[name] if match.comparison else None,
        validate=Range(min=0, max=1),
        allow_none=True,
    )


def _decision() -> fields.Field[Any]:
    return text(
        _(
            "“found”; “uncertain”: perhaps one of these, or, without any match and "
            "with “complete” false, in none of what could be searched; “not_found”: "
            "not in this collection."
        ),
        Verdict.FOUND.value,
        attrgetter("verdict.value"),
        validate=OneOf([verdict.value for verdict in Verdict]),
    )


def _complete() -> fields.Field[Any]:
    return field(
        fields.Boolean,
        _(
            "Whether the whole collection was searched. If false, a part of it did not "
            "answer: what was found is there, but there may be more, and “not_found” "
            "is never said. Ask again later."
        ),
        True,
        attrgetter("is_complete"),
    )


def _corner() -> fields.Field[Any]:
    return fields.List(fields.Float(), validate=Length(equal=2))


def _polygon(
    words: LazyString, example: Sequence[Sequence[float]], *, validate: Length
) -> fields.Field[Any]:
    described_by = described(words, examples=[example])
    return fields.List(_corner(), allow_none=True, validate=validate, **described_by)


class MatchSchema(OfWorkSchema, LabelSchema):
    """Proposed work and the evidence for it, from a ``Match``."""

    description = _("A work that the photo may show, and the evidence.")
    probability = _probability(_("That the photo shows this work."))
    similarity = field(
        fields.Float,
        _(
            "How alike the pictures look as a whole; null where the details alone "
            "were certain."
        ),
        0.71,
        lambda match: None if match.similarity is None else round(match.similarity, 4),
        validate=Range(min=-1, max=1),
        allow_none=True,
    )
    inliers = integer(
        _("Details of the photo that lie exactly where the work has them."),
        84,
        attrgetter("inlier_count"),
    )
    outline = _polygon(
        _(
            "Corners of the work in the photo, as shares of its width and height: "
            "the work’s top left, top right, bottom right, bottom left. May lie "
            "outside 0 to 1; null where unknown."
        ),
        [[0.07, 0.42], [0.79, 0.39], [0.75, 0.9], [0.13, 0.86]],
        validate=Length(equal=4),
    )
    region = _polygon(
        _(
            "Instead of an outline, for a work that is not flat: corners of a "
            "convex polygon around what was recognised of it, as shares of the "
            "photo’s width and height; otherwise null."
        ),
        [[0.21, 0.3], [0.45, 0.22], [0.6, 0.55], [0.4, 0.81]],
        validate=Length(min=3),
    )
    agreement = _compared(
        "agreement",
        _(
            "Share of the work’s visible, textured parts that look the same in the "
            "photo; null where the two were not compared."
        ),
        0.93,
    )
    difference = _compared(
        "difference",
        _(
            "Share of the visible work in the largest region that looks different "
            "though its surroundings agree: perhaps another version, a copy or a "
            "study. 0 where there is none, null where the two were not compared."
        ),
        0.0,
    )
    difference_outlines = fields.List(
        fields.List(_corner()),
        **described(
            _(
                "Polygons around all such regions, the largest first, as shares of the "
                "width and height of the work’s picture."
            ),
            examples=[[[[0.4, 0.3], [0.7, 0.3], [0.7, 0.6], [0.4, 0.6]]]],
        ),
    )


class SimilarWorkSchema(OfWorkSchema, LabelSchema):
    """A ``LikeWork``."""

    description = _("A work that looks like the photo.")
    similarity = _similarity()


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
    low = _bound(
        _("Lower bound of the share of right ones: Wilson’s interval, 95 %."), 0, 0.6732
    )
    high = _bound(_("Upper bound of it."), 1, 0.8603)


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
        _corner(),
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
    decision = _decision()
    complete = _complete()
    probability = _probability(_("That the first match is right; 0 without one."))
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
    decision = _decision()
    complete = _complete()
    probability = _probability(_("That the first match is right; 0 without one."))
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
