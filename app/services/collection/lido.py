"""LIDO 1.1: the collection as records that museums exchange.

https://lido-schema.org/schema/v1.1/. Works on show only: LIDO has no word for a work
that is withdrawn.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy.orm import Session

from app.models import Artwork, WorkMedia
from app.services.collection.content.fields import CREDIT, DIMENSIONS, Text
from app.services.collection.content.markup import well_formed
from app.services.collection.content.media import shown_media
from app.services.collection.content.saying import (
    IsPublic,
    everything,
    fields_said,
    labels_said,
)
from app.services.collection.exporting import all_works
from app.services.collection.labels import fact_of
from app.services.collection.manifests import LICENCE, Addresses
from app.services.collection.subjects import SHOWS
from app.services.collection.vocabulary.codes import uris_of

NAMESPACE = "http://www.lido-schema.org"
SCHEMA = "http://lido-schema.org/schema/v1.1/lido-v1.1.xsd"
XML = "http://www.w3.org/XML/1998/namespace"
TERMS = "http://terminology.lido-schema.org/"
LOCAL, URI = f"{TERMS}lido00100", f"{TERMS}lido00099"
"""Kinds of identifiers: the museum's own, addresses."""
PRODUCTION, ITEM = f"{TERMS}lido00007", f"{TERMS}lido00141"
PROVIDED_IMAGE = f"{TERMS}lido00464"
LANGUAGE = "mul"
"""Of what the labels say: whichever the museum writes (ISO 639-2, several)."""

ET.register_namespace("lido", NAMESPACE)


