"""Reader of LIDO 1.0 and 1.1: what one record says of a work.

Concepts, names and texts are taken in the site's language where they are in several.
Of the events those count in which a work is made.
"""

from collections.abc import Iterator

from app.services.collection.content.fields import DIMENSIONS
from app.services.collection.labels import LABEL_COLUMNS
from app.services.importing.columns.content import field_meant
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.columns.reading import detail_name
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.lido_resources import pictures_of
from app.services.importing.standards.markup import (
    Element,
    chosen_texts,
    text_of,
    texts,
)
from app.services.importing.standards.texts import joined, plain_text
from app.services.importing.standards.vocabulary import (
    DATE,
    RIGHTS,
    WorkDescription,
    first_year,
    number_of,
    years,
)

NAMESPACE = "http://www.lido-schema.org"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RECORD = f"{{{NAMESPACE}}}lido"
TYPE, PREFERENCE = f"{{{NAMESPACE}}}type", f"{{{NAMESPACE}}}pref"
NAMES = {"lido": NAMESPACE, "skos": SKOS}
MAKING = frozenset(
    (
        *("lido00007", "lido00012", "lido00013", "lido00025", "lido00224", "lido00484"),
        *("lido00486", "production", "creation", "designing", "design", "manufacture"),
        *("herstellung", "schöpfung", "geistigeschöpfung", "entwurf", "entstehung"),
        *("création", "fabrication", "conception", "creación", "producción", "diseño"),
        *("produzione", "creazione", "vervaardiging", "completion"),
    )
)
"""Identifiers and names of the types of event in which a work comes to be."""
INVENTORY = ("inv", "accession", "lido00113", "object number")
"""What the type of a number says that is the inventory number."""


def record_of(number: int, lido: Element, language: str) -> Record:
    """Return what a LIDO record says of a work.

    Parameters
    ----------
    number : int
        Its position in the file.
    lido : Element
        Of the name :data:`RECORD`.
    language : str
        Code of the language that is wanted.
    """
    return _Reader(lido, language).record(number)


