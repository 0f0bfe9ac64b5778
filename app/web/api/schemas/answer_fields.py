"""Fields of answers that several schemas share, and those that take several lines."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from app.retrieval.verification.evidence import Verdict
from app.web.api.fields import described, field, text


def similarity_field() -> fields.Field[Any]:
    """Return the field of how alike two pictures look as a whole."""
    words = _("How alike the pictures look as a whole.")
    return field(fields.Float, words, 0.71, validate=Range(min=-1, max=1))


def probability_field(words: LazyString) -> fields.Field[Any]:
    """Return the field of the probability that a work is right."""
    bounds = Range(min=0, max=1)
    return field(
        fields.Float,
        words,
        0.9991,
        lambda obj: round(obj.probability, 4),
        validate=bounds,
    )


def bound_field(words: LazyString, end: int, example: float) -> fields.Field[Any]:
    """Return the field of one end of the interval of right answers."""
    return field(
        fields.Float,
        words,
        example,
        lambda one: round(one.right.interval[end], 4),
        validate=Range(min=0, max=1),
    )


def compared_field(name: str, words: LazyString, example: float) -> fields.Field[Any]:
    """Return the field of a figure of the comparison of photo and work."""
    return field(
        fields.Float,
        words,
        example,
        lambda match: match.comparison[name] if match.comparison else None,
        validate=Range(min=0, max=1),
        allow_none=True,
    )


def decision_field() -> fields.Field[Any]:
    """Return the field of what is said of a photo."""
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


def complete_field() -> fields.Field[Any]:
    """Return the field of whether everything was searched."""
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


def corner_field() -> fields.Field[Any]:
    """Return the field of a corner of a polygon."""
    return fields.List(fields.Float(), validate=Length(equal=2))


def polygon_field(
    words: LazyString, example: Sequence[Sequence[float]], *, validate: Length
) -> fields.Field[Any]:
    """Return the field of a polygon in the photo; null where there is none."""
    described_by = described(words, examples=[example])
    return fields.List(
        corner_field(), allow_none=True, validate=validate, **described_by
    )
