"""Imports bring texts in languages, and take them back."""

import pytest

from app.extensions import db
from app.models import Artwork
from app.services.importing.columns.reading import Reading
from tests.services.importing.importer import rows_of

HEADER = "Inventarnummer;title_de;title_en;Beschreibung;Provenienz\n"
TABLE = HEADER + "A.1;Der Hase;The hare;Ein Hase.;Prag\nA.2;Der Hund;;;\n"


def work(accession="A.1"):
    return db.session.query(Artwork).filter_by(accession=accession).one()


@pytest.fixture
def brought(importer):
    return importer.bring_in(TABLE)


def test_columns_become_texts_in_their_languages(brought):
    assert work().title == "Der Hase"
    assert work().details == {
        "title@de": "Der Hase",
        "title@en": "The hare",
        "description@de": "Ein Hase.",
        "Provenienz": "Prag",
    }
    # What is blank is no text.
    assert work("A.2").details == {"title@de": "Der Hund"}


@pytest.mark.usefixtures("brought")
def test_importing_the_same_again_changes_nothing(importer):
    again = importer.bring_in(TABLE)
    assert {state for _number, _work, state, _codes in rows_of(again)} == {"unchanged"}


@pytest.mark.usefixtures("brought")
def test_what_an_import_changed_is_taken_back(importer):
    run = importer.bring_in(TABLE.replace("Ein Hase.", "Zwei Hasen.") + "A.3;Neu;;x;\n")
    assert work().details["description@de"] == "Zwei Hasen."
    importer.undo(run)
    assert work().details["description@de"] == "Ein Hase."
    assert work("A.3").is_withdrawn


@pytest.mark.usefixtures("brought")
def test_a_text_that_is_blank_now_is_gone(importer):
    importer.bring_in(TABLE.replace("Ein Hase.", ""))
    assert "description@de" not in work().details


def test_two_columns_for_one_field_and_language_are_both_kept(importer):
    columns = {
        "Nr": "accession",
        "Titel": "title",
        "Beschreibung": "details.description@de",
        "Text": "details.description@de",
    }
    reading = Reading(columns)
    rows = "Nr;Titel;Beschreibung;Text\nA.1;x;Eins.;Zwei.\nA.2;x;Gleich.;Gleich.\n"
    importer.bring_in(rows, columns=reading.columns)
    assert work().details == {"description@de": "Eins.\n\nZwei."}
    assert work("A.2").details == {"description@de": "Gleich."}


def test_an_own_column_that_becomes_a_field_is_not_doubled(importer):
    table = "Inventarnummer;Titel;Beschreibung\nA.1;Hase;Ein Hase.\n"
    own = {"Inventarnummer": "accession", "Titel": "title", "Beschreibung": "details"}
    importer.bring_in(table, columns=own)
    assert work().details == {"Beschreibung": "Ein Hase."}
    run = importer.bring_in(
        table, columns={**own, "Beschreibung": "details.description@de"}
    )
    assert work().details == {"description@de": "Ein Hase."}
    importer.undo(run)
    assert work().details == {"Beschreibung": "Ein Hase."}


def test_a_very_long_text_is_kept_whole(importer):
    long = "Wort " * 40_000
    importer.bring_in(f"Inventarnummer;Titel;Beschreibung\nA.1;Hase;{long}\n")
    assert work().details["description@de"] == long.strip()
