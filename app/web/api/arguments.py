"""Parsing of parameters, forms and bodies: read strictly, refused in words.

A page for people passes over what makes no sense. A program that misspelt a parameter
would take everything for what it asked for.
"""

import json
from collections.abc import Collection
from typing import Any, NoReturn

from flask import Request, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, pre_load
from marshmallow.validate import Length, OneOf, Range
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.exceptions import BadRequest

from app.models.dates.years import FIRST_YEAR, LAST_YEAR
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.browsing import ORDERS, USUAL_ORDER, WORKS_PER_PAGE
from app.services.collection.subjects import SHOWS
from app.services.collection.years import CENTURY
from app.web.api.schemas.examples import ACCESSION
from app.web.callers.characters import URLENCODED
from app.web.callers.upload import NoPhotoError
from app.web.pages.works import LONGEST_TEXT

MOST_PER_PAGE = 200
LONGEST_VALUE = 1_000
"""Characters of a facet's value: a longer one is no museum's."""
LONGEST_BODY = 10_000
"""Bytes: far more than a judgement with the longest accession number has."""


class UnclearBodyError(BadRequest):
    """Body that does not say whether the answer is right."""

    description = _(
        "The body must be a JSON object: “right” is true or false; “accession” names "
        "the proposed work that it is, and is needed where right is said of several."
    )


class ArgumentsParser(FlaskParser):
    """Reader of arguments; what does not fit a schema is refused with one error."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body whatever type it says it has: only holders of a token get here.

        One that is too long, no JSON, or has zero characters counts as none.
        """
        # What calls itself a form was read already, and is kept.
        is_kept = req.mimetype == URLENCODED
        longest = getattr(schema, "longest_body", LONGEST_BODY)
        data = req.get_data() if is_kept else req.stream.read(longest + 1)
        if len(data) > longest or rb"\u0000" in data:
            return missing
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return missing

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **options: Any
    ) -> NoReturn:
        """Refuse as the schema wants it, or with the first sentence about a field."""
        if hasattr(schema, "refusal"):
            raise schema.refusal from error
        [faults] = error.messages_dict.values()  # of the one location
        sentence = next(faults[name][0] for name in schema.fields if name in faults)
        raise BadRequest(sentence) from error


class Natural(fields.Integer):
    """Number from 1 up, as digits and nothing else."""

    def __init__(self, words: LazyString, usual: int, most: int | None = None) -> None:
        described = {"description": words}
        bounds = Range(min=1, max=most)  # for the document; obeyed below
        super().__init__(load_default=usual, validate=bounds, metadata=described)
        self.most = most

    def _deserialize(self, value: Any, attr: Any, *args: Any, **options: Any) -> int:
        # No sign, no spaces, and no digits of other scripts.
        if value.isascii() and value.isdigit() and len(value) < 10:
            number = int(value)
            if 1 <= number <= (self.most or number):
                return number
        if self.most is None:
            unfit = gettext("“%(name)s” must be a number from 1 up.", name=attr)
        else:
            unfit = gettext(
                "“%(name)s” must be a number from 1 to %(most)s.",
                name=attr,
                most=self.most,
            )
        raise ValidationError(unfit)


class Year(fields.Integer):
    """Year as digits, with a minus for B.C."""

    def __init__(self, words: LazyString) -> None:
        bounds = Range(min=FIRST_YEAR, max=LAST_YEAR)  # for the document; obeyed below
        super().__init__(validate=bounds, metadata={"description": words})

    def _deserialize(self, value: Any, attr: Any, *args: Any, **options: Any) -> int:
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 10:
            year = int(value)
            if FIRST_YEAR <= year <= LAST_YEAR:
                return year
        raise ValidationError(
            gettext(
                "“%(name)s” must be a year, such as 1650, or −550 for 550 B.C.",
                name=attr,
            )
        )


def text(name: str, words: LazyString, longest: int) -> fields.String:
    """Return the field of a text without the spaces around it."""
    too_long = _(
        "“%(name)s” must have %(longest)s characters at most.",
        name=name,
        longest=longest,
    )
    return fields.String(
        pre_load=str.strip,
        validate=Length(max=longest, error=too_long),
        metadata={"description": words},
    )


