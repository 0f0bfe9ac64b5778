"""Reader of LIDO 1.0 and 1.1: what one record says of a work.

Concepts, names and texts are taken in the site's language where they are in several,
and kept in the others.
"""

from collections.abc import Iterator

from app.services.collection.content.fields import CREDIT, DIMENSIONS
from app.services.collection.labels import LABEL_COLUMNS
from app.services.importing.columns.content import field_meant
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.columns.reading import detail_name
from app.services.importing.media.said import OTHER_MEDIA
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.lido.events import add_events
from app.services.importing.standards.lido.media import media_of, other_texts_of
from app.services.importing.standards.lido.parts import (
    NAMESPACE,
    PREFERENCE,
    LidoParts,
    is_usual,
    kind_of,
)
from app.services.importing.standards.lido.resources import pictures_of
from app.services.importing.standards.markup import (
    Element,
    chosen_texts,
    language_of,
    text_of,
    texts,
)
from app.services.importing.standards.texts import Spoken, joined, plain_text, primary
from app.services.importing.standards.vocabulary import (
    RIGHTS,
    WorkDescription,
    number_of,
)

RECORD = f"{{{NAMESPACE}}}lido"
INVENTORY = ("inv", "accession", "lido00113", "object number")
"""What the type of a number says that is the inventory number."""
FORMER = ("former", "formerly", "lido00490")
"""Types of repositories that have the work no more."""
DETAILS = {
    "Inscriptions": ".//lido:inscriptionTranscription",
    "Inscription notes": ".//lido:inscriptionDescription/lido:descriptiveNoteValue",
    "State": ".//lido:displayState",
    "Edition": ".//lido:displayEdition",
    "Related works": ".//lido:relatedWork/lido:displayObject",
}
"""What is no field of ours, and where it stands."""


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
    found = WorkDescription()
    parts = LidoParts(lido, language)
    repositories = _repositories(parts)
    identifier = joined(parts.texts("lido:lidoRecID")[:1])
    found.accession = _inventory_number(repositories) or number_of(identifier)
    found.images = pictures_of(lido)
    for medium in media_of(lido, language):
        found.add_media(medium)
    found.add_detail(OTHER_MEDIA, other_texts_of(lido))
    links = parts.texts(".//lido:recordInfoSet/lido:recordInfoLink")
    published = filter(is_address, parts.texts("lido:objectPublishedID"))
    found.add("source", (links or list(published))[:1])
    translations = list(_taken_out(parts, "descriptiveMetadata"))
    _describe(found, parts)
    for one in translations:
        translated = WorkDescription()
        _describe(translated, one)
        found.add_translation(translated, one.language)
    list(_taken_out(parts, "administrativeMetadata"))
    _add_rights(found, parts)
    record = found.record(number, identifier)
    record.identifier = identifier or record.accession
    record.fault = fault_of(record)
    return record


def _taken_out(parts: LidoParts, name: str) -> Iterator[LidoParts]:
    """Leave one description in a record, and yield those in other languages.

    A record may have all of its parts once for each of its languages.
    """
    blocks: dict[str, Element] = {}
    for one in parts.all(f"lido:{name}"):
        blocks.setdefault(primary(language_of(one)), one)
    wanted = (tag for tag in (parts.language, "en") if tag in blocks)
    kept = next(wanted, next(iter(blocks), ""))
    for language, one in blocks.items():
        if language != kept:
            parts.element.remove(one)
            yield LidoParts(one, language)


def _describe(found: WorkDescription, parts: LidoParts) -> None:
    """Add what a record, or its part in one language, says that a work is."""
    _add_title(found, parts)
    add_events(found, parts)
    kinds = parts.concepts(".//lido:objectWorkTypeWrap/lido:objectWorkType")
    found.add_things("type", kinds, parts.language)
    path = ".//lido:objectWorkTypeWrap/lido:objectWorkType/lido:conceptID"
    found.add_codes("type", parts.identifiers(path))
    classified = ".//lido:classificationWrap/lido:classification"
    found.add_detail("Classification", parts.terms(classified))
    for one in _repositories(parts):
        _add_whereabouts(found, one)
    for name, path in DETAILS.items():
        found.add_detail(name, parts.texts(path))
    shown = parts.spoken(".//lido:displayObjectMeasurements")
    found.add_languages(DIMENSIONS, shown or {"": _measurements(parts)})
    _add_descriptions(found, parts)
    _add_subjects(found, parts)


