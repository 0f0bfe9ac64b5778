"""Reader of Linked Art 1.0: what a HumanMadeObject says of a work.

What kinds of names and statements there are is told by concepts of the Getty's Art &
Architecture Thesaurus. Of what is only referred to pictures are looked up, nothing
else: names stand beside their references.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.models.languages import normal_tag
from app.services.collection.content.fields import (
    CREDIT,
    DESCRIPTION,
    DIMENSIONS,
    TEXT_FIELDS,
)
from app.services.collection.linked_art import LANGUAGE_CONCEPTS
from app.services.importing.columns.reading import detail_name
from app.services.importing.messages import Remark
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.digital_objects import (
    DigitalObjects,
    kinds_of,
    number_of_concept,
)
from app.services.importing.standards.documents import (
    Library,
    id_of,
    objects,
    type_of,
)
from app.services.importing.standards.texts import (
    Spoken,
    chosen,
    label_texts,
    plain_text,
)
from app.services.importing.standards.vocabulary import (
    DATE,
    RIGHTS,
    WorkDescription,
    years,
)

TYPES = ("HumanMadeObject", "ManMadeObject")
LANGUAGES = {str(number): code for code, number in LANGUAGE_CONCEPTS.items()}
"""Codes of languages by the concepts that they are."""
PREFERRED, ACCESSION, WORK_TYPE = (*("300404670", "300312355", "300435443"),)
STATEMENTS = {
    "300435429": "technique",
    "300055768": "school",
    "300311705": "source",
    "300435434": RIGHTS,
    "300404126": "shows",
}
"""Statements that are a field: of materials, culture, source, rights."""
DETAILS = {
    "300435430": DIMENSIONS,
    "300435416": DESCRIPTION,
    "300411780": DESCRIPTION,
    "300435418": CREDIT,
    "300026687": CREDIT,
    "300435438": "Provenance",
    "300435414": "Inscriptions",
    "300435448": "Place",
}
CULTURE = "300055768"
"""Statement of a culture, and kind of what a work is classified as by it."""
CREATOR = "300435446"
"""Statement of who made a work, in words."""
QUALIFYING = ("attributed", "workshop", "follower", "circle", "after", "copy", "manner")
"""First words of what keeps a work from being a maker's own."""


def is_object(document: Any) -> bool:
    """Tell whether some JSON describes a work as Linked Art does."""
    return isinstance(document, dict) and type_of(document) in TYPES


def record_of(
    number: int, described: Mapping[str, Any], language: str, library: Library
) -> Record:
    """Return what a HumanMadeObject says of a work.

    Parameters
    ----------
    number : int
        Its position in what is read.
    language : str
        Code of the language that is wanted.
    library : Library
        Fetches what pictures are referred to.
    """
    return _Reader(dict(described), language, library).record(number)


