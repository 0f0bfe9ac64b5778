"""Bodies of changes: what is to be said of a work, read strictly, refused in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import Schema, ValidationError, fields, pre_load
from marshmallow.validate import Length
from werkzeug.exceptions import BadRequest

from app.models.languages import MARK, named, normal_tag
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.content.fields import LONGEST_TEXT, TEXT_FIELDS
from app.services.collection.labels import DETAIL, LABEL_COLUMNS
from app.services.collection.subjects import SHOWS, write_statement
from app.services.importing.columns.reading import detail_name
from app.web.callers.characters import ZERO

LONGEST_TITLE, LONGEST_LINE = 10_000, 1_000
"""Characters of a field of the label, as on the curators' pages."""
LONGEST_NAME = 200
"""Characters of a detail's name."""


class LabelText(fields.String):
    """Text of a field of the label; null and "" empty it."""

    def __init__(
        self, field: str, words: LazyString, example: str, longest: int = LONGEST_LINE
    ) -> None:
        super().__init__(
            allow_none=True,
            validate=Length(max=longest),  # for the document; obeyed below
            metadata={
                "description": words,
                "examples": [example],
            },
        )
        self.field, self.longest = field, longest

    def _deserialize(self, value: Any, attr: Any, *args: Any, **options: Any) -> str:
        return read_text(value, self.field, self.longest).strip()


class Details(fields.Dict):
    """Texts by their names, such as ``story@de``; null and "" take one away."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError(
                gettext("“details” must be an object of texts by their names.")
            )
        read: dict[str, str] = {}
        for sent, said in value.items():
            name = read_name(sent)
            if name in read:
                raise ValidationError(
                    gettext("“%(name)s” is given more than once.", name=name)
                )
            typed = read_text("" if said is None else said, sent, LONGEST_TEXT)
            read[name] = typed.replace("\r\n", "\n").strip()
        return read


class Subjects(fields.List[Any]):
    """Words of what a work shows; null leaves that to the program."""

    def _deserialize(
        self, value: Any, attr: Any, data: Any, **options: Any
    ) -> list[Any | None]:
        known = isinstance(value, list) and all(
            isinstance(one, str) and one in SUBJECTS for one in value
        )
        if not known:
            raise ValidationError(
                gettext(
                    "“shows” must be a list of these words: %(choices)s.",
                    choices=", ".join(SUBJECTS),
                )
            )
        return list(value)


class RecordChangesSchema(Schema):
    """Body that says what a work is to say."""

    description = _(
        "What is to be said of a work: one field at least; what is left out stays."
    )
    longest_body = 5_000_000
    """Bytes: many long texts in many languages."""
    title = LabelText(
        "title",
        _("As on the label; null or “” empties it, as all of a label."),
        "Ballast",
        LONGEST_TITLE,
    )
    artist = LabelText(
        "artist", _("As the museum writes the name."), "Lotte Wiesengrund"
    )
    date = LabelText("date", _("In the museum’s words."), "c. 1925")
    technique = LabelText("technique", _("What it is made of."), "Oil on canvas")
    type = LabelText("type", _("What kind of work it is."), "painting")
    school = LabelText("school", _("Where its maker belongs."), "German")
    location = LabelText("location", _("Where it is in the museum."), "Room 12")
    source = LabelText("source", _("Where this label comes from."), "")
    rights = LabelText("rights", _("Who has the rights."), "Public domain")
    details = Details(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        metadata={
            "description": _(
                "Texts for visitors and the museum’s own facts by their names; with a "
                "language after “@”: “story@de”. Those that are not named stay; null "
                "or “” takes one away."
            ),
            "examples": [{"story@de": "Die ganze Geschichte.", "Inventory": "A 12"}],
        },
    )
    shows = Subjects(
        fields.String(),
        allow_none=True,
        metadata={
            "description": _(
                "What can be seen in it, instead of what the program recognises; null "
                "leaves that to the program again."
            ),
            "examples": [["dog"]],
        },
    )

    @pre_load
    def refuse_others(self, sent: Any, **options: Any) -> Any:
        """Go on only with an object of fields that are known, and not with none."""
        known = ", ".join(self.fields)
        if not isinstance(sent, dict) or not sent:
            raise BadRequest(
                gettext(
                    "The body must be a JSON object of at most %(most)s MB with one or "
                    "more of these fields: %(known)s.",
                    most=self.longest_body // 1_000_000,
                    known=known,
                )
            )
        for name in sent:
            if name not in self.fields:
                raise BadRequest(
                    gettext(
                        "There is no field “%(name)s”. There are: %(known)s.",
                        name=name[:LONGEST_NAME],
                        known=known,
                    )
                )
        return sent


def facts_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what a body says as facts, by names as of ``labels.fact_of``."""
    facts = {name: said[name] or "" for name in LABEL_COLUMNS if name in said}
    for name, value in said.get("details", {}).items():
        facts[f"{DETAIL}{name}"] = value
    if SHOWS in said:
        stated = said[SHOWS]
        facts[SHOWS] = "" if stated is None else write_statement(stated)
    return facts


def read_text(value: object, name: str, longest: int) -> str:
    """Return a text that can be kept, or refuse it."""
    if not isinstance(value, str) or not _can_be_kept(value):
        raise ValidationError(
            gettext(
                "“%(name)s” must be a text without zero characters, or null.",
                name=name[:LONGEST_NAME],
            )
        )
    if len(value) > longest:
        raise ValidationError(
            gettext(
                "“%(name)s” must have %(longest)s characters at most.",
                name=name[:LONGEST_NAME],
                longest=longest,
            )
        )
    return value


def read_name(sent: str) -> str:
    """Return the name of a detail as it is kept, its language as BCP 47 writes it."""
    field, mark, language = sent.strip().rpartition(MARK)
    tag = normal_tag(language)
    is_ours = field in TEXT_FIELDS or field in LABEL_COLUMNS
    if mark and is_ours and not tag:
        raise ValidationError(
            gettext(
                "%(language)s is no language that is known. Please write its code, "
                "such as de, en or pt-BR.",
                language=language[:LONGEST_NAME] or MARK,
            )
        )
    name = named(field.strip(), tag) if mark and field and tag else sent.strip()
    if not 0 < len(name) <= LONGEST_NAME or not _can_be_kept(name):
        raise ValidationError(
            gettext(
                "The name of a detail must have 1 to %(longest)s characters, and no "
                "zero characters.",
                longest=LONGEST_NAME,
            )
        )
    if detail_name(name) != name:
        raise ValidationError(
            gettext(
                "“%(name)s” is no detail: the work itself has a field of this name.",
                name=name,
            )
        )
    return name


def _can_be_kept(text: str) -> bool:
    """Tell whether a text has characters only: no zero, no half of a surrogate pair."""
    return ZERO not in text and not any("\ud800" <= one <= "\udfff" for one in text)
