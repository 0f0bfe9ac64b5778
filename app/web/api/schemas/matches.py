"""Schemas of what an answer proposes: matches with their evidence, similar works."""

from operator import attrgetter
from typing import NamedTuple

from flask_babel import lazy_gettext as _
from marshmallow import fields
from marshmallow.validate import Length, Range

from app.models import Artwork, Query
from app.services.collection.works import works_by_accession
from app.web.api.fields import described, field, integer
from app.web.api.schemas.answer_fields import (
    compared_field,
    corner_field,
    polygon_field,
    probability_field,
    similarity_field,
)
from app.web.api.schemas.works import LabelSchema, OfWorkSchema


class LikeWork(NamedTuple):
    """A work and how much it looks like a photo, −1 to 1."""

    artwork: Artwork
    similarity: float


def similar_works(query: Query) -> list[LikeWork]:
    """Return the works on show that look like a query's photo, best first."""
    works = works_by_accession(accession for accession, _similarity in query.similar)
    return [
        LikeWork(works[accession], similarity)
        for accession, similarity in query.similar
        if accession in works
    ]


class MatchSchema(OfWorkSchema, LabelSchema):
    """Proposed work and the evidence for it, from a ``Match``."""

    description = _("A work that the photo may show, and the evidence.")
    probability = probability_field(_("That the photo shows this work."))
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
    outline = polygon_field(
        _(
            "Corners of the work in the photo, as shares of its width and height: "
            "the work’s top left, top right, bottom right, bottom left. May lie "
            "outside 0 to 1; null where unknown."
        ),
        [[0.07, 0.42], [0.79, 0.39], [0.75, 0.9], [0.13, 0.86]],
        validate=Length(equal=4),
    )
    region = polygon_field(
        _(
            "Instead of an outline, for a work that is not flat: corners of a "
            "convex polygon around what was recognised of it, as shares of the "
            "photo’s width and height; otherwise null."
        ),
        [[0.21, 0.3], [0.45, 0.22], [0.6, 0.55], [0.4, 0.81]],
        validate=Length(min=3),
    )
    agreement = compared_field(
        "agreement",
        _(
            "Share of the work’s visible, textured parts that look the same in the "
            "photo; null where the two were not compared."
        ),
        0.93,
    )
    difference = compared_field(
        "difference",
        _(
            "Share of the visible work in the largest region that looks different "
            "though its surroundings agree: perhaps another version, a copy or a "
            "study. 0 where there is none, null where the two were not compared."
        ),
        0.0,
    )
    difference_outlines = fields.List(
        fields.List(corner_field()),
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
    similarity = similarity_field()
