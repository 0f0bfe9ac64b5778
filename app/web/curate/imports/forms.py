"""Column-mapping form: its labels, and parsing of what was submitted."""

from collections.abc import Sequence
from dataclasses import replace

from flask import request
from flask_babel import lazy_gettext as _

from app.services.collection.exporting import EXPORTED
from app.services.collection.labels import COLUMNS
from app.services.importing.columns.formats import (
    ABOUT_PICTURE,
    ACCESSION,
    DETAILS,
    IMAGE,
    NGA,
    OURS,
    WGA,
)
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import Policy

SAMPLES = 3
"""Rows whose values are shown beside the columns."""
FIELD_NAMES = {
    DETAILS: _("Keep as a further detail"),
    ACCESSION: _("Accession number"),
    IMAGE: _("Picture: file or address"),
    ABOUT_PICTURE: _("About the picture, not the work"),
    "title": _("Title"),
    "artist": _("Artist"),
    "date": _("Date"),
    "technique": _("Technique"),
    "type": _("Type"),
    "school": _("School"),
    "location": _("Location"),
    "source": _("Source"),
    "rights": _("Rights"),
}
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
}


def asked_reading(columns: Sequence[str], proposed: Reading) -> Reading:
    """Return how the form wants a table to be read."""
    form = request.form
    ours = set(EXPORTED) - set(COLUMNS) if proposed.format == OURS else set()
    known = {*FIELD_NAMES, *ours}
    asked = [form.get(f"column-{number}") for number in range(len(columns))]
    meant = [field if field in known else DETAILS for field in asked]
    made_from = form.get("accession_from", "")
    return replace(
        proposed,
        columns=dict(zip(columns, meant, strict=True)),
        accession_from=made_from if made_from in columns else "",
        fetches="fetches" in form,
    )


def asked_policy() -> Policy:
    """Return what is to happen to works that are there already."""
    return request.form.get("policy", Policy.UPDATE, type=Policy)