def _add_title(found: WorkDescription, parts: LidoParts) -> None:
    """Add the preferred title in all its languages, and the others as a detail."""
    sets = parts.parts(".//lido:titleWrap/lido:titleSet")
    preferred = [one for one in sets if not _is_alternative(one.element)] or sets
    named = [one for some in preferred for one in some.all("lido:appellationValue")]
    usual = [one for one in named if is_usual(one)] or named
    found.add_spoken("title", texts(usual), parts.language, most=1)
    every = [one for some in sets for one in some.all("lido:appellationValue")]
    titles = map(plain_text, chosen_texts(every, parts.language))
    kept = {*found.said("title"), *found.detail_texts("title")}
    found.add_detail("Other titles", [one for one in titles if one not in kept])


def _repositories(parts: LidoParts) -> list[LidoParts]:
    """Return the repositories that have the work now."""
    sets = parts.parts(".//lido:repositoryWrap/lido:repositorySet")
    return [
        one for one in sets if kind_of(one.element).rpartition("/")[2] not in FORMER
    ]


def _add_whereabouts(found: WorkDescription, repository: LidoParts) -> None:
    known = repository.identifiers("lido:repositoryLocation/lido:placeID")
    found.add_codes("location", known)
    names = repository.named("lido:repositoryName/lido:legalBodyName")[:1]
    places = repository.names("lido:repositoryLocation/lido:namePlaceSet")[:1]
    if names:
        place = repository.named("lido:repositoryLocation/lido:namePlaceSet")[:1]
        found.add("location", [", ".join((*names, *place))])
    else:
        found.add_things("location", places, repository.language)


def _inventory_number(repositories: list[LidoParts]) -> str:
    current = [
        one
        for repository in repositories
        for one in repository.all("lido:workID")
        if "former" not in kind_of(one).lower() and text_of(one)
    ]
    sure = [one for one in current if _is_inventory(kind_of(one))]
    return text_of((sure or current)[0]) if current else ""


def _measurements(parts: LidoParts) -> Iterator[str]:
    path = ".//lido:objectMeasurementsSet//lido:measurementsSet"
    for one in parts.parts(path):
        measured = (
            joined(one.terms(f"lido:{name}")[:1]) or one.first(f"lido:{name}")
            for name in ("measurementType", "measurementValue", "measurementUnit")
        )
        yield " ".join(filter(None, measured))


def _add_descriptions(found: WorkDescription, parts: LidoParts) -> None:
    """Add notes under the names of their types, where these are words."""
    notes: dict[str, list[Element]] = {}
    for one in parts.parts(".//lido:objectDescriptionSet"):
        kind = kind_of(one.element)
        name = "Description" if is_address(kind) or not kind else kind
        notes.setdefault(name, []).extend(one.all("lido:descriptiveNoteValue"))
    for name, values in notes.items():
        field = field_meant(name)[0] if name not in LABEL_COLUMNS else ""
        if field and field not in LABEL_COLUMNS:
            found.add_languages(field, texts(values))
        elif len(texts(values)) > 1 and name not in LABEL_COLUMNS:
            found.add_languages(detail_name(name), texts(values))
        else:
            found.add_detail(name, chosen_texts(values, parts.language))


def _add_subjects(found: WorkDescription, parts: LidoParts) -> None:
    shown = parts.texts(".//lido:displaySubject")
    found.add_subjects(shown)
    if not shown:
        inside = ".//lido:subject/lido:"
        place = f"{inside}subjectPlace/lido:place/lido:namePlaceSet"
        actor = f"{inside}subjectActor/lido:actor/lido:nameActorSet"
        subjects = parts.terms(f"{inside}subjectConcept")
        found.add_detail(
            "Subjects", [*subjects, *parts.named(actor), *parts.named(place)]
        )


def _add_rights(found: WorkDescription, parts: LidoParts) -> None:
    """Add the rights in the work and in its pictures, whatever is said of them."""
    credited = found.detail_texts(CREDIT)
    rights: list[Spoken] = []
    for path in (".//lido:rightsWorkSet", ".//lido:rightsResource"):
        for one in parts.parts(path):
            lines = one.texts("lido:creditLine")
            # A licence is known by its address; terms of vocabularies are not.
            uris = map(text_of, one.all("lido:rightsType/lido:conceptID"))
            said = one.named("lido:rightsHolder/lido:legalBodyName")
            rights += [{"": [line]} for line in lines if line not in credited]
            rights += one.concepts("lido:rightsType")
            rights += [{"": [text]} for text in (*said, *filter(_is_licence, uris))]
    found.add_things(RIGHTS, rights, parts.language)


def _is_alternative(titles: Element) -> bool:
    kind = f"{kind_of(titles)} {titles.get(PREFERENCE) or ''}".lower()
    return "alternat" in kind or "former" in kind


def _is_inventory(kind: str) -> bool:
    return any(word in kind.lower() for word in INVENTORY)


def _is_licence(address: str) -> bool:
    return "creativecommons.org/" in address or "rightsstatements.org/" in address
