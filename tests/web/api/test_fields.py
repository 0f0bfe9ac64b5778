"""Fields of answers: values from their sources, moments in UTC, examples."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

from marshmallow import fields

from app.web.api.fields import (
    Moment,
    ResponseSchema,
    array,
    described,
    example_of,
    integer,
    text,
)


class LeafSchema(ResponseSchema):
    description = "A leaf."
    colour = text("Its colour.", "green", lambda leaf: leaf.pigment.upper())
    size = integer("In millimetres.", 7)


class TreeSchema(ResponseSchema):
    description = "A tree."
    planted = Moment(
        allow_none=True, **described("When.", examples=["2026-05-14T09:30:00Z"])
    )
    leaves = array(LeafSchema, "Its leaves.")
    best = fields.Nested(LeafSchema, allow_none=True, **described("The best one."))


def tree(**facts):
    leaf = SimpleNamespace(pigment="red", size=3.0)
    return SimpleNamespace(**{"planted": None, "leaves": [leaf], "best": None, **facts})


def test_a_value_comes_from_its_source_or_else_its_attribute():
    assert TreeSchema().dump(tree())["leaves"] == [{"colour": "RED", "size": 3}]


def test_a_moment_is_written_in_utc_without_fractions():
    east = timezone(timedelta(hours=2))
    noon = datetime(2026, 5, 14, 12, 0, 1, 999, tzinfo=east)
    assert TreeSchema().dump(tree(planted=noon))["planted"] == "2026-05-14T10:00:01Z"
    utc = noon.astimezone(UTC)
    assert TreeSchema().dump(tree(planted=utc))["planted"] == "2026-05-14T10:00:01Z"


def test_what_is_unknown_is_null():
    assert TreeSchema().dump(tree())["planted"] is None
    assert TreeSchema().dump(tree())["best"] is None


def test_an_example_is_put_together_from_those_of_the_fields():
    leaf = {"colour": "green", "size": 7}
    assert example_of(TreeSchema()) == {
        "planted": "2026-05-14T09:30:00Z",
        "leaves": [leaf],
        "best": leaf,
    }


def test_every_field_is_promised():
    assert all(field.required for field in TreeSchema().fields.values())
