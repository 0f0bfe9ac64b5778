"""Forms of works and their pictures."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.models import Artwork
from app.services.collection.labels import (
    LABEL_COLUMNS,
    MAX_ACCESSION_LENGTH,
    label_of,
    version_of,
)

LONGEST_LINE, LONGEST_TEXT = 1_000, 10_000
"""Characters of a field."""


class LabelForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """Form of a work's label."""

    title = TextAreaField(_("Title"), [Length(max=LONGEST_TEXT)])
    artist = StringField(_("Artist"), [Length(max=LONGEST_LINE)])
    date = StringField(_("Date"), [Length(max=LONGEST_LINE)])
    technique = StringField(_("Technique"), [Length(max=LONGEST_LINE)])
    type = StringField(_("Type"), [Length(max=LONGEST_LINE)])
    school = StringField(_("School"), [Length(max=LONGEST_LINE)])
    location = StringField(_("Location"), [Length(max=LONGEST_LINE)])
    source = StringField(_("Source"), [Length(max=LONGEST_LINE)])
    rights = StringField(_("Rights"), [Length(max=LONGEST_LINE)])
    seen = HiddenField()
    """Which version of the work was edited."""

    @classmethod
    def of(cls, artwork: Artwork) -> "LabelForm":
        """Fill the form with a work as it is, or with what was sent."""
        return cls(data={**label_of(artwork), "seen": version_of(artwork)})

    def label(self) -> dict[str, str]:
        """Return what was filled in, by the names of the work's fields."""
        return {name: self[name].data or "" for name in LABEL_COLUMNS}

    def labels(self) -> list[StringField]:
        """Return the fields to show, in the order of a label."""
        return [self[name] for name in LABEL_COLUMNS]


class NewWorkForm(LabelForm):
    """Form of a work that is not recorded yet."""

    accession = StringField(
        _("Accession number"),
        [
            DataRequired(_("A work needs an accession number.")),
            Length(max=MAX_ACCESSION_LENGTH),
        ],
    )
    picture = FileField(_("Picture"))


class PictureForm(FlaskForm):  # type: ignore[misc]  # as above
    """Form of one picture of a work."""

    picture = FileField(_("Picture"), [FileRequired(_("Please choose a picture."))])
