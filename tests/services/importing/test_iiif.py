import json

import pytest

from app.services.collection import manifests
from app.services.importing.iiif import field_of, read_manifests
from app.services.importing.pictures.source import SourceError
from app.services.system.fetching import LinkError, Refusal
from tests.services.importing.importer import rows_of, work
from tests.support.fakes import draw_picture
from tests.support.museum import encoded

PLACE = "https://museum.org/iiif/"


class FakeWeb:
    """Gives away what it was given, and nothing else."""

    def __init__(self, **files):
        self.files = {PLACE + name: data for name, data in files.items()}
        self.read_count = 0

    def read(self, address):
        self.read_count += 1
        if address not in self.files:
            raise LinkError(Refusal.STATUS)
        found = self.files[address]
        return found if isinstance(found, bytes) else json.dumps(found).encode()


def web_of(**files):
    return FakeWeb(**files)


def manifest(name, **facts):
    body = {"id": f"{PLACE}{name}.jpg", "type": "Image"}
    canvas = {"items": [{"items": [{"body": body}]}], "type": "Canvas"}
    return {
        "id": PLACE + name,
        "type": "Manifest",
        "label": {"de": ["Hase"], "en": ["Hare"]},
        "metadata": [
            {"label": {"en": ["Accession number"]}, "value": {"none": [f"A.{name}"]}},
            {"label": {"en": ["Artist"]}, "value": {"en": ["Dürer"]}},
            {"label": {"en": ["Dimensions"]}, "value": {"none": ["25 cm", "9 in"]}},
        ],
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "items": [canvas],
        **facts,
    }


def collection(*names, kind="Manifest"):
    items = [{"id": PLACE + name, "type": kind} for name in names]
    return {"id": PLACE + "all", "type": "Collection", "items": items}


def test_a_manifest_says_what_a_work_is():
    [record] = read_manifests(json.dumps(manifest("1")).encode(), None)
    assert record.fault is None
    assert (record.accession, record.images) == ("A.1", [f"{PLACE}1.jpg"])
    assert record.label == {
        "title": "Hare",
        "artist": "Dürer",
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "source": f"{PLACE}1",
    }
    assert record.details == {"Dimensions": "25 cm; 9 in"}


def test_without_a_number_the_address_makes_one():
    plain = manifest("7", metadata=[], id=f"{PLACE}7/manifest.json")
    [record] = read_manifests(json.dumps(plain).encode(), None)
    assert record.accession == "7"


def test_collections_are_followed_and_what_is_missing_is_named():
    web = web_of(
        all=collection("inner", kind="Collection"),
        inner=collection("1", "2", "3", "1"),
    )
    web.files |= {PLACE + "1": manifest("1"), PLACE + "2": b"<html>"}
    found = [
        (record.accession, record.fault and record.fault.code)
        for record in read_manifests(PLACE + "all", web)
    ]
    assert found == [
        ("A.1", None),
        ("2", "manifest_unusable"),
        ("3", "manifest_refused"),
    ]


def test_collections_that_hold_themselves_come_to_an_end():
    web = web_of(all=collection("all", "more", kind="Collection"))
    web.files[PLACE + "more"] = collection("all", kind="Collection")
    assert list(read_manifests(PLACE + "all", web)) == []
    assert web.read_count <= 4


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b'{"type": "Canvas"}', b'{"@type": "sc:Manifest"}', b"[" * 100_000],
)
def test_what_is_no_manifest_is_refused(document):
    with pytest.raises(SourceError, match="neither a manifest nor a collection"):
        list(read_manifests(document, None))


@pytest.mark.parametrize(
    "items", [None, 7, "x", [None], [{"items": {"items": [{"body": None}]}}]]
)
def test_odd_manifests_break_nothing(items):
    odd = manifest("1", items=items, metadata=items, homepage=items, label=items)
    [record] = read_manifests(json.dumps(odd).encode(), None)
    assert record.images == []


def test_addresses_are_not_followed_where_that_is_switched_off():
    with pytest.raises(SourceError, match="MORELLI_LINKS"):
        list(read_manifests(PLACE + "all", None))


def test_names_in_the_metadata_are_understood():
    assert field_of("Inv. No.") == "accession"
    assert field_of("Medium") == "technique"
    assert field_of("Weight") == ""


def test_works_are_imported_with_pictures_from_the_web(importer):
    web = web_of(all=collection("1", "2"))
    web.files |= {
        PLACE + "1": manifest("1"),
        PLACE + "2": manifest("2"),
        PLACE + "1.jpg": encoded(draw_picture(60)),
    }
    importer.use_web(web)
    data = json.dumps(web.files[PLACE + "all"])
    run = importer.bring_in(data, "all.json")
    assert rows_of(run) == [
        (1, "A.1", "created", []),
        (2, "A.2", "created", ["picture_refused"]),
    ]
    assert len(work("A.1").images) == 1
    fetched = web.read_count
    again = importer.bring_in(data, "all.json")
    assert rows_of(again)[0] == (1, "A.1", "unchanged", [])
    # The manifests and the picture that failed, but not the one that is there.
    assert web.read_count == fetched + 3


def test_our_own_manifests_come_back(importer):
    original = work("1900.0")
    place = PLACE.__add__
    described = manifests.manifest(
        original, manifests.Addresses(place("m"), place("p"), place, place)
    )
    run = importer.plan(json.dumps(described), "m.json", fetches=False)
    [row] = rows_of(run)
    assert row[1] == "1900.0"
