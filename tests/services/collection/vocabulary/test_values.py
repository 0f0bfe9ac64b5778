import pytest

from app.extensions import db
from app.models import Artwork
from app.services.collection.vocabulary.values import SUGGESTED, suggest_values


@pytest.fixture
def works(in_app):
    for number, said in enumerate(
        ["Oil on panel", "Oil on panel", "Oil on copper", "Charcoal and oil", "100 %"]
    ):
        db.session.add(Artwork(accession=f"v{number}", school=said))
    db.session.commit()


def test_values_that_begin_so_come_first_then_the_frequent_ones(works):
    found = suggest_values(db.session(), "school", "OIL")
    assert found == ["Oil on panel", "Oil on copper", "Charcoal and oil"]


def test_signs_of_patterns_are_letters(works):
    assert suggest_values(db.session(), "school", "%") == ["100 %"]
    assert suggest_values(db.session(), "school", "_") == []


def test_no_more_than_a_few_are_suggested(works):
    db.session.add_all(
        Artwork(accession=f"s{number}", school=f"School {number}")
        for number in range(SUGGESTED + 5)
    )
    db.session.commit()
    assert len(suggest_values(db.session(), "school", "")) == SUGGESTED
    long = "a" * 201
    db.session.add(Artwork(accession="long", school=long))
    db.session.commit()
    assert suggest_values(db.session(), "school", "aaaa") == []


def test_capitals_with_accents_are_found_as_they_are_typed(works):
    for number, said in enumerate(["Öl auf Holz", "Öl auf Kupfer", "Gips, gefaßt"]):
        db.session.add(Artwork(accession=f"u{number}", technique=said))
    db.session.commit()
    found = suggest_values(db.session(), "technique", "Öl")
    assert found == ["Öl auf Holz", "Öl auf Kupfer"]
    assert suggest_values(db.session(), "technique", "öl AUF h") == ["Öl auf Holz"]
    assert suggest_values(db.session(), "technique", "AUF KUP") == ["Öl auf Kupfer"]
    assert suggest_values(db.session(), "technique", "Gips, gefaßt") == ["Gips, gefaßt"]
