"""Schemas of records: works as their curators see them, withdrawn ones too."""

from operator import attrgetter

from flask_babel import lazy_gettext as _
from marshmallow import fields

from app.web.api.fields import array, described, field, text
from app.web.api.schemas.examples import SHA256
from app.web.api.schemas.works import ImageSchema, WorkSchema


class RecordImageSchema(ImageSchema):
    """Picture of a work, from a ``ReferenceImage``."""

    description = _("A picture of a work, with its name for programs.")
    sha256 = text(_("SHA-256 of the file that was sent, in hex."), SHA256)


class RecordSchema(WorkSchema):
    """Whole record, from an ``Artwork``."""

    description = _("A work with all that the museum keeps of it.")
    withdrawn = field(
        fields.Boolean,
        _("Whether no search finds it any more."),
        False,
        attrgetter("is_withdrawn"),
    )
    details = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        **described(
            _("Texts and the museum’s own facts by their names, also hidden ones."),
            examples=[{"story@de": "Die ganze Geschichte.", "Inventory": "A 12"}],
        ),
    )
    images = array(RecordImageSchema, _("Its pictures; the first one stands for it."))