def lido_records(
    session: Session, addresses_of: Callable[[str], Addresses], museum: str
) -> Iterator[str]:
    """Yield a LIDO file of all works on show, one record after another, with all texts.

    Parameters
    ----------
    addresses_of : callable
        From an accession number to the addresses of its work.
    museum : str
        Name of whom the records are from.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<lido:lidoWrap xmlns:lido="{NAMESPACE}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}">\n'
    )
    for work in all_works(session):
        yield lido_record(work, addresses_of(work.accession), museum) + "\n"
    yield "</lido:lidoWrap>\n"


def lido_record(
    work: Artwork,
    addresses: Addresses,
    museum: str,
    is_public: IsPublic = everything,
) -> str:
    """Return the LIDO record of a work, as a document of its own.

    Parameters
    ----------
    museum : str
        Name of whom the record is from.
    is_public : callable
        Which of the texts beyond the label are in it.
    """
    record = Element(_name("lido"))
    _text(record, "lidoRecID", addresses.page, type=URI)
    _text(record, "objectPublishedID", addresses.page, type=URI)
    described = SubElement(record, _name("descriptiveMetadata"))
    described.set(f"{{{XML}}}lang", LANGUAGE)
    _classify(described, work)
    _identify(described, work, is_public)
    _make(described, work)
    _show(described, work)
    administrated = SubElement(record, _name("administrativeMetadata"))
    administrated.set(f"{{{XML}}}lang", LANGUAGE)
    _add_rights(administrated, work, is_public)
    _administrate(administrated, work, addresses, museum)
    return ET.tostring(record, encoding="unicode")


def _classify(described: Element, work: Artwork) -> None:
    types = _inside(described, "objectClassificationWrap", "objectWorkTypeWrap")
    kind = SubElement(types, _name("objectWorkType"))
    _concept(kind, "conceptID", work, "type")
    _in_languages(kind, "term", work, "type")


def _identify(described: Element, work: Artwork, is_public: IsPublic) -> None:
    identified = SubElement(described, _name("objectIdentificationWrap"))
    title = _inside(identified, "titleWrap", "titleSet")
    for said in labels_said(work, "title") or [Text("", "")]:
        _spoken(title, "appellationValue", said)
    kept = _inside(identified, "repositoryWrap", "repositorySet")
    kept.set(_name("type"), "current")
    _text(kept, "workID", work.accession, type="inventory number")
    if work.location:
        place = SubElement(kept, _name("repositoryLocation"))
        _concept(place, "placeID", work, "location")
        named = SubElement(place, _name("namePlaceSet"))
        _in_languages(named, "appellationValue", work, "location")
    said_of = {one.field: one.texts for one in fields_said(work, is_public)}
    measured = said_of.pop(DIMENSIONS, [])
    if said_of:
        wrap = SubElement(identified, _name("objectDescriptionWrap"))
        for name, texts in said_of.items():
            note = SubElement(wrap, _name("objectDescriptionSet"))
            note.set(_name("type"), well_formed(name))
            for said in texts:
                _spoken(note, "descriptiveNoteValue", said)
    if measured:
        path = ("objectMeasurementsWrap", "objectMeasurementsSet")
        inside = _inside(identified, *path)
        for said in measured:
            _spoken(inside, "displayObjectMeasurements", said)


def _make(described: Element, work: Artwork) -> None:
    event = _inside(described, "eventWrap", "eventSet", "event")
    kind = SubElement(event, _name("eventType"))
    _text(kind, "conceptID", PRODUCTION, type=URI)
    _text(kind, "term", "Production").set(f"{{{XML}}}lang", "en")
    if work.artist:
        actor = SubElement(event, _name("eventActor"))
        _in_languages(actor, "displayActorInRole", work, "artist")
        who = _inside(actor, "actorInRole", "actor")
        _concept(who, "actorID", work, "artist")
        named = SubElement(who, _name("nameActorSet"))
        _in_languages(named, "appellationValue", work, "artist")
    if work.school:
        culture = SubElement(event, _name("culture"))
        _concept(culture, "conceptID", work, "school")
        _in_languages(culture, "term", work, "school")
    if work.date:
        dated = SubElement(event, _name("eventDate"))
        _in_languages(dated, "displayDate", work, "date")
        if work.earliest_year is not None or work.latest_year is not None:
            span = SubElement(dated, _name("date"))
            for name, year in (
                ("earliestDate", work.earliest_year),
                ("latestDate", work.latest_year),
            ):
                if year is not None:
                    _text(span, name, iso_year(year))
    if work.technique:
        made_of = SubElement(event, _name("eventMaterialsTech"))
        _in_languages(made_of, "displayMaterialsTech", work, "technique")
        if "technique" in uris_of(work):
            term = _inside(made_of, "materialsTech", "termMaterialsTech")
            _concept(term, "conceptID", work, "technique")
            _text(term, "term", work.technique)


def _show(described: Element, work: Artwork) -> None:
    stated = fact_of(work, SHOWS)
    if stated:
        path = ("objectRelationWrap", "subjectWrap", "subjectSet")
        _text(_inside(described, *path), "displaySubject", stated)


def _add_rights(administrated: Element, work: Artwork, is_public: IsPublic) -> None:
    """Add the rights and the credit line, which portals take from here."""
    credit = [
        text
        for one in fields_said(work, is_public)
        if one.field == CREDIT
        for text in one.texts
    ]
    if not (work.rights or credit):
        return
    rights = _inside(administrated, "rightsWorkWrap", "rightsWorkSet")
    if work.rights:
        kind = SubElement(rights, _name("rightsType"))
        if LICENCE.fullmatch(work.rights):
            _text(kind, "conceptID", work.rights, type=URI)
        else:
            _in_languages(kind, "term", work, "rights")
    for said in credit:
        _spoken(rights, "creditLine", said)


def _administrate(
    administrated: Element, work: Artwork, addresses: Addresses, museum: str
) -> None:
    record = SubElement(administrated, _name("recordWrap"))
    _text(record, "recordID", work.accession, type=LOCAL)
    kind = SubElement(record, _name("recordType"))
    _text(kind, "conceptID", ITEM, type=URI)
    _text(kind, "term", "Item-level record").set(f"{{{XML}}}lang", "en")
    source = _inside(record, "recordSource", "legalBodyName")
    _text(source, "appellationValue", museum)
    if work.source:
        link = SubElement(record, _name("recordInfoSet"))
        _text(link, "recordInfoLink", work.source)
    media = shown_media(work)
    if work.images or media:
        wrap = SubElement(administrated, _name("resourceWrap"))
        for number, image in enumerate(work.images, 1):
            resource = SubElement(wrap, _name("resourceSet"))
            resource.set(_name("sortorder"), str(number))
            _text(resource, "resourceID", image.sha256, type=LOCAL)
            form = SubElement(resource, _name("resourceRepresentation"))
            form.set(_name("type"), PROVIDED_IMAGE)
            where = f"{addresses.service(image.sha256)}/full/max/0/default.jpg"
            link = _text(form, "linkResource", where)
            link.set(_name("formatResource"), "image/jpeg")
        for one in media:
            _add_medium(wrap, one, addresses)


def _add_medium(wrap: Element, one: WorkMedia, addresses: Addresses) -> None:
    """Add audio, video or a page about the work."""
    resource = SubElement(wrap, _name("resourceSet"))
    form = SubElement(resource, _name("resourceRepresentation"))
    where = (
        one.address if one.media_name is None else addresses.recording(one.media_name)
    )
    link = _text(form, "linkResource", where)
    link.set(_name("formatResource"), one.mimetype or "text/html")
    if one.language:
        link.set(f"{{{XML}}}lang", one.language)
    kind = SubElement(resource, _name("resourceType"))
    _text(kind, "term", one.kind.value).set(f"{{{XML}}}lang", "en")
    if one.title:
        _spoken(resource, "resourceDescription", Text(one.language, one.title))
    if one.transcript:
        said = Text(one.language, one.transcript)
        spoken = _spoken(resource, "resourceDescription", said)
        spoken.set(_name("type"), "transcript")


def iso_year(year: int) -> str:
    """Write a year as ISO 8601 has it, where 1 B.C. is the year 0: −550 as −0549."""
    counted = year if year > 0 else year + 1
    return f"{'-' * (counted < 0)}{abs(counted):04}"


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _inside(parent: Element, *names: str) -> Element:
    """Add elements, each within the one before, and return the innermost."""
    for name in names:
        parent = SubElement(parent, _name(name))
    return parent


def _text(parent: Element, name: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, _name(name))
    element.text = well_formed(text)
    for attribute, value in attributes.items():
        element.set(_name(attribute), value)
    return element


def _concept(parent: Element, name: str, work: Artwork, field: str) -> None:
    """Add the identifiers, in controlled vocabularies, of what a label says."""
    for uri in uris_of(work).get(field, []):
        _text(parent, name, uri, type=URI)


def _in_languages(parent: Element, name: str, work: Artwork, field: str) -> None:
    """Add what a label says in a field, once for each of its languages."""
    for said in labels_said(work, field):
        _spoken(parent, name, said)


def _spoken(parent: Element, name: str, said: Text) -> Element:
    """Add a text with its language, where that is known."""
    element = _text(parent, name, said.value)
    if said.language:
        element.set(f"{{{XML}}}lang", said.language)
    return element
