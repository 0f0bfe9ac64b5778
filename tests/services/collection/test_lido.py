import re
import xml.etree.ElementTree as ET

import pytest

from app.extensions import db
from app.models import Artwork, MediaKind, ReferenceImage, WorkMedia, now
from app.services.collection.lido import (
    NAMESPACE,
    iso_year,
    lido_record,
    lido_records,
)
from app.services.collection.manifests import Addresses

MUSEUM = "Museum of Towns"
LABEL = {
    "title": "Kouros & <friends>",
    "artist": "Ada Bright",
    "date": "550–525 B.C.",
    "technique": "Marble",
    "type": "Sculpture",
    "school": "Attic",
    "location": "Room 12",
    "source": "Inventory of 1900",
    "rights": "Museum",
}
# Children that LIDO 1.1 lets an element have, in the order that its schema wants
# (xs:sequence), as far as we write them. No package ships the schema: docs/formats.md
# says how exports were checked with it.
CHILDREN = {
    "lidoWrap": "lido",
    "lido": "lidoRecID objectPublishedID descriptiveMetadata administrativeMetadata",
    "descriptiveMetadata": "objectClassificationWrap objectIdentificationWrap eventWrap"
    " objectRelationWrap",
    "objectClassificationWrap": "objectWorkTypeWrap",
    "objectWorkTypeWrap": "objectWorkType",
    "objectWorkType": "conceptID term",
    "objectIdentificationWrap": "titleWrap repositoryWrap objectDescriptionWrap"
    " objectMeasurementsWrap",
    "titleWrap": "titleSet",
    "titleSet": "appellationValue",
    "repositoryWrap": "repositorySet",
    "repositorySet": "repositoryName workID repositoryLocation",
    "repositoryLocation": "placeID namePlaceSet",
    "namePlaceSet": "appellationValue",
    "objectDescriptionWrap": "objectDescriptionSet",
    "objectDescriptionSet": "descriptiveNoteValue",
    "objectMeasurementsWrap": "objectMeasurementsSet",
    "objectMeasurementsSet": "displayObjectMeasurements",
    "eventWrap": "eventSet",
    "eventSet": "event",
    "event": "eventType eventActor culture eventDate eventMaterialsTech",
    "eventType": "conceptID term",
    "eventActor": "displayActorInRole actorInRole",
    "actorInRole": "actor",
    "actor": "actorID nameActorSet",
    "nameActorSet": "appellationValue",
    "culture": "conceptID term",
    "eventDate": "displayDate date",
    "date": "earliestDate latestDate",
    "eventMaterialsTech": "displayMaterialsTech materialsTech",
    "materialsTech": "termMaterialsTech",
    "termMaterialsTech": "conceptID term",
    "objectRelationWrap": "subjectWrap",
    "subjectWrap": "subjectSet",
    "subjectSet": "displaySubject",
    "administrativeMetadata": "rightsWorkWrap recordWrap resourceWrap",
    "rightsWorkWrap": "rightsWorkSet",
    "rightsWorkSet": "rightsType creditLine",
    "rightsType": "conceptID term",
    "recordWrap": "recordID recordType recordSource recordInfoSet",
    "recordType": "conceptID term",
    "recordSource": "legalBodyName",
    "legalBodyName": "appellationValue",
    "recordInfoSet": "recordInfoLink",
    "resourceWrap": "resourceSet",
    "resourceSet": "resourceID resourceRepresentation resourceType resourceDescription",
    "resourceType": "conceptID term",
    "resourceRepresentation": "linkResource",
}
NEEDED = {
    "lidoWrap": {"lido"},
    "lido": {"lidoRecID", "descriptiveMetadata", "administrativeMetadata"},
    "descriptiveMetadata": {"objectClassificationWrap", "objectIdentificationWrap"},
    "objectClassificationWrap": {"objectWorkTypeWrap"},
    "objectIdentificationWrap": {"titleWrap"},
    "objectWorkTypeWrap": {"objectWorkType"},
    "titleWrap": {"titleSet"},
    "titleSet": {"appellationValue"},
    "nameActorSet": {"appellationValue"},
    "namePlaceSet": {"appellationValue"},
    "legalBodyName": {"appellationValue"},
    "event": {"eventType"},
    "actorInRole": {"actor"},
    "administrativeMetadata": {"recordWrap"},
    "recordWrap": {"recordID", "recordType", "recordSource"},
    "resourceRepresentation": {"linkResource"},
}
"""Children that must be there."""
TYPED = {
    *("lidoRecID", "objectPublishedID", "recordID", "resourceID"),
    *("conceptID", "actorID", "placeID"),
}
"""Identifiers, which must say of what type they are."""
ONCE = {
    *("objectClassificationWrap", "objectIdentificationWrap", "eventWrap", "titleWrap"),
    *("objectRelationWrap", "objectWorkTypeWrap", "repositoryWrap", "subjectWrap"),
    *("objectDescriptionWrap", "objectMeasurementsWrap", "repositoryLocation", "event"),
    *("eventType", "actorInRole", "actor", "eventDate", "date", "earliestDate"),
    *("latestDate", "rightsWorkWrap", "recordWrap", "resourceWrap", "recordType"),
    "linkResource",
}
"""Children that an element has one of at most."""
SPOKEN = {
    *("appellationValue", "descriptiveNoteValue", "displayObjectMeasurements", "term"),
    *("displayActorInRole", "displayDate", "displayMaterialsTech", "displaySubject"),
    *("creditLine", "descriptiveMetadata", "administrativeMetadata"),
    *("resourceDescription", "linkResource"),
}
"""Elements that may say in which language they are."""
TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""Language, as XML Schema has it (xs:language)."""


def name_of(element):
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def faults_of(element):
    """What the schema of LIDO 1.1 would find wrong with an element."""
    name = name_of(element)
    children = [name_of(child) for child in element]
    allowed = CHILDREN.get(name, "").split()
    found = [f"{child} in {name}" for child in children if child not in allowed]
    places = [allowed.index(child) for child in children if child in allowed]
    if places != sorted(places):
        found.append(f"order in {name}: {children}")
    found += [f"no {one} in {name}" for one in NEEDED.get(name, set()) - set(children)]
    found += [f"two {one} in {name}" for one in ONCE if children.count(one) > 1]
    if name in TYPED and not element.get(f"{{{NAMESPACE}}}type"):
        found.append(f"no type of {name}")
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    if language and not (name in SPOKEN and TAG.fullmatch(language)):
        found.append(f"{name} in {language}")
    if name in ("descriptiveMetadata", "administrativeMetadata") and not language:
        found.append(f"no language of {name}")
    return found + [fault for child in element for fault in faults_of(child)]


def addresses_of(accession):
    place = "https://museum.example/".__add__
    return Addresses(
        place("m/" + accession), place("w/" + accession), place, place, place
    )


@pytest.fixture
def full(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    image = ReferenceImage(sha256="a" * 64, media_name="a.jpg", width=3, height=2)
    facts = {"details": {"Height & width": "3 cm", "Blank": ""}, "images": [image]}
    work = Artwork(accession="1/2", stated_subjects=" dog ship ", **facts, **LABEL)
    db.session.add(work)
    db.session.add(Artwork(accession="2"))
    db.session.add(Artwork(accession="3", withdrawn_at=now()))
    db.session.commit()
    return work


def texts(record, name):
    found = ET.fromstring(record).iter(f"{{{NAMESPACE}}}{name}")  # noqa: S314 - ours
    return [element.text for element in found]


def test_the_schema_finds_nothing(full):
    whole = "".join(lido_records(db.session(), addresses_of, MUSEUM))
    root = ET.fromstring(whole)  # noqa: S314 - ours
    assert faults_of(root) == []
    assert len(root) == 2


def test_the_schema_finds_nothing_in_several_languages(full):
    spoken = {f"{name}@pt-BR": f"{name} em português" for name in LABEL}
    texts_of_visitors = {
        "dimensions": "3 cm",
        "credit": "Gift",
        "story@zh-Hans": "故事",
    }
    full.details = {**spoken, **texts_of_visitors, "credit@de": "Schenkung"}
    full.earliest_year = full.latest_year = -1
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert faults_of(ET.fromstring(record)) == []  # noqa: S314 - ours
    assert texts(record, "displayDate") == ["550–525 B.C.", "date em português"]
    assert texts(record, "displayMaterialsTech")[1] == "technique em português"
    assert texts(record, "creditLine") == ["Gift", "Schenkung"]


def test_a_record_leads_to_recordings_and_pages(full):
    audio = {"media_name": "a.mp3", "mimetype": "audio/mpeg", "title": "Führung"}
    full.media = [
        WorkMedia(kind=MediaKind.AUDIO, language="de", **audio),
        WorkMedia(kind=MediaKind.LINK, address="https://museum.example/more"),
    ]
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert faults_of(ET.fromstring(record)) == []  # noqa: S314 - ours
    assert texts(record, "linkResource")[1:] == [
        "https://museum.example/a.mp3",
        "https://museum.example/more",
    ]
    assert texts(record, "resourceDescription") == ["Führung"]


def test_a_record_names_whom_it_is_from(full):
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert MUSEUM in texts(record, "appellationValue")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<lido:titleWrap>", "<lido:titleWrap><lido:titleSet/>", "no appellationValue"),
        ("</lido:titleWrap>", "</lido:titleWrap><lido:titleWrap/>", "two titleWrap"),
        ("lido:eventWrap", "lido:resourceWrap", "resourceWrap in descriptiveMeta"),
        ('xml:lang="mul"', 'xml:lang="a b"', "descriptiveMetadata in a b"),
        (' lido:type="http://terminology.lido-schema.org/lido00099"', "", "no type of"),
    ],
)
def test_what_the_schema_would_find_is_found(full, before, after, said):
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert before in record
    faults = faults_of(ET.fromstring(record.replace(before, after)))  # noqa: S314 - ours
    assert any(said in fault for fault in faults)


def test_a_record_says_all_of_a_label(full):
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    said = " ".join(filter(None, ET.fromstring(record).itertext()))  # noqa: S314 - ours
    for words in LABEL.values():
        assert words in said
    assert texts(record, "workID") == ["1/2"]
    assert texts(record, "earliestDate") == ["-0549"]
    assert texts(record, "latestDate") == ["-0524"]
    assert texts(record, "descriptiveNoteValue") == ["3 cm"]
    [link] = texts(record, "linkResource")
    assert link == f"https://museum.example/{'a' * 64}/full/max/0/default.jpg"


def test_a_licence_is_an_address(full):
    full.rights = "https://creativecommons.org/publicdomain/zero/1.0/"
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert full.rights in texts(record, "conceptID")


CODES = {
    "artist_ulan": "500115493",
    "artist_wikidata": "Q5580",
    "technique_aat": "300011443",
    "type_aat": "300047090",
    "school_aat": "300020081",
    "location_tgn": "7007567",
}


def test_codes_of_a_label_are_identifiers(full):
    full.details = {**full.details, **CODES}
    record = lido_record(full, addresses_of("1/2"), MUSEUM)
    assert faults_of(ET.fromstring(record)) == []  # noqa: S314 - ours
    assert texts(record, "actorID") == [
        "http://vocab.getty.edu/ulan/500115493",
        "http://www.wikidata.org/entity/Q5580",
    ]
    assert texts(record, "placeID") == ["http://vocab.getty.edu/tgn/7007567"]
    concepts = texts(record, "conceptID")
    for code in ("300011443", "300047090", "300020081"):
        assert f"http://vocab.getty.edu/aat/{code}" in concepts
    assert texts(record, "descriptiveNoteValue") == ["3 cm"]


def test_signs_that_no_xml_may_hold_are_replaced(full):
    full.title = "a\x01b\ufffec"
    record = lido_record(full, addresses_of("x"), MUSEUM)
    assert texts(record, "appellationValue")[0] == "a\ufffdb\ufffdc"


def test_years_as_iso_has_them():
    years = [iso_year(one) for one in (-550, -2, -1, 1, 79, 1650)]
    assert years == ["-0549", "-0001", "0000", "0001", "0079", "1650"]
