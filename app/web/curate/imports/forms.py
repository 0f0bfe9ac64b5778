"""Column-mapping form: its labels, and parsing of what was submitted."""

from collections.abc import Sequence
from dataclasses import replace

from flask import request
from flask_babel import lazy_gettext as _

from app.models.languages import MARK, named, parted
from app.services.collection.content.fields import TEXT_FIELDS
from app.services.collection.exporting import (
    MEDIA_ADDRESS,
    MEDIA_FILE,
    MEDIA_KIND,
    MEDIA_LANGUAGE,
    MEDIA_TITLE,
    MEDIA_TRANSCRIPT,
    WITHDRAWN,
    YEARS,
)
from app.services.collection.labels import DETAIL, LABEL_COLUMNS
from app.services.collection.subjects import SHOWS
from app.services.importing.columns.content import content_of, meant_by
from app.services.importing.columns.formats import (
    ABOUT_PICTURE,
    ACCESSION,
    DETAILS,
    IMAGE,
    NGA,
    OURS,
    WGA,
)
from app.services.importing.columns.reading import Reading, detail_name
from app.services.importing.diff import Policy
from app.services.importing.runs import UnusableMappingError
from app.web.curate.content.languages import tag_typed
from app.web.shell.content import shown

SAMPLES = 3
"""Rows whose values are shown beside the columns."""
FIELD_NAMES = {
    DETAILS: _("Keep as a further detail"),
    ACCESSION: shown.FIELD_NAMES[ACCESSION],
    IMAGE: _("Picture: file or address"),
    ABOUT_PICTURE: _("About the picture, not the work"),
    **{name: shown.FIELD_NAMES[name] for name in (*LABEL_COLUMNS, *TEXT_FIELDS)},
}
"""What columns may mean, in the order of the choices."""
OWN_NAMES = {
    SHOWS: _("Shows, as stated"),
    **dict.fromkeys(YEARS, _("Follows from the date")),
    WITHDRAWN: _("Withdrawn since"),
    MEDIA_KIND: _("Audio, video or link: kind"),
    MEDIA_LANGUAGE: _("Audio, video or link: language"),
    MEDIA_TITLE: _("Audio, video or link: title"),
    MEDIA_TRANSCRIPT: _("Audio or video: transcript"),
    MEDIA_ADDRESS: _("Audio, video or link: address"),
    MEDIA_FILE: _("Audio or video: file"),
}
"""What further columns of our own tables mean, in which they alone mean it."""
FORMAT_NAMES = {
    OURS: _("a table with the columns of this program"),
    WGA: _("a table of the Web Gallery of Art"),
    "moma": _("a table of the Museum of Modern Art"),
    "met": _("a table of the Metropolitan Museum of Art"),
    "tate": _("a table of Tate"),
    "carnegie": _("a table of the Carnegie Museum of Art"),
    NGA: _("a table of the National Gallery of Art"),
    "cleveland": _("a table of the Cleveland Museum of Art"),
    "rijksmuseum": _("a table of the Rijksmuseum"),
    "smk": _("a table of the SMK, Statens Museum for Kunst"),
    "cooper_hewitt": _("a table of the Cooper Hewitt"),
    "harvard": _("a table of the Harvard Art Museums"),
    "museumplus": _("an export of MuseumPlus"),
    "collectiveaccess": _("an export of CollectiveAccess"),
    "omeka": _("an export of Omeka"),
    "axiell": _("an export of Axiell Collections"),
    "tms": _("an export of TMS"),
    "estense": _("a table of the Galleria Estense"),
}
POLICY_NAMES = {
    Policy.UPDATE: _("Bring works that are there already up to date"),
    Policy.SKIP: _("Leave works that are there already as they are"),
    Policy.CREATE: _("Expect new works only: others are a fault"),
}
MAPPING_FAULTS = {
    "no_accession": _(
        "No column holds the accession number. Please choose one, or one to make the "
        "number from."
    ),
    "accessions": _("Only one column can hold the accession number."),
    "pictures": _("Only one column can hold the pictures."),
    "language": _(
        "A language that was filled in is not known. Please write its code, such as "
        "de, en or pt-BR."
    ),
}


def asked_reading(columns: Sequence[str], proposed: Reading) -> Reading:
    """Return how the form wants a table to be read."""
    form = request.form
    known = set(FIELD_NAMES) | set(OWN_NAMES if proposed.format == OURS else ())
    asked = [form.get(f"column-{number}", "") for number in range(len(columns))]
    fields = [field if field in known else DETAILS for field in asked]
    tags = [form.get(f"language-{number}", "") for number in range(len(columns))]
    if any(tag.strip() and not tag_typed(tag) for tag in tags):
        raise UnusableMappingError("language")
    meant = [
        _in_language(column, field, tag_typed(tag))
        for column, field, tag in zip(columns, fields, tags, strict=True)
    ]
    made_from = form.get("accession_from", "")
    return replace(
        proposed,
        columns=dict(zip(columns, meant, strict=True)),
        accession_from=made_from if made_from in columns else "",
        fetches="fetches" in form,
    )


def shown_as(column: str, meant: str) -> tuple[str, str]:
    """Return the field and the language that the form shows for a column."""
    if not meant.startswith(DETAIL):
        return meant, ""
    field, language = parted(meant.removeprefix(DETAIL))
    return (field if field in FIELD_NAMES else DETAILS), language


def _in_language(column: str, field: str, tag: str) -> str:
    """Return what a column means in a language, as a reading writes it."""
    if field in TEXT_FIELDS or (field in LABEL_COLUMNS and tag):
        return meant_by(named(field, tag))
    if field == DETAILS and tag:
        before, _mark, language = content_of(column).partition(MARK)
        own = before if language == tag else detail_name(column)
        return meant_by(named(own, tag))
    return field


def asked_policy() -> Policy:
    """Return what is to happen to works that are there already."""
    return request.form.get("policy", Policy.UPDATE, type=Policy)