class _Reader:
    """Reader of one record."""

    def __init__(self, lido: Element, language: str) -> None:
        self._lido = lido
        self._language = language
        self._found = WorkDescription()

    def record(self, number: int) -> Record:
        """Return what the record says."""
        found = self._found
        self._add_title()
        self._add_makers()
        found.add(
            "type", self._concepts(".//lido:objectWorkTypeWrap/lido:objectWorkType")
        )
        classified = ".//lido:classificationWrap/lido:classification"
        found.add_detail("Classification", self._concepts(classified))
        self._add_whereabouts()
        shown = self._all(".//lido:displayObjectMeasurements")
        found.add_languages(DIMENSIONS, texts(shown))
        for name, path in {
            "Inscriptions": ".//lido:inscriptionTranscription",
            "Edition": ".//lido:displayEdition",
        }.items():
            found.add_detail(name, self._texts(path))
        if not shown:
            found.add_languages(DIMENSIONS, {"": self._measurements()})
        self._add_descriptions()
        shown = self._texts(".//lido:displaySubject")
        found.add_subjects(shown)
        if not shown:
            subjects = self._concepts(".//lido:subject/lido:subjectConcept")
            found.add_detail("Subjects", subjects)
        self._add_rights()
        links = self._texts(".//lido:recordInfoSet/lido:recordInfoLink")
        found.add("source", links[:1])
        found.images = pictures_of(self._lido)
        identifier = joined(self._texts("lido:lidoRecID")[:1])
        found.accession = self._inventory_number() or number_of(identifier)
        record = found.record(number, identifier)
        record.identifier = identifier or record.accession
        record.fault = fault_of(record)
        return record

    def _add_title(self) -> None:
        """Add the preferred title, and the others as a detail."""
        sets = self._all(".//lido:titleWrap/lido:titleSet")
        preferred = [one for one in sets if not _is_alternative(one)] or sets
        titles = [title for one in preferred for title in self._names(one)]
        self._found.add("title", titles[:1])
        values = [
            value
            for one in preferred[:1]
            for value in self._all("lido:appellationValue", one)
            if _is_usual(value)
        ]
        self._found.add_languages("title", texts(values), most=1)
        every = [title for one in sets for title in self._names(one)]
        others = [title for title in dict.fromkeys(every) if title not in titles[:1]]
        self._found.add_detail("Other titles", others)

    def _add_makers(self) -> None:
        """Add who made the work, when, where and of what."""
        found = self._found
        dates: list[str] = []
        for event in self._making():
            for actor in self._all("lido:eventActor", event):
                name, shown = self._actor(actor)
                found.add("artist", [name or shown])
                if shown != name:
                    found.add_detail("Maker", [shown])
            dates += self._date(event)
            placed = self._texts("lido:eventPlace/lido:displayPlace", event)
            places = self._names_in(
                "lido:eventPlace/lido:place/lido:namePlaceSet", event
            )
            found.add_detail("Place", placed or places)
            found.add("school", self._concepts("lido:culture", event))
            found.add("technique", self._materials("lido:eventMaterialsTech", event))
        if not found.has("technique"):
            path = ".//lido:objectMaterialsTechSet"
            found.add("technique", self._materials(path, self._lido))
        # Designed in one year and printed in another: the first that is said counts.
        found.add(DATE, dates[:1])

    def _making(self) -> list[Element]:
        """Return the events in which the work is made, or else those of no type."""
        events = self._all(".//lido:eventSet/lido:event")
        making = [event for event in events if self._kinds(event) & MAKING]
        return making or [event for event in events if not self._kinds(event)]

    def _kinds(self, event: Element) -> set[str]:
        kinds = set()
        for part in self._all("lido:eventType//*", event):
            text = text_of(part).rstrip("/")
            kinds.add(text.rpartition("/")[2].replace(" ", "").casefold())
            for attribute in part.attrib.values():
                kinds.add(str(attribute).rpartition("/")[2].casefold())
        return kinds - {"", "uri", "local", "preferred", "alternate"}

    def _actor(self, actor: Element) -> tuple[str, str]:
        """Return an actor's name and how it is displayed; "" where that is not said."""
        shown = joined(self._texts(".//lido:displayActorInRole", actor)[:1])
        names = self._names_in(".//lido:actor/lido:nameActorSet", actor)
        name = names[0] if names else ""
        qualifier = joined(self._texts(".//lido:attributionQualifierActor", actor))
        if name and qualifier:
            # Without it a copy would be the master's own work.
            return shown or f"{name} ({qualifier})", shown
        return name, shown

    def _date(self, event: Element) -> list[str]:
        shown = self._texts("lido:eventDate/lido:displayDate", event)
        if shown:
            return shown[:1]
        span = {
            name: joined(self._texts(f"lido:eventDate/lido:date/lido:{tag}", event)[:1])
            for name, tag in {"first": "earliestDate", "last": "latestDate"}.items()
        }
        exact = [first_year(one) and one for one in span.values()]
        # A single day stays one; of a span the years are enough.
        if exact[0] and exact[0] == exact[1]:
            return exact[:1]
        return list(filter(None, [years(span)]))

    def _materials(self, path: str, inside: Element) -> list[str]:
        shown = self._texts(f"{path}/lido:displayMaterialsTech", inside)
        terms = f"{path}/lido:materialsTech/lido:termMaterialsTech"
        return shown or self._concepts(terms, inside)

    def _add_whereabouts(self) -> None:
        for one in self._repositories():
            place = "lido:repositoryLocation/lido:namePlaceSet"
            names = self._names_in("lido:repositoryName/lido:legalBodyName", one)
            where = [*names[:1], *self._names_in(place, one)[:1]]
            self._found.add("location", [", ".join(where)])

    def _repositories(self) -> list[Element]:
        """Return the repositories that have the work now."""
        sets = self._all(".//lido:repositoryWrap/lido:repositorySet")
        return [
            one
            for one in sets
            if one.get(TYPE, "current").rpartition("/")[2] not in FORMER
        ]

    def _inventory_number(self) -> str:
        current = [
            one
            for repository in self._repositories()
            for one in self._all("lido:workID", repository)
            if "former" not in (one.get(TYPE) or "").lower() and text_of(one)
        ]
        sure = [one for one in current if _is_inventory(one.get(TYPE) or "")]
        return text_of((sure or current)[0]) if current else ""

    def _measurements(self) -> Iterator[str]:
        for one in self._all(".//lido:measurementSet"):
            parts = (
                joined(self._texts(f"lido:{name}", one)[:1])
                for name in ("measurementType", "measurementValue", "measurementUnit")
            )
            yield " ".join(filter(None, parts))

    def _add_descriptions(self) -> None:
        """Add notes under the names of their types, where these are words."""
        notes: dict[str, list[Element]] = {}
        for one in self._all(".//lido:objectDescriptionSet"):
            kind = str(one.get(TYPE) or "")
            name = "Description" if is_address(kind) or not kind else kind
            notes.setdefault(name, []).append(one)
        for name, sets in notes.items():
            values = [
                value
                for one in sets
                for value in self._all("lido:descriptiveNoteValue", one)
            ]
            field = field_meant(name)[0] if name not in LABEL_COLUMNS else ""
            if field and field not in LABEL_COLUMNS:
                self._found.add_languages(field, texts(values))
            elif len(texts(values)) > 1 and name not in LABEL_COLUMNS:
                self._found.add_languages(detail_name(name), texts(values))
            else:
                self._found.add_detail(name, chosen_texts(values, self._language))

    def _add_rights(self) -> None:
        """Add the rights in the work and in its pictures, whatever is said of them."""
        for path in (".//lido:rightsWorkSet", ".//lido:rightsResource"):
            for one in self._all(path):
                rights = [
                    *self._texts("lido:creditLine", one),
                    *self._concepts("lido:rightsType", one),
                    *self._names_in("lido:rightsHolder/lido:legalBodyName", one),
                ]
                uris = self._all("lido:rightsType/lido:conceptID", one)
                # A licence is known by its address; terms of vocabularies are not.
                rights += [text_of(u) for u in uris if _is_licence(text_of(u))]
                self._found.add(RIGHTS, rights)

    def _concepts(self, path: str, inside: Element | None = None) -> list[str]:
        """Return what concepts are called, each in one language and by one name."""
        found = []
        for concept in self._all(path, inside):
            terms = self._all("lido:term", concept) or self._all(
                "skos:Concept/skos:prefLabel", concept
            )
            usual = [one for one in terms if _is_usual(one)]
            found += chosen_texts(usual or terms, self._language)[:1]
        return list(dict.fromkeys(found))

    def _names_in(self, path: str, inside: Element) -> list[str]:
        names = [self._names(one) for one in self._all(path, inside)]
        return [one for some in names for one in some[:1]]

    def _names(self, named: Element) -> list[str]:
        """Return the names in a set, the preferred ones where some are."""
        values = self._all("lido:appellationValue", named)
        usual = [one for one in values if _is_usual(one)]
        return chosen_texts(usual or values, self._language)

    def _texts(self, path: str, inside: Element | None = None) -> list[str]:
        return [
            plain_text(text)
            for text in chosen_texts(self._all(path, inside), self._language)
        ]

    def _all(self, path: str, inside: Element | None = None) -> list[Element]:
        found = (self._lido if inside is None else inside).findall(path, NAMES)
        return list(found)


FORMER = ("former", "formerly", "lido00490")
"""Types of repositories that have the work no more."""


def _is_usual(named: Element) -> bool:
    """Tell whether a name is the usual one, as far as that is said."""
    preference = str(named.get(PREFERENCE) or "").rpartition("/")[2]
    is_other = preference in (
        "alternate",
        "alternative",
        "lido00170",
    )
    return not is_other and named.get(f"{{{NAMESPACE}}}addedSearchTerm") != "yes"


def _is_alternative(titles: Element) -> bool:
    kind = f"{titles.get(TYPE) or ''} {titles.get(PREFERENCE) or ''}".lower()
    return "alternat" in kind or "former" in kind


def _is_inventory(kind: str) -> bool:
    return any(word in kind.lower() for word in INVENTORY)


def _is_licence(address: str) -> bool:
    return "creativecommons.org/" in address or "rightsstatements.org/" in address
