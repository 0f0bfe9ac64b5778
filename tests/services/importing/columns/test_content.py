"""Columns tell in their names what visitors are told, and in which language."""

import pytest

from app.services.importing.columns.content import content_of
from app.services.importing.columns.reading import propose


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("title_de", "title@de"),
        ("title@de", "title@de"),
        ("Title (fr)", "title@fr"),
        ("Titel [Englisch]", "title@en"),
        ("Titre - anglais", "title@en"),
        ("title_pt-BR", "title@pt-BR"),
        ("technique.es", "technique@es"),
        ("Beschreibung", "description@de"),
        ("Beschreibung (en)", "description@en"),
        ("description (French)", "description@fr"),
        ("Description", "description"),
        ("objectDescription_nl", "description@nl"),
        ("Story_ar", "story@ar"),
        ("Geschichte", "story@de"),
        ("Credit line", "credit"),
        ("Afmetingen", "dimensions@nl"),
        ("Provenienz@de", "Provenienz@de"),
        ("Provenienz (Französisch)", "Provenienz@fr"),
    ],
)
def test_names_that_tell(column, name):
    assert content_of(column) == name


@pytest.mark.parametrize(
    "column",
    [
        *("artist_id", "date_to", "type_no", "location_is", "title_xx", "title"),
        *("Provenienz", "Provenienz_de", "mail@museum", "Wert (Euro)", "@de", ""),
        *("height_in", "source_as"),
    ],
)
def test_names_that_do_not(column):
    assert content_of(column) == ""


def test_a_table_with_titles_in_languages_only_has_a_title():
    reading = propose(["Inventarnummer", "title_de", "title_en", "Notiz"])
    assert dict(reading.columns) == {
        "Inventarnummer": "accession",
        "title_de": "details.title@de",
        "title_en": "details.title@en",
        "Notiz": "details",
    }
    assert reading.details == {
        "Notiz": "Notiz",
        "title_de": "title@de",
        "title_en": "title@en",
    }
    assert reading.left == {"title_de", "title_en"}
