"""Reader of Dublin Core, as OAI-PMH requires it: one work in some plain statements."""

from collections.abc import Mapping, Sequence

from app.services.collection.content.fields import DESCRIPTION, DIMENSIONS
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.pictures.names import PICTURE_ENDINGS
from app.services.importing.records import Record, fault_of
from app.services.importing.standards import markup
from app.services.importing.standards.markup import Element, chosen_texts, text_of
from app.services.importing.standards.texts import joined, plain_text
from app.services.importing.standards.vocabulary import (
    DATE,
    RIGHTS,
    WorkDescription,
    number_of,
)

DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
RECORD = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
NAMES = {"dc": DC, "dcterms": TERMS}
FIELDS: Mapping[str, Sequence[str]] = {
    "title": ("dc:title",),
    "artist": ("dc:creator", "dc:contributor"),
    DATE: ("dcterms:created", "dc:date", "dcterms:issued"),
    "technique": ("dcterms:medium", "dc:format"),
    "type": ("dc:type",),
}
"""Of a field the first property counts that says anything."""
CONTENT = {DESCRIPTION: "dc:description", DIMENSIONS: "dcterms:extent"}
"""Fields that are kept in all their languages; so is the title."""
DETAILS = {
    "Other titles": "dcterms:alternative",
    "Place": "dcterms:spatial",
    "Coverage": "dc:coverage",
    "Subjects": "dc:subject",
    "Publisher": "dc:publisher",
    "Provenance": "dcterms:provenance",
}
MEDIA_TYPES = ("image/", "text/", "application/", "video/", "audio/")
"""What files are, and nothing that a work is made of."""


def record_of(number: int, dc: Element, language: str, identifier: str) -> Record:
    """Return what a record of Dublin Core says of a work.

    Parameters
    ----------
    identifier : str
        By which the source knows the record.
    """

    def texts(name: str) -> list[str]:
        values = chosen_texts(dc.findall(name, NAMES), language)
        return [plain_text(value) for value in values]

    found = WorkDescription()
    for field, names in FIELDS.items():
        said = next(filter(None, map(texts, names)), [])
        found.add(field, [one for one in said if not one.startswith(MEDIA_TYPES)])
    for name, source in {"title": "dc:title", **CONTENT}.items():
        spoken = markup.texts(dc.findall(source, NAMES))
        found.add_languages(name, spoken, most=int(name == "title"))
    for name, source in DETAILS.items():
        found.add_detail(name, texts(source))
    found.add(RIGHTS, [text_of(one) for one in dc.findall("dc:rights", NAMES)])
    named = [text_of(one) for one in dc.findall("dc:identifier", NAMES)]
    related = [text_of(one) for one in dc.findall("dc:relation", NAMES)]
    addresses = [one for one in (*named, *related) if is_address(one)]
    found.images = [one for one in addresses if is_picture(one)]
    found.add("source", [one for one in addresses if not is_picture(one)][:1])
    found.accession = number_among(named) or local_part(identifier)
    record = found.record(number, identifier)
    record.identifier = identifier or record.accession
    record.fault = fault_of(record)
    return record


def number_among(identifiers: Sequence[str]) -> str:
    """Return the first identifier that is no address; "" if all are."""
    numbers = [
        one for one in identifiers if one and not is_address(one) and ":" not in one
    ]
    return joined(numbers[:1])


def local_part(identifier: str) -> str:
    """Return the end of an identifier, which names the record within its source.

    >>> local_part("oai:museum.org:object/4711")
    'object/4711'
    """
    if identifier.startswith("oai:"):
        return identifier.split(":", 2)[-1]
    return number_of(identifier)


def is_picture(address: str) -> bool:
    """Tell whether an address ends as those of pictures do."""
    return address.partition("?")[0].lower().endswith(PICTURE_ENDINGS)
