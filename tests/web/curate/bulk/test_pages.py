import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, BulkEdit
from app.services.curation.bulk import writing
from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def said(app, name):
    with app.app_context():
        asked = select(getattr(Artwork, name)).order_by(Artwork.accession)
        return list(db.session.scalars(asked))


def number_of(app, accession):
    with app.app_context():
        asked = select(Artwork.id).where(Artwork.accession == accession)
        return db.session.scalars(asked).one()


def drafted(curator, address="/curate/bulk/new?which=all", **fields):
    asked = {"kind": "set", "field": "technique", "value": "Tempera"} | fields
    return curator.post(address, **asked)


def test_all_works_of_a_list_are_seen_changed_and_taken_back(app, curator):
    before = said(app, "technique")
    answer = drafted(curator)
    assert answer.status_code == 303
    page = curator.browser.get(answer.location).text
    assert "Change 7 works" in page
    assert "Oil on canvas" in page
    assert said(app, "technique") == before
    done = curator.post(f"{answer.location}/write", page=answer.location)
    assert done.status_code == 303
    assert "7 works changed." in curator.browser.get(done.location).text
    assert said(app, "technique") == ["Tempera"] * 7
    curator.post(f"{answer.location}/undo", page=answer.location)
    assert said(app, "technique") == before


def test_only_ticked_works_and_those_of_the_page_are_meant(app, curator):
    ticked = number_of(app, "1900.2")
    answer = drafted(curator, f"/curate/bulk/new?work={ticked}")
    assert "Change 1 work" in curator.browser.get(answer.location).text
    both = f"{ticked},{number_of(app, '1900.3')}"
    answer = drafted(curator, f"/curate/bulk/new?which=page&on_page={both}")
    assert "Change 2 works" in curator.browser.get(answer.location).text


def test_a_filter_is_obeyed(app, curator):
    address = "/curate/bulk/new?which=all&location=Room+12"
    answer = drafted(curator, address)
    assert "Change 1 work" in curator.browser.get(answer.location).text
    assert "Lacks: Date" in curator.browser.get("/curate/works/?lacks=date").text


def test_who_chose_nothing_is_told(curator):
    answer = curator.browser.get("/curate/bulk/new")
    assert answer.status_code == 303
    assert "No work is chosen" in curator.browser.get(answer.location).text


def test_a_fault_is_named_and_what_was_typed_is_kept(curator):
    page = drafted(curator, kind="replace", sought="", value="Kept text")
    assert page.status_code == 422
    assert "which text is to be replaced" in page.text
    assert "Kept text" in page.text


def test_a_discarded_draft_is_gone_and_cannot_be_written(app, curator):
    address = drafted(curator).location
    curator.post(f"{address}/discard", page=address)
    assert curator.browser.get(address).status_code == 404
    assert curator.post(f"{address}/write", page="/curate/works/new").status_code == 404
    assert "Tempera" not in said(app, "technique")


def test_an_edit_is_written_once(app, curator):
    address = drafted(curator).location
    curator.post(f"{address}/write", page=address)
    again = curator.post(f"{address}/write", page=address)
    assert "That came too late" in curator.browser.get(again.location).text
    late = curator.post(f"{address}/discard", page=address)
    assert "That came too late" in curator.browser.get(late.location).text


def test_the_trail_takes_a_whole_edit_back(app, curator):
    before = said(app, "technique")
    address = drafted(curator).location
    curator.post(f"{address}/write", page=address)
    trail = curator.browser.get("/curate/changes/").text
    assert trail.count("Many works changed at once</strong>") == 1
    undo = re.findall(r'action="(/curate/changes/\d+/undo)"', trail)[0]
    curator.post(undo, page="/curate/changes/")
    assert said(app, "technique") == before
    assert "Taken back" in curator.browser.get("/curate/bulk/").text


def test_many_works_are_left_to_the_worker(app, curator, monkeypatch):
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    address = drafted(curator).location
    curator.post(f"{address}/write", page=address)
    assert "in the background" in curator.browser.get(address).text
    assert app.extensions["morelli.background"].work_off() == 1
    assert said(app, "technique") == ["Tempera"] * 7
    curator.post(f"{address}/undo", page=address)
    assert app.extensions["morelli.background"].work_off() == 1
    assert "Tempera" not in said(app, "technique")


def test_visitors_change_nothing(app, curator, client):
    address = drafted(curator).location
    assert client.get(address).status_code == 302
    visitor = logged_in(app, "visitor@example.org")
    assert visitor.browser.get(address).status_code == 403
    with app.app_context():
        assert db.session.get(BulkEdit, int(address.rsplit("/", 1)[1])) is not None


def test_what_works_lack_leads_to_their_list(curator):
    page = curator.browser.get("/curate/care/lacking/").text
    assert 'href="/curate/works/?lacks=date&amp;presence=shown"' in page
    listed = curator.browser.get("/curate/works/?lacks=date&presence=shown").text
    assert "6 works" in listed
    assert "1900.0" not in listed


def test_spellings_become_one(app, curator):
    with app.app_context():
        for work in db.session.scalars(select(Artwork)):
            if work.accession in ("1900.3", "1900.4"):
                work.technique = "oil on canvass"
        db.session.commit()
    address = "/curate/variants/?field=technique"
    page = curator.browser.get(address).text
    assert "oil on canvass" in page
    fields = {
        "group": "1",
        "text-1": ["oil on canvass", "Oil on canvas"],
        "value-1-1": "oil on canvass",
        "value-1-2": "Oil on canvas",
        "typed-1": "",
    }
    nothing = curator.post(address, page=address, **fields, **{"become-1": ""})
    assert "Nothing was chosen" in curator.browser.get(nothing.location).text
    answer = curator.post(address, page=address, **fields, **{"become-1": "2"})
    assert "Change 2 works" in curator.browser.get(answer.location).text
    curator.post(f"{answer.location}/write", page=answer.location)
    assert said(app, "technique").count("Oil on canvas") == 3
