import json

import pytest

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.services.collection.linked_art import describe_object, linked_art
from tests.services.collection.test_lido import CODES, LABEL, addresses_of


@pytest.fixture
def full(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    image = ReferenceImage(sha256="a" * 64, media_name="a.jpg", width=3, height=2)
    facts = {"details": {"Height": "3 cm", "Blank": ""}, "images": [image]}
    work = Artwork(accession="1/2", stated_subjects=" dog ship ", **facts, **LABEL)
    db.session.add(work)
    db.session.add(Artwork(accession="2"))
    db.session.commit()
    return work


def test_a_work_is_described_with_all_of_its_label(full):
    described = describe_object(full, addresses_of("1/2"))
    written = json.dumps(described, ensure_ascii=False)
    for words in LABEL.values():
        assert words in written
    assert described["id"] == "https://museum.example/w/1/2"
    assert described["type"] == "HumanMadeObject"
    span = described["produced_by"]["timespan"]
    assert span["begin_of_the_begin"] == "-0549-01-01T00:00:00Z"
    assert span["end_of_the_end"] == "-0524-12-31T23:59:59Z"
    assert "3 cm" in written
    assert "Blank" not in written
    [shown] = described["representation"]
    [point] = shown["digitally_shown_by"][0]["access_point"]
    assert point["id"].endswith("/full/max/0/default.jpg")


def test_every_part_has_a_type(full):
    def parts(node):
        if isinstance(node, dict):
            yield node
        for child in node.values() if isinstance(node, dict) else node:
            if isinstance(child, dict | list):
                yield from parts(child)

    for part in parts(describe_object(full, addresses_of("1/2"))):
        assert part["type"]


def test_codes_of_a_label_name_its_concepts(full):
    full.details = {**full.details, **CODES}
    described = describe_object(full, addresses_of("1/2"))
    [maker] = described["produced_by"]["carried_out_by"]
    assert maker["id"] == "http://vocab.getty.edu/ulan/500115493"
    assert [one["id"] for one in maker["equivalent"]] == [
        "http://www.wikidata.org/entity/Q5580"
    ]
    [technique] = described["produced_by"]["technique"]
    assert technique["id"] == "http://vocab.getty.edu/aat/300011443"
    kind, style = described["classified_as"]
    assert kind["id"] == "http://vocab.getty.edu/aat/300047090"
    assert style["id"] == "http://vocab.getty.edu/aat/300020081"
    place = described["current_location"]
    assert place["id"] == "http://vocab.getty.edu/tgn/7007567"
    assert "500115493" not in json.dumps(described["referred_to_by"])


def test_a_licence_is_a_right(full):
    full.rights = "http://rightsstatements.org/vocab/InC/1.0/"
    described = describe_object(full, addresses_of("1/2"))
    [right] = described["subject_to"]
    assert right["classified_as"][0]["id"] == full.rights
    assert full.rights not in json.dumps(described["referred_to_by"])


def test_the_whole_is_one_document(full):
    whole = json.loads("".join(linked_art(db.session(), addresses_of)))
    assert [one["_label"] for one in whole["@graph"]] == [LABEL["title"], "2"]
    assert "representation" not in whole["@graph"][1]


def test_an_empty_collection_is_a_document_too(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    db.session.commit()
    assert json.loads("".join(linked_art(db.session(), addresses_of)))["@graph"] == []
