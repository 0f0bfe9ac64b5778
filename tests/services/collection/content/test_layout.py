"""Layouts: what visitors see of a work, chosen, written down, taken back."""

from dataclasses import replace

import pytest

from app.extensions import db
from app.models import Artwork, AuditEntry
from app.services.collection.content.layout import (
    USUAL,
    FieldChoice,
    LabelLayout,
    LayoutChangedError,
    keep_layout,
    known_fields,
    layout_of,
    take_back,
)

WORK = Artwork(
    accession="1",
    technique="Öl",
    details={"story@de": "Lang", "technique@en": "Oil", "Versicherung": "9 Mio."},
)


def names(shown):
    return [(one.choice.name, *one.text) for one in shown]


def test_usually_the_museums_own_columns_are_hidden():
    assert names(USUAL.shown(WORK, ["en"])) == [
        ("story", "de", "Lang"),
        ("technique", "en", "Oil"),
        ("accession", "", "1"),
    ]
    assert not USUAL.is_public("Versicherung")
    assert USUAL.is_public("title@de")
    assert USUAL.is_public("story@ar")


def test_a_curator_shows_and_orders_them():
    fields = (FieldChoice("Versicherung"), FieldChoice("technique", is_shown=False))
    layout = LabelLayout(fields, "de")
    assert names(layout.shown(WORK, ["en"])) == [("Versicherung", "de", "9 Mio.")]


def test_a_field_says_in_which_languages_it_is_besides():
    [_story, technique, _accession] = USUAL.shown(WORK, ["en"])
    assert technique.others == ("",)


def test_a_kept_layout_has_the_fields_that_came_since():
    kept = {
        "language": "",
        "fields": [LabelLayout((FieldChoice("rights"),)).to_json()["fields"][0]],
    }
    found = LabelLayout.from_json(kept)
    assert found.fields[0].name == "rights"
    assert {one.name for one in found.fields} == {one.name for one in USUAL.fields}


@pytest.mark.usefixtures("in_app")
def test_a_layout_is_kept_written_down_and_taken_back():
    session = db.session()
    layout = replace(USUAL, language="de")
    entry = keep_layout(session, layout, None)
    assert entry is not None
    assert layout_of(session) == layout
    assert keep_layout(session, layout, None) is None
    take_back(session, entry, None)
    assert layout_of(session) == USUAL
    with pytest.raises(LayoutChangedError):
        take_back(session, entry, None)
    actions = [one.action for one in session.query(AuditEntry)]
    assert actions == ["layout", "layout"]


@pytest.mark.usefixtures("in_app")
def test_what_changed_since_is_not_taken_back():
    session = db.session()
    entry = keep_layout(session, replace(USUAL, language="de"), None)
    assert entry is not None
    keep_layout(session, replace(USUAL, language="fr"), None)
    with pytest.raises(LayoutChangedError):
        take_back(session, entry, None)
    assert layout_of(session).language == "fr"


@pytest.mark.usefixtures("in_app")
def test_the_fields_of_all_works_are_counted():
    session = db.session()
    for number, details in enumerate(({"a": "1", "story@de": "x"}, {"a@fr": "2"})):
        session.add(Artwork(accession=f"new.{number}", details=details))
    session.commit()
    assert known_fields(session) == {"a": 2, "story": 1}