class _Reader:
    """Reader of one work."""

    def __init__(
        self, described: dict[str, Any], language: str, library: Library
    ) -> None:
        self._work = described
        self._language = language
        self._digital = DigitalObjects(described, library)
        self._found = WorkDescription()

    def record(self, number: int) -> Record:
        """Return what the work's description says."""
        found, work = self._found, self._work
        self._add_names()
        self._add_statements()
        self._add_makers()
        every = objects(work.get("classified_as"))
        styles = [one for one in every if CULTURE in kinds_of(one)]
        kinds = [one for one in every if one not in styles]
        usual = [one for one in kinds if WORK_TYPE in kinds_of(one)] or kinds
        found.add_things("type", self._things(usual), self._language)
        found.add_codes("type", _addresses(usual))
        found.add_codes("school", _addresses(styles))
        if not found.has("technique"):
            found.add("technique", self._labels(objects(work.get("made_of"))))
        places = objects(work.get("current_location"))
        found.add_things("location", self._things(places), self._language)
        found.add_codes("location", _addresses(places))
        for name in ("current_keeper", "current_owner"):
            found.add_detail("Owner", self._labels(objects(work.get(name))))
        for right in objects(work.get("subject_to")):
            kinds = objects(right.get("classified_as"))
            found.add(RIGHTS, map(id_of, kinds))
            found.add(RIGHTS, self._labels(objects(right.get("identified_by"))))
        identifier = id_of(work)
        if not found.has("source"):
            found.add("source", [self._digital.page() or identifier])
        found.images = list(self._digital.pictures())
        record = found.record(number, identifier)
        record.identifier = identifier or record.accession
        record.fault = fault_of(record)
        if not record.images:
            record.remarks.append(Remark("no_picture"))
        return record

    def _identified_by(self, kind: str) -> list[dict[str, Any]]:
        identifiers = objects(self._work.get("identified_by"))
        return [one for one in identifiers if type_of(one) == kind]

    def _add_names(self) -> None:
        names = self._identified_by("Name")
        preferred = _preferred(names)
        spoken = self._spoken(preferred)
        titles = label_texts(spoken, self._language)
        others = [one for one in names if one not in preferred]
        self._found.add_detail("Other titles", self._contents(others))
        numbers = self._identified_by("Identifier")
        sure = [one for one in numbers if ACCESSION in kinds_of(one)]
        contents = self._contents(sure or numbers)
        self._found.accession = contents[0] if contents else ""
        label = plain_text(str(self._work.get("_label") or ""))
        if not titles and label != self._found.accession:
            titles = [label]
        self._found.add("title", titles[:1])
        self._found.add_languages("title", spoken, most=1)

    def _add_statements(self) -> None:
        statements = objects(self._work.get("referred_to_by"))
        for concept, field in STATEMENTS.items():
            meant = [one for one in statements if concept in kinds_of(one)]
            if field == "shows":
                self._found.add_subjects(self._contents(meant))
            else:
                spoken = self._spoken(meant)
                self._found.add_spoken(field, spoken, self._language)
        further: dict[str, list[dict[str, Any]]] = {}
        for one in statements:
            kinds = kinds_of(one)
            if not kinds & {*STATEMENTS, CREATOR}:
                known = next((DETAILS[kind] for kind in kinds if kind in DETAILS), "")
                name = known or str(one.get("_label") or "") or _kind_name(one)
                further.setdefault(name, []).append(one)
        for name, said in further.items():
            spoken = self._spoken(said)
            if name in TEXT_FIELDS or len(spoken.keys() - {""}) > 1:
                name = name if name in TEXT_FIELDS else detail_name(name)
                self._found.add_languages(name, spoken)
            else:
                for one in said:
                    self._found.add_detail(name, self._contents([one]))
        if not any(kind in DETAILS for one in statements for kind in kinds_of(one)):
            self._found.add_languages(DIMENSIONS, {"": self._measurements()})

    def _add_makers(self) -> None:
        """Add who made the work, and when."""
        for production in objects(self._work.get("produced_by")):
            parts = [production, *objects(production.get("part"))]
            for part in parts:
                makers = [
                    {
                        tag: [_qualified(one, part) for one in some]
                        for tag, some in thing.items()
                    }
                    for thing in self._things(objects(part.get("carried_out_by")))
                ]
                self._found.add_things("artist", makers, self._language)
                if not self._found.has(DATE):
                    date = self._date(part.get("timespan"))
                    self._found.add_spoken(DATE, date, self._language, most=1)
                places = self._labels(objects(part.get("took_place_at")))
                self._found.add_detail("Place", places)
            for field, name in (("artist", "carried_out_by"), ("technique",) * 2):
                things = [one for part in parts for one in objects(part.get(name))]
                self._found.add_codes(field, _addresses(things))
        if not self._found.has("artist"):
            said = [
                one
                for source in (self._work, *objects(self._work.get("produced_by")))
                for one in objects(source.get("referred_to_by"))
                if CREATOR in kinds_of(one)
            ]
            self._found.add("artist", self._contents(said))

    def _date(self, span: Any) -> Spoken:
        for one in objects(span):
            if said := self._spoken(objects(one.get("identified_by"))):
                return said
            if label := one.get("_label"):
                return {"": [plain_text(str(label))]}
            ends = {"first": "begin_of_the_begin", "last": "end_of_the_end"}
            span = {name: str(one.get(key) or "") for name, key in ends.items()}
            return {"": [years(span)]}
        return {}

    def _measurements(self) -> Iterator[str]:
        for one in objects(self._work.get("dimension")):
            unit = self._labels(objects(one.get("unit")))[:1]
            kind = self._labels(objects(one.get("classified_as")))[:1]
            if isinstance(one.get("value"), int | float):
                yield " ".join([*kind, str(one["value"]), *unit])

    def _contents(self, named: Iterable[dict[str, Any]]) -> list[str]:
        """Return what names or statements say, in the language that is wanted."""
        return chosen(self._spoken(named), self._language)

    def _spoken(self, named: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
        """Return what names or statements say, by language."""
        texts: dict[str, list[str]] = {}
        for one in named:
            spoken = map(_tag, objects(one.get("language")))
            code = next(filter(None, spoken), "")
            content = one.get("content")
            several = content if isinstance(content, list) else [content]
            said = [
                str(text) for text in several if isinstance(text, str | int | float)
            ]
            texts.setdefault(code, []).extend(said)
        return texts

    def _labels(self, things: Iterable[dict[str, Any]]) -> list[str]:
        """Return what things are called; those that are only referred to are not."""
        names = (chosen(one, self._language)[:1] for one in self._things(things))
        return [name for some in names for name in some]

    def _things(self, things: Iterable[dict[str, Any]]) -> list[Spoken]:
        """Return what things are called, each in its languages."""
        found: list[Spoken] = []
        for one in things:
            label = one.get("_label", one.get("content"))
            usual = _preferred(objects(one.get("identified_by")))
            if names := self._spoken(usual):
                found.append(names)
            elif label:
                found.append({"": [plain_text(str(label))]})
        return found


def _preferred(identifiers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the names among identifiers, the preferred ones where some are."""
    names = [one for one in identifiers if type_of(one) == "Name"]
    return [one for one in names if PREFERRED in kinds_of(one)] or names


def _tag(language: dict[str, Any]) -> str:
    """Return the code of a language: one that it is known by, or its concept's."""
    known = (str(one.get("content")) for one in objects(language.get("identified_by")))
    tag = next(filter(None, map(normal_tag, known)), "")
    return tag or LANGUAGES.get(number_of_concept(id_of(language)), "")


def _addresses(things: Iterable[dict[str, Any]]) -> list[str]:
    """Return what things are known by, also elsewhere."""
    every = ((one, *objects(one.get("equivalent"))) for one in things)
    return [id_of(one) for some in every for one in some]


def _kind_name(thing: dict[str, Any]) -> str:
    kinds = objects(thing.get("classified_as"))
    return next((str(kind["_label"]) for kind in kinds if kind.get("_label")), "")


def _qualified(maker: str, production: dict[str, Any]) -> str:
    said = _kind_name(production)
    return f"{maker} ({said})" if said.lower().startswith(QUALIFYING) else maker
