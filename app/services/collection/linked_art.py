"""Linked Art 1.0: the collection as linked data (JSON-LD, a profile of CIDOC CRM).

https://linked.art/model/. What kinds of statements are is told by concepts of the
Getty's Art & Architecture Thesaurus.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from babel import Locale
from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage
from app.models.languages import primary
from app.services.collection.content.fields import (
    CREDIT,
    DESCRIPTION,
    DIMENSIONS,
    Text,
)
from app.services.collection.content.saying import (
    IsPublic,
    everything,
    fields_said,
    labels_said,
)
from app.services.collection.exporting import all_works
from app.services.collection.labels import fact_of
from app.services.collection.lido import iso_year
from app.services.collection.manifests import LICENCE, Addresses
from app.services.collection.subjects import SHOWS
from app.services.collection.vocabulary.codes import uris_of

CONTEXT = "https://linked.art/ns/v1/linked-art.json"
AAT = "http://vocab.getty.edu/aat/"
PREFERRED, ACCESSION_NUMBER = (300404670, "Preferred Term"), (300312355, "Accession")
BRIEF_TEXT = (300418049, "Brief Text")
FIELD_CONCEPTS = {
    "technique": (300435429, "Material Statement"),
    "school": (300055768, "Culture"),
    "source": (300311705, "Source"),
    "rights": (300435434, "Copyright/Licence Statement"),
}
"""Of fields of the label that are statements."""
SUBJECT = (300404126, "Subject")
CONCEPTS = {
    DESCRIPTION: (300435416, "Description"),
    DIMENSIONS: (300435430, "Dimensions Statement"),
    CREDIT: (300435418, "Credit Line"),
}
"""Of fields that the thesaurus knows; others have their names."""
LANGUAGE_CONCEPTS = {
    "en": 300388277,
    "de": 300388344,
    "fr": 300388306,
    "es": 300389311,
    "it": 300388474,
    "nl": 300388256,
    "pt": 300389115,
    "ca": 300388072,
    "da": 300388204,
    "fi": 300388299,
    "is": 300388449,
    "ga": 300388467,
    "cs": 300388191,
    "hr": 300388185,
    "bg": 300388034,
    "ru": 300389168,
    "el": 300389734,
    "la": 300388693,
    "ar": 300387843,
    "fa": 300388296,
    "zh": 300388113,
    "ja": 300388486,
    "ko": 300388633,
    "hi": 300388412,
}
"""Languages that the thesaurus has, by their codes."""
WEB_PAGE = (300264578, "Web Page")


def linked_art(
    session: Session, addresses_of: Callable[[str], Addresses]
) -> Iterator[str]:
    """Yield a JSON-LD document of all works on show, one work per line."""
    yield f'{{"@context": "{CONTEXT}", "@graph": ['
    separator = "\n"
    for work in all_works(session):
        described = describe_object(work, addresses_of(work.accession))
        del described["@context"]
        yield separator + json.dumps(described, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def describe_object(
    work: Artwork, addresses: Addresses, is_public: IsPublic = everything
) -> dict[str, Any]:
    """Return a work as Linked Art describes it, as a document of its own.

    Parameters
    ----------
    addresses : Addresses
        The page's is the work's name for all the world.
    is_public : callable
        Which of the texts beyond the label are in it.
    """
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "id": addresses.page,
        "type": "HumanMadeObject",
        "_label": work.title or work.accession,
        "identified_by": [
            *(
                _spoken(_named("Name", said.value, PREFERRED), said)
                for said in labels_said(work, "title")
            ),
            _named("Identifier", work.accession, ACCESSION_NUMBER),
        ],
    }
    uris = uris_of(work)
    if work.type:
        kind = _called("Type", work, "type", uris.get("type"))
        described["classified_as"] = [kind]
    if "school" in uris:
        style = _called("Type", work, "school", uris["school"])
        style["classified_as"] = [_concept(FIELD_CONCEPTS["school"])]
        described.setdefault("classified_as", []).append(style)
    if work.artist or work.date or "technique" in uris:
        described["produced_by"] = _production(work, uris)
    if work.location:
        place = _called("Place", work, "location", uris.get("location"))
        described["current_location"] = place
    is_licence = bool(LICENCE.fullmatch(work.rights))
    statements = [
        _spoken(_statement(said.value, kind), said)
        for field, kind in FIELD_CONCEPTS.items()
        if getattr(work, field) and not (field == "rights" and is_licence)
        for said in labels_said(work, field)
    ]
    if subjects := fact_of(work, SHOWS):
        statements.append(_statement(subjects, SUBJECT))
    statements += [
        _spoken(_field_statement(field, said.value), said)
        for field, texts in fields_said(work, is_public)
        for said in texts
    ]
    if statements:
        described["referred_to_by"] = statements
    if is_licence:
        licence = {"id": work.rights, "type": "Type"}
        described["subject_to"] = [{"type": "Right", "classified_as": [licence]}]
    if work.images:
        shown = [_digital_image(image, addresses) for image in work.images]
        described["representation"] = [
            {"type": "VisualItem", "digitally_shown_by": [one]} for one in shown
        ]
    # A manifest is for looking at pictures.
    manifests = [_manifest(addresses)] if work.images else []
    described["subject_of"] = [_page(addresses), *manifests]
    return described


def _production(work: Artwork, uris: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    production: dict[str, Any] = {"type": "Production"}
    if work.artist:
        # A label does not tell whether it names a person, a workshop or a people.
        maker = _called("Actor", work, "artist", uris.get("artist"))
        production["carried_out_by"] = [maker]
    if "technique" in uris:
        how = _called("Type", work, "technique", uris["technique"])
        production["technique"] = [how]
    if work.date:
        span: dict[str, Any] = {
            "type": "TimeSpan",
            "identified_by": _names(labels_said(work, "date")),
        }
        if work.earliest_year is not None:
            first = iso_year(work.earliest_year)
            span["begin_of_the_begin"] = f"{first}-01-01T00:00:00Z"
        if work.latest_year is not None:
            last = iso_year(work.latest_year)
            span["end_of_the_end"] = f"{last}-12-31T23:59:59Z"
        production["timespan"] = span
    return production


def _digital_image(image: ReferenceImage, addresses: Addresses) -> dict[str, Any]:
    service = addresses.service(image.sha256)
    where = f"{service}/full/max/0/default.jpg"
    return {
        "type": "DigitalObject",
        "format": "image/jpeg",
        "access_point": [{"id": where, "type": "DigitalObject"}],
        "digitally_available_via": [
            {
                "type": "DigitalService",
                "access_point": [{"id": service, "type": "DigitalObject"}],
                "conforms_to": [
                    {"id": "http://iiif.io/api/image/3", "type": "InformationObject"}
                ],
            }
        ],
    }


def _page(addresses: Addresses) -> dict[str, Any]:
    return _carried(addresses.page, "text/html", WEB_PAGE)


def _manifest(addresses: Addresses) -> dict[str, Any]:
    kind = (
        'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
    )
    carried = _carried(addresses.manifest, kind, None)
    carried["digitally_carried_by"][0]["conforms_to"] = [
        {"id": "http://iiif.io/api/presentation/3", "type": "InformationObject"}
    ]
    return carried


def _carried(
    address: str, kind: str, concept: tuple[int, str] | None
) -> dict[str, Any]:
    carrier: dict[str, Any] = {
        "type": "DigitalObject",
        "format": kind,
        "access_point": [{"id": address, "type": "DigitalObject"}],
    }
    if concept is not None:
        carrier["classified_as"] = [_concept(concept)]
    return {"type": "LinguisticObject", "digitally_carried_by": [carrier]}


def _named(kind: str, content: str, concept: tuple[int, str]) -> dict[str, Any]:
    return {"type": kind, "content": content, "classified_as": [_concept(concept)]}


def _field_statement(field: str, content: str) -> dict[str, Any]:
    if field in CONCEPTS:
        return _statement(content, CONCEPTS[field])
    return {**_statement(content, BRIEF_TEXT), "_label": field}


def _spoken(said: dict[str, Any], text: Text) -> dict[str, Any]:
    """Say in which language something is said, where that is known."""
    if not text.language:
        return said
    code = primary(text.language)
    number = LANGUAGE_CONCEPTS.get(code)
    name = str(Locale("en").languages.get(code, code))
    language = {"type": "Language", "_label": name}
    if number is not None:
        language = {"id": f"{AAT}{number}", **language}
    if number is None or code != text.language:
        tag = {"type": "Identifier", "content": text.language}
        return {**said, "language": [{**language, "identified_by": [tag]}]}
    return {**said, "language": [language]}


def _names(texts: Iterable[Text]) -> list[dict[str, Any]]:
    return [_spoken({"type": "Name", "content": one.value}, one) for one in texts]


def _called(
    kind: str, work: Artwork, field: str, uris: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return a thing that a label names, with its name in other languages.

    Parameters
    ----------
    uris : sequence of str, optional
        Its names in controlled vocabularies.
    """
    thing: dict[str, Any] = {"type": kind, "_label": str(getattr(work, field))}
    if uris:
        thing["id"] = uris[0]
        if others := [{"id": uri, "type": kind} for uri in uris[1:]]:
            thing["equivalent"] = others
    said = labels_said(work, field)
    return {**thing, "identified_by": _names(said)} if len(said) > 1 else thing


def _statement(content: str, concept: tuple[int, str]) -> dict[str, Any]:
    return _named("LinguisticObject", content, concept)


def _concept(concept: tuple[int, str]) -> dict[str, Any]:
    number, label = concept
    return {"id": f"{AAT}{number}", "type": "Type", "_label": label}
