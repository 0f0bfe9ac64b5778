"""Reader of the Europeana Data Model: a work, its aggregation, what they refer to."""

from collections.abc import Iterator

from app.services.importing.columns.picture_cells import is_address
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.dublin_core import (
    CONTENT,
    DC,
    DETAILS,
    FIELDS,
    TERMS,
    is_picture,
    local_part,
    number_among,
)
from app.services.importing.standards.image_service import picture_address
from app.services.importing.standards.markup import (
    Element,
    language_of,
    text_of,
    texts,
)
from app.services.importing.standards.texts import chosen
from app.services.importing.standards.vocabulary import RIGHTS, WorkDescription, years

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EDM = "http://www.europeana.eu/schemas/edm/"
RECORD = f"{{{RDF}}}RDF"
ABOUT, RESOURCE = f"{{{RDF}}}about", f"{{{RDF}}}resource"
NAMES = {
    "dc": DC,
    "dcterms": TERMS,
    "edm": EDM,
    "rdf": RDF,
    "ore": "http://www.openarchives.org/ore/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "svcs": "http://rdfs.org/sioc/services#",
}


def record_of(number: int, rdf: Element, language: str, identifier: str) -> Record:
    """Return what a record of EDM says of a work; parameters as of Dublin Core."""
    return _Reader(rdf, language).record(number, identifier)


class _Reader:
    """Reader of one record, which may name what it means or only refer to it."""

    def __init__(self, rdf: Element, language: str) -> None:
        self._language = language
        self._known = {str(one.get(ABOUT)): one for one in rdf if one.get(ABOUT)}
        self._work = self._one(rdf, "edm:ProvidedCHO")
        self._aggregation = self._one(rdf, "ore:Aggregation")

    def record(self, number: int, identifier: str) -> Record:
        """Return what the record says."""
        found = WorkDescription()
        for field, names in FIELDS.items():
            said = (self._texts(self._work, name) for name in names)
            found.add(field, next(filter(None, said), []))
        for name, source in {"title": "dc:title", **CONTENT}.items():
            spoken = texts(self._all(self._work, source))
            found.add_languages(name, spoken, most=int(name == "title"))
        for name, source in DETAILS.items():
            found.add_detail(name, self._texts(self._work, source))
        found.add("location", self._texts(self._work, "edm:currentLocation"))
        found.add_detail("Provider", self._texts(self._aggregation, "edm:dataProvider"))
        for part, name in (
            (self._aggregation, "edm:rights"),
            (self._aggregation, "dc:rights"),
            (self._work, "dc:rights"),
        ):
            found.add(RIGHTS, self._texts(part, name))
        found.add("source", list(self._addresses("edm:isShownAt"))[:1])
        found.images = list(self._pictures())
        numbers = [text_of(one) for one in self._all(self._work, "dc:identifier")]
        about = str(self._work.get(ABOUT) or "") if self._work is not None else ""
        identifier = identifier or about
        found.accession = number_among(numbers) or local_part(identifier)
        record = found.record(number, identifier)
        record.identifier = identifier or record.accession
        record.fault = fault_of(record)
        return record

    def _pictures(self) -> Iterator[str]:
        kind = next(iter(self._texts(self._work, "edm:type")), "IMAGE")
        addresses = [*self._addresses("edm:isShownBy"), *self._addresses("edm:hasView")]
        for address in addresses or list(self._addresses("edm:object")):
            resource = self._known.get(address)
            services = self._all(resource, "svcs:has_service")
            service = next((str(one.get(RESOURCE) or "") for one in services), "")
            if is_address(service):
                yield picture_address(service, instead=address)
            elif kind.upper() == "IMAGE" or is_picture(address):
                yield address

    def _addresses(self, name: str) -> Iterator[str]:
        for one in self._all(self._aggregation, name):
            inner = next((str(part.get(ABOUT) or "") for part in one), "")
            address = str(one.get(RESOURCE) or inner or text_of(one))
            if is_address(address):
                yield address

    def _texts(self, part: Element | None, name: str) -> list[str]:
        """Return what a property says: in words, or by what it refers to."""
        literal: dict[str, list[str]] = {}
        referred: list[str] = []
        for one in self._all(part, name):
            target = self._known.get(str(one.get(RESOURCE) or ""))
            if target is None and len(one):
                target = one[0]
            if target is not None:
                referred += self._named(target)[:1]
            elif one.get(RESOURCE):
                # What is known by its address alone says nothing to a visitor.
                referred += [str(one.get(RESOURCE))] if name == "edm:rights" else []
            else:
                literal.setdefault(language_of(one), []).append(text_of(one))
        return [*chosen(literal, self._language), *referred]

    def _named(self, resource: Element) -> list[str]:
        """Return what an agent, a place, a time or a concept is called."""
        for name in ("skos:prefLabel", "foaf:name", "skos:altLabel"):
            labels: dict[str, list[str]] = {}
            for one in self._all(resource, name):
                labels.setdefault(language_of(one), []).append(text_of(one))
            if labels:
                return chosen(labels, self._language)
        span = {
            key: next((text_of(one) for one in self._all(resource, name)), "")
            for key, name in {"first": "edm:begin", "last": "edm:end"}.items()
        }
        return list(filter(None, [years(span)]))

    def _one(self, rdf: Element, name: str) -> Element | None:
        return rdf.find(name, NAMES)

    def _all(self, part: Element | None, name: str) -> list[Element]:
        return [] if part is None else part.findall(name, NAMES)
