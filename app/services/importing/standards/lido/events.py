"""Events of LIDO: who made a work, when, where and of what; and what befell it later.

Of the events those count in which a work is made. Of the others it is kept what they
were, who took part, when and where.
"""

from collections.abc import Iterator

from app.services.importing.standards.lido.parts import LidoParts
from app.services.importing.standards.markup import text_of
from app.services.importing.standards.texts import Spoken, chosen, joined
from app.services.importing.standards.vocabulary import (
    DATE,
    WorkDescription,
    first_year,
    years,
)

MAKING = frozenset(
    (
        *("lido00007", "lido00012", "lido00013", "lido00025", "lido00224", "lido00484"),
        *("lido00486", "production", "creation", "designing", "design", "manufacture"),
        *("herstellung", "schöpfung", "geistigeschöpfung", "entwurf", "entstehung"),
        *("création", "fabrication", "conception", "creación", "producción", "diseño"),
        *("produzione", "creazione", "vervaardiging", "completion", "making"),
        *("fertigung", "ausführung", "réalisation", "fabricación", "elaboración"),
        *("realizzazione", "esecuzione", "ideazione", "fabbricazione", "progettazione"),
        *("productie", "ontwerp", "uitvoering", "produção", "criação", "fabrico"),
        *("valmistus", "suunnittelu", "tillverkning", "formgivning", "fremstilling"),
        *("produktion", "tilvirkning", "wytworzenie", "wykonanie", "powstanie"),
        *("výroba", "vznik", "zhotovení", "készítés", "создание", "изготовление"),
    )
)
"""Identifiers and names of the types of event in which a work comes to be."""
PREFERENCES = frozenset(("", "uri", "local", "preferred", "alternate"))
"""What attributes in a type say that is no type."""
CODED = {
    "artist": "lido:eventActor/lido:actorInRole/lido:actor/lido:actorID",
    "school": "lido:culture/lido:conceptID",
    "technique": "lido:eventMaterialsTech/lido:materialsTech/lido:termMaterialsTech"
    "/lido:conceptID",
}
"""Fields of which codes of vocabularies are known, and where these stand."""
PLACE = "lido:eventPlace/lido:place/lido:namePlaceSet"


def add_events(found: WorkDescription, record: LidoParts) -> None:
    """Add what the events of a record say of the work."""
    events = record.parts(".//lido:eventSet/lido:event")
    making = [one for one in events if _kinds(one) & MAKING]
    making = making or [one for one in events if not _kinds(one)]
    dates: list[Spoken] = []
    for event in making:
        _add_makers(found, event)
        dates += _dates(event)
        found.add_detail("Place", _places(event))
        found.add_detail("Period", event.terms("lido:periodName"))
        found.add_things("school", event.concepts("lido:culture"), record.language)
        _add_materials(found, event, "lido:eventMaterialsTech")
    if not found.has("technique"):
        _add_materials(found, record, ".//lido:objectMaterialsTechSet")
    # Designed in one year and printed in another: the first that is said counts.
    for date in dates[:1]:
        found.add_spoken(DATE, date, record.language, most=1)
    for field, path in CODED.items():
        known = (one.identifiers(path) for one in making)
        found.add_codes(field, (one for some in known for one in some))
    made = [one.element for one in making]
    for one in record.parts(".//lido:eventWrap/lido:eventSet"):
        if not any(event in made for event in one.all("lido:event")):
            _add_other(found, one)


def _kinds(event: LidoParts) -> set[str]:
    kinds = set()
    for part in event.all("lido:eventType//*"):
        text = text_of(part).rstrip("/")
        kinds.add(text.rpartition("/")[2].replace(" ", "").casefold())
        for attribute in part.attrib.values():
            kinds.add(str(attribute).rpartition("/")[2].casefold())
    return kinds - PREFERENCES


def _add_makers(found: WorkDescription, event: LidoParts) -> None:
    makers = []
    for actor in event.parts("lido:eventActor"):
        shown = actor.first("lido:displayActorInRole")
        if named := _actor(actor, shown):
            makers.append(named)
            if shown and shown not in chosen(named, event.language):
                found.add_detail("Maker", [shown])
    found.add_things("artist", makers, event.language)


def _actor(actor: LidoParts, shown: str) -> Spoken:
    """Return an actor's name; how it is displayed, where it has none."""
    names = actor.names(".//lido:actor/lido:nameActorSet")
    qualifier = joined(actor.texts(".//lido:attributionQualifierActor"))
    if names and qualifier:
        # Without it a copy would be the master's own work.
        name = joined(chosen(names[0], actor.language)[:1])
        return {"": [shown or f"{name} ({qualifier})"]}
    return names[0] if names else actor.spoken("lido:displayActorInRole")


def _add_materials(found: WorkDescription, inside: LidoParts, path: str) -> None:
    """Add materials and techniques, as they are displayed or else indexed."""
    shown = inside.spoken(f"{path}/lido:displayMaterialsTech")
    terms = f"{path}/lido:materialsTech/lido:termMaterialsTech"
    if shown:
        found.add_spoken("technique", shown, inside.language)
    else:
        found.add_things("technique", inside.concepts(terms), inside.language)


def _dates(event: LidoParts) -> Iterator[Spoken]:
    if shown := event.spoken("lido:eventDate/lido:displayDate"):
        yield shown
    elif date := _date_in_years(event):
        yield {"": [date]}


def _date_in_years(event: LidoParts) -> str:
    first, last = (
        event.first(f"lido:eventDate/lido:date/lido:{name}")
        for name in ("earliestDate", "latestDate")
    )
    # A single day stays one; of a span the years are enough.
    if first == last and first_year(first):
        return first
    return years({"first": first, "last": last})


def _places(event: LidoParts) -> list[str]:
    return event.texts("lido:eventPlace/lido:displayPlace") or event.named(PLACE)


def _add_other(found: WorkDescription, event_set: LidoParts) -> None:
    """Add an event in which the work was not made, under the name of its type."""
    shown = event_set.texts("lido:displayEvent")
    for event in event_set.parts("lido:event"):
        actors = [
            part.first("lido:displayActorInRole")
            or joined(part.named(".//lido:actor/lido:nameActorSet")[:1])
            for part in event.parts("lido:eventActor")
        ]
        dated = event.first("lido:eventDate/lido:displayDate") or _date_in_years(event)
        notes = event.texts("lido:eventDescriptionSet/lido:descriptiveNoteValue")
        said = ", ".join(filter(None, (*actors, dated, *_places(event), *notes)))
        kind = joined(event.terms("lido:eventType")) or "Event"
        found.add_detail(kind, shown or filter(None, [said]))
