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


def test_html_in_rich_texts_becomes_markdown_and_elsewhere_text(importer):
    html = "<p>Der <i>Hase</i> &amp; <a href='/works/A.2'>der Hund</a>.</p>"
    html += "<ul><li>2*3*4</ul>"
    row = f"""A.1;Der Hase;;"{html}";"{html}"\n"""
    importer.bring_in(HEADER + row)
    rich = "Der *Hase* & [der Hund](/works/A.2).\n\n- 2\\*3\\*4"
    assert work().details["description@de"] == rich
    assert work().details["Provenienz"] == "Der Hase & der Hund.\n2*3*4"
    again = importer.bring_in(HEADER + row)
    assert {state for _number, _work, state, _codes in rows_of(again)} == {"unchanged"}


def test_markdown_in_a_table_stays_as_it_is(importer):
    written = "*Der* Hase\n\n- 2 * 3\n  - \\*4\\*"
    importer.bring_in(f"""{HEADER}A.1;Der Hase;;"{written}";"{written}"\n""")
    assert work().details["description@de"] == written


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