def choice(
    name: str, words: LazyString, choices: Collection[str], **options: Any
) -> fields.String:
    """Return the field of one of a few words."""
    unfit = _(
        "“%(name)s” must be one of: %(choices)s.",
        name=name,
        choices=", ".join(choices),
    )
    return fields.String(
        validate=OneOf(list(choices), error=unfit),
        metadata={"description": words},
        **options,
    )


class Parameters(Schema):
    """Base of what an address may ask for: every parameter known, and given once."""

    @pre_load
    def refuse_others(self, sent: MultiDictProxy, **options: Any) -> MultiDictProxy:
        """Go on only if all parameters are known, and none is given twice."""
        for name, values in request.args.lists():
            if name not in self.fields:
                known = ", ".join(self.fields)
                raise BadRequest(
                    gettext(
                        "There is no parameter “%(name)s”. There are: %(known)s.",
                        name=name,
                        known=known,
                    )
                )
            if len(values) > 1:
                raise BadRequest(
                    gettext("“%(name)s” is given more than once.", name=name)
                )
        return sent


class PageParameters(Parameters):
    """Parameters of a list that is only turned over."""

    page = Natural(_("Which page, from 1."), 1)


class WorksParameters(Parameters):
    """Parameters of the list of works."""

    q = text(
        "q",
        _("Words that the label has, in any order; accents do not matter."),
        LONGEST_TEXT,
    )
    artist = text(
        "artist",
        _("Only works of this artist, written as in the label."),
        LONGEST_VALUE,
    )
    school = text("school", _("Only works of this school."), LONGEST_VALUE)
    technique = text("technique", _("Only works of this technique."), LONGEST_VALUE)
    type = text("type", _("Only works of this type."), LONGEST_VALUE)
    location = text("location", _("Only works in this place."), LONGEST_VALUE)
    shows = choice(SHOWS, _("Only works that show this."), SUBJECTS)
    century = text(
        CENTURY,
        _("Only works of this century: 17 for 1600 to 1699, -6 for 600 to 501 B.C."),
        LONGEST_VALUE,
    )
    from_year = Year(_("Only works whose date reaches to this year or later."))
    to_year = Year(_("Only works whose date begins in this year or earlier."))
    order = choice("order", _("What comes first."), ORDERS, load_default=USUAL_ORDER)
    page = Natural(_("Which page, from 1."), 1)
    per_page = Natural(_("Works on a page."), WORKS_PER_PAGE, MOST_PER_PAGE)


class SuggestionsParameters(Parameters):
    """Parameters of what may be meant by some words."""

    q = text(
        "q",
        _("What somebody types: a title, an artist, a number; slips do not matter."),
        LONGEST_TEXT,
    )
    room = text("room", _("Works in this place come first."), LONGEST_VALUE)


class PhotoFormSchema(Schema):
    """Form with a photo; ``app.web.callers.upload`` reads it."""

    class Meta:
        """Other fields are passed over."""

        unknown = EXCLUDE

    refusal = NoPhotoError
    photo = fields.Raw(
        required=True,
        metadata={
            "description": _(
                "JPEG, PNG, WebP, HEIC, TIFF, BMP or GIF, its first frame."
            ),
            "contentMediaType": "application/octet-stream",
        },
    )


class Truth(fields.Boolean):
    """JSON's own true or false, and nothing that is like it."""

    def _deserialize(self, value: Any, *context: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class JudgementSchema(Schema):
    """Body that says whether an answer is right, and which work it is."""

    description = _("What you say of an answer.")
    refusal = UnclearBodyError
    right = Truth(
        required=True,
        metadata={"description": _("Whether the answer is right."), "examples": [True]},
    )
    accession = fields.String(
        allow_none=True,
        metadata={
            "description": _(
                "Which of the proposals it is; needed if the decision was "
                "“uncertain” and one of them is right."
            ),
            "examples": [ACCESSION],
        },
    )
