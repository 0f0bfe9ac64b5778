"""Schemas of suggestions: works and artists that typed words may mean."""

from operator import attrgetter

from flask_babel import lazy_gettext as _
from marshmallow import fields
from marshmallow.validate import OneOf

from app.services.words.suggestions import SuggestionKind
from app.web.api.fields import ResponseSchema, array, described, field, integer, text
from app.web.api.schemas.works import LabelSchema


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
