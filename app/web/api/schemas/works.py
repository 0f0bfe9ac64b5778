"""Schemas of works: in short, whole, with those that look alike, and in pages."""

from operator import attrgetter
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import lazy_gettext as _
from marshmallow import fields
from marshmallow.validate import OneOf

from app.models import Artwork, MediaKind
from app.models.languages import direction_of, parted
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.content.layout import FieldChoice
from app.services.collection.content.markup import html_of
from app.services.collection.content.media import shown_media
from app.services.collection.subjects import subjects_of
from app.services.collection.vocabulary.codes import AUTHORITIES, codes_of
from app.web.api.fields import (
    PageSchema,
    ResponseSchema,
    array,
    described,
    field,
    integer,
    text,
)
from app.web.api.schemas.examples import ACCESSION, PICTURE
from app.web.shell.content.shown import field_name
from app.web.shell.content.wishes import layout
from app.web.shell.presentation.pictures import picture_url, thumbnail_url


class WorkAndSimilar(NamedTuple):
    """A work and those that look like it, best first."""

    artwork: Artwork
    similar: list[Artwork]


class TextOfWork(NamedTuple):
    """Text of a work in one language, and what was chosen for its field."""

    choice: FieldChoice
    field: str
    language: str
    value: str


def public_texts(work: Artwork) -> list[TextOfWork]:
    """Return what visitors may read of a work beyond its label, in all languages."""
    chosen = layout()
    return [
        TextOfWork(chosen.of(parted(name)[0]), *parted(name), str(value))
        for name, value in work.details.items()
        if str(value).strip() and chosen.is_public(name)
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


class WorkTextSchema(ResponseSchema):
    """A ``TextOfWork``."""

    description = _("A text about a work, in one language.")
    field = text(_("Which field it is of: the museum’s name for it."), "story")
    name = text(
        _("What the field is called for visitors."),
        "Story",
        lambda one: field_name(one.choice),
    )
    language = text(_("BCP 47; empty where it is not known."), "de")
    direction = text(
        _("How the language is written: “ltr”, “rtl”, or “auto” where unknown."),
        "ltr",
        lambda one: direction_of(one.language),
    )
    value = text(
        _("As it is kept; in rich fields Markdown, or HTML as the museum has it."),
        "The *whole* story.",
    )
    html = text(
        _("The same as safe HTML: paragraphs, emphasis, lists, links."),
        "<p>The <em>whole</em> story.</p>",
        lambda one: html_of(one.value, is_rich=one.choice.is_rich),
    )


class WorkMediaSchema(ResponseSchema):
    """A ``WorkMedia``."""

    description = _("Audio, video or a link of a work.")
    kind = text(
        _("“audio”, “video” or “link”."),
        "audio",
        attrgetter("kind.value"),
        validate=OneOf([kind.value for kind in MediaKind]),
    )
    language = text(_("BCP 47; empty where it is not known."), "de")
    title = text(_("What it is called."), "A talk about the picture")
    transcript = text(_("What is said in it; empty of a link."), "Good morning.")
    url = text(
        _("Path of the file, or the address of the link."),
        "/media/recordings/ab/ab….mp3",
        lambda one: (
            one.address
            if one.media_name is None
            else url_for("media.recording", name=one.media_name)
        ),
    )
    format = text(
        _("Media type; empty of a link."), "audio/mpeg", attrgetter("mimetype")
    )
    seconds = field(
        fields.Float,
        _("How long it lasts; null where that is not known, and of a link."),
        61.5,
        allow_none=True,
    )


class CodeSchema(ResponseSchema):
    """A ``Code``."""

    description = _("A code, in a controlled vocabulary, of what a label says.")
    field = text(_("Which field of the label it is of."), "artist")
    authority = text(_("The vocabulary."), "ulan", validate=OneOf(list(AUTHORITIES)))
    code = text(_("Its number there."), "500115493")
    uri = text(
        _("The concept’s name for all the world."),
        "http://vocab.getty.edu/ulan/500115493",
    )


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
    codes = array(
        CodeSchema,
        _("Codes of what the label says, in controlled vocabularies."),
        codes_of,
    )
    images = array(ImageSchema, _("Its pictures; the first one stands for it."))
    texts = array(
        WorkTextSchema,
        _("What visitors are told in further fields, in all languages."),
        public_texts,
    )
    media = array(WorkMediaSchema, _("Audio, video and links."), shown_media)


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
