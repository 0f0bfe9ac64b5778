"""Curators choose what visitors see of works."""

import re

import pytest

from app.extensions import db
from app.models import Artwork
from app.services.collection.content.layout import USUAL, layout_of
from tests.support.people import logged_in

PAGE, WORK = "/curate/label/", "/works/1900.0"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def museum_fields(app):
    with app.app_context():
        db.session.get_one(Artwork, 1).details = {
            "Provenienz": "Prag",
            "Wert": "9 Mio.",
        }
        db.session.commit()


def filled(page):
    """Return the form as a browser would send it."""
    fields = dict(re.findall(r'name="(name-\d+)" value="([^"]*)"', page))
    shown = re.findall(r'type="checkbox" name="((?:shown|rich)-\d+)" checked', page)
    return {**fields, **dict.fromkeys(shown, "on"), "work": "1900.0"}


def number_of(fields, name):
    found = (key for key, value in fields.items() if value == name)
    return next(found).removeprefix("name-")


@pytest.mark.usefixtures("museum_fields")
def test_a_field_is_tried_then_shown_under_a_name(app, curator):
    page = curator.browser.get(PAGE).text
    fields = filled(page)
    number = number_of(fields, "Provenienz")
    fields |= {f"shown-{number}": "on", f"name-{number}-de": "Herkunft"}
    tried = curator.post(PAGE, wish="preview", **fields).text
    preview = tried[tried.index("layout-preview") :]
    assert "Prag" in preview
    assert "9 Mio." not in preview
    visitor = app.test_client()
    assert "Prag" not in visitor.get(WORK).text
    curator.post(PAGE, wish="save", **fields)
    german = visitor.get(WORK, headers={"Accept-Language": "de"}).text
    assert re.search(r"<dt>Herkunft</dt><dd[^>]*>Prag</dd>", german)
    assert "<dt>Provenienz</dt>" not in german


@pytest.mark.usefixtures("museum_fields")
def test_fields_are_hidden_and_put_in_order_and_that_is_taken_back(app, curator):
    fields = filled(curator.browser.get(PAGE).text)
    hidden, first = number_of(fields, "technique"), number_of(fields, "rights")
    del fields[f"shown-{hidden}"]
    curator.post(PAGE, wish="save", **{**fields, f"place-{first}": "0"})
    with app.app_context():
        layout = layout_of(db.session())
        assert layout.fields[0].name == "rights"
        assert not layout.of("technique").is_shown
    assert "Oil on canvas" not in app.test_client().get(WORK).text
    trail = curator.browser.get("/curate/changes/").text
    undo = re.findall(r"/curate/changes/\d+/undo", trail)[0]
    curator.post(undo, page="/curate/changes/")
    with app.app_context():
        taken_back = layout_of(db.session())
        assert [one for one in taken_back.fields if one.is_shown] == [*USUAL.fields]
    assert "Oil on canvas" in app.test_client().get(WORK).text


def test_a_field_moves_up_by_its_button(curator):
    fields = filled(curator.browser.get(PAGE).text)
    moved = filled(curator.post(PAGE, move="description:up", **fields).text)
    assert number_of(moved, "description") == "0"
    assert number_of(moved, "story") == "1"


def test_the_museums_language_is_of_what_names_none(app, curator):
    fields = filled(curator.browser.get(PAGE).text)
    curator.post(PAGE, wish="save", language="de", **fields)
    page = app.test_client().get(WORK, headers={"Accept-Language": "en"}).text
    assert '<span lang="de" dir="ltr">The Astronomer’s Table</span>' in page


def test_the_museums_language_is_told_by_its_name_and_never_lost(curator):
    fields = filled(curator.browser.get(PAGE).text)
    curator.post(PAGE, wish="save", language="German", **fields)
    said = curator.post(PAGE, wish="save", language="Germn", **fields)
    page = curator.browser.get(said.location).text
    assert "Germn is no language that is known" in page
    assert 'name="language" type="text" list="languages" value="de"' in page


def test_a_name_that_breaks_out_stays_text(curator, app):
    fields = filled(curator.browser.get(PAGE).text)
    number = number_of(fields, "technique")
    evil = {f"name-{number}-en": "<script>alert(1)</script>"}
    curator.post(PAGE, wish="save", **{**fields, **evil})
    assert "<script>alert" not in app.test_client().get(WORK).text


def test_only_curators_choose(app):
    person = logged_in(app, "anna@example.org")
    assert person.browser.get(PAGE).status_code == 403
    assert app.test_client().post(PAGE).status_code == 401
