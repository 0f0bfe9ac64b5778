"""Arguments of the programmer's interface: read strictly, refused in words.

A page for people passes over what makes no sense. A program that misspelt a parameter
would take everything for what it asked for.
"""

import json
from typing import Any, ClassVar, NoReturn

from flask import Request, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, pre_load
from marshmallow.validate import Length, OneOf, Range
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from app.services.collection.browsing import ORDERS, USUAL_ORDER, WORKS_PER_PAGE
from app.web.api.schemas import ACCESSION
from app.web.callers.upload import NoPhotoError
from app.web.pages.works import LONGEST_TEXT

MOST_PER_PAGE = 200
LONGEST_VALUE = 1_000
"""Characters of a facet's value: a longer one is no museum's."""
LONGEST_BODY = 10_000
"""Bytes: far more than a judgement with the longest accession number has."""


class UnclearBodyError(BadRequest):
    """The body does not say whether the answer is right."""

    description = _(
        "The body must be a JSON object: “right” is true or false; “accession” names "
        "the proposed work that it is, and is needed where right is said of several."
    )


class ArgumentsParser(FlaskParser):
    """Reader of arguments; what does not fit a schema is refused by the schema."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body whatever type it says it has: only holders of a token get here.

        One that is too long or no JSON counts as none.
        """
        data = req.stream.read(LONGEST_BODY + 1)
        try:
            return json.loads(data) if len(data) <= LONGEST_BODY else missing
        except (ValueError, RecursionError):
            return missing


class Natural(fields.Integer):
    """Number from 1 up, as digits and nothing else."""

    def __init__(self, name: str, words: LazyString, usual: int, most: int | None):
        self.unfit = (
            _("“%(name)s” must be a number from 1 up.", name=name)
            if most is None
            else _(
                "“%(name)s” must be a number from 1 to %(most)s.", name=name, most=most
            )
        )
        super().__init__(
            load_default=usual,
            validate=Range(min=1, max=most, error=self.unfit),
            metadata={"description": words},
        )

    def _deserialize(self, value: Any, *context: Any, **options: Any) -> int:
        # No sign, no spaces, and no digits of other scripts.
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise ValidationError(str(self.unfit))
        return int(value)


class Words(fields.String):
    """Text without the spaces around it."""

    def __init__(self, name: str, words: LazyString, longest: int):
        too_long = _(
            "“%(name)s” must have %(longest)s characters at most.",
            name=name,
            longest=longest,
        )
        super().__init__(
            validate=Length(max=longest, error=too_long),
            metadata={"description": words},
        )

    def _deserialize(self, value: Any, *context: Any, **options: Any) -> str:
        return str(value).strip()


class Arguments(Schema):
    """Base of what is sent; anything that does not fit is refused with one error."""

    refusal: ClassVar[type[BadRequest]]

    def handle_error(
        self, error: ValidationError, data: Any, *, many: bool, **options: Any
    ) -> NoReturn:
        """Refuse the request."""
        raise self.refusal from error


class Parameters(Arguments):
    """Base of what an address may ask for: every parameter known, and given once."""

    @pre_load
    def refuse_others(self, sent: MultiDictProxy, **options: Any) -> MultiDictProxy:
        """Go on only if all parameters are known, and none is given twice.

        Raises
        ------
        BadRequest
            Naming the one that is not.
        """
        for name, values in request.args.lists():
            if name not in self.fields:
                raise BadRequest(
                    gettext(
                        "There is no parameter “%(name)s”. There are: %(known)s.",
                        name=name,
                        known=", ".join(self.fields),
                    )
                )
            if len(values) > 1:
                raise BadRequest(
                    gettext("“%(name)s” is given more than once.", name=name)
                )
        return sent

    def handle_error(
        self, error: ValidationError, data: Any, *, many: bool, **options: Any
    ) -> NoReturn:
        """Name the first parameter that makes no sense."""
        faults = error.messages_dict
        sentence = next(faults[name][0] for name in self.fields if name in faults)
        raise BadRequest(sentence) from error


class PageParameters(Parameters):
    """Parameters of a list that is only turned over."""

    page = Natural("page", _("Which page, from 1."), 1, None)


class WorksParameters(Parameters):
    """Parameters of the list of works."""

    q = Words(
        "q",
        _("Words that the label has, in any order; accents do not matter."),
        LONGEST_TEXT,
    )
    artist = Words(
        "artist",
        _("Only works of this artist, written as in the label."),
        LONGEST_VALUE,
    )
    school = Words("school", _("Only works of this school."), LONGEST_VALUE)
    technique = Words("technique", _("Only works of this technique."), LONGEST_VALUE)
    type = Words("type", _("Only works of this type."), LONGEST_VALUE)
    location = Words("location", _("Only works in this place."), LONGEST_VALUE)
    order = fields.String(
        load_default=USUAL_ORDER,
        validate=OneOf(
            list(ORDERS),
            error=_(
                "“%(name)s” must be one of: %(choices)s.",
                name="order",
                choices=", ".join(ORDERS),
            ),
        ),
        metadata={"description": _("What comes first.")},
    )
    page = Natural("page", _("Which page, from 1."), 1, None)
    per_page = Natural("per_page", _("Works on a page."), WORKS_PER_PAGE, MOST_PER_PAGE)


class Photo(fields.Field[bytes]):
    """Uploaded picture, as bytes; its name and type are not looked at."""

    def _deserialize(self, value: FileStorage, *context: Any, **options: Any) -> bytes:
        # Browsers send a form's untouched file field as a file without name or content.
        if not value.filename:
            raise self.make_error("required")
        data: bytes = value.read()
        return data


class PhotoFormSchema(Arguments):
    """Form with a photo."""

    class Meta:
        """Other fields are passed over."""

        unknown = EXCLUDE

    refusal = NoPhotoError
    photo = Photo(
        required=True,
        metadata={
            "description": _(
                "JPEG, PNG, WebP, HEIC, TIFF, BMP or GIF, its first frame."
            )
        },
    )


class Truth(fields.Boolean):
    """JSON's own true or false, and nothing that is like it."""

    def _deserialize(self, value: Any, *context: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class JudgementSchema(Arguments):
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
