"""Fields of answers: type, description, example, and where the value comes from.

Descriptions are lazy texts, and so in the language of whoever asks for the document.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Range

from app.services.system.paging import Page

Source = Callable[[Any], object]
"""Gives a field's value, where it is no attribute of the same name."""


class ResponseSchema(Schema):
    """Base of answers: every field is always there, and more may come later."""

    class Meta:
        """Other fields are allowed: programs pass over what they do not know."""

        unknown = EXCLUDE

    description: ClassVar[LazyString]
    """Of the whole; one that has none has no name in the document."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Return a field's value from its source, or else the attribute of its name."""
        source = self.fields[attr].metadata.get("source")
        if source is not None:
            return source(obj)
        return super().get_attribute(obj, attr, default)


class Moment(fields.DateTime):
    """Moment as RFC 3339 has it, in UTC."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **options: Any
    ) -> str | None:
        if value is None:
            return None
        written = value.astimezone(UTC).isoformat(timespec="seconds")
        return written.replace("+00:00", "Z")


def described(words: LazyString, source: Source | None = None, **facts: Any) -> Any:
    """Return the options of a field that is always there."""
    return {
        "required": True,
        "metadata": {"description": words, "source": source, **facts},
    }


def field(
    kind: type[fields.Field[Any]],
    words: LazyString,
    example: object,
    source: Source | None = None,
    **options: Any,
) -> fields.Field[Any]:
    """Return the field of a value of some kind."""
    return kind(**described(words, source, examples=[example]), **options)


text = partial(field, fields.String)


def integer(
    words: LazyString, example: int, source: Source | None = None, *, least: int = 0
) -> fields.Field[Any]:
    """Return the field of a count."""
    return field(fields.Integer, words, example, source, validate=Range(min=least))


def array(
    schema: type[Schema], words: LazyString, source: Source | None = None
) -> fields.List[Any]:
    """Return the field of a list of things with a schema of their own."""
    return fields.List(fields.Nested(schema), **described(words, source))


class Listing(NamedTuple):
    """A page of a list, and the path of the page after it, if there were one."""

    page: Page[Any]
    following: str


class PageSchema(ResponseSchema):
    """Base of pages of a list, from a ``Listing``."""

    page = integer(
        _("Which page this is, from 1."), 1, attrgetter("page.number"), least=1
    )
    pages = integer(
        _("How many there are; at least 1."), 1, attrgetter("page.count"), least=1
    )
    total = integer(_("Entries on all pages."), 1, attrgetter("page.total"))
    next = text(
        _("Path of the next page; null on the last one."),
        None,
        lambda listing: (
            listing.following if listing.page.number < listing.page.count else None
        ),
        allow_none=True,
    )


def example_of(schema: Schema) -> dict[str, Any]:
    """Return an example of a schema, put together from those of its fields."""
    return {name: _example(field) for name, field in schema.fields.items()}


def _example(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Nested):
        return example_of(field.schema)
    if isinstance(field, fields.List) and "examples" not in field.metadata:
        return [_example(field.inner)]
    return field.metadata["examples"][0]
