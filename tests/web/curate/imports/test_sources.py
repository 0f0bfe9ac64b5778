import pytest

from app.background import BACKGROUND
from app.services.importing import sources
from tests.services.importing.standards.lido_records import NAMESPACES, simple
from tests.services.importing.standards.oai_repository import BASE, Repository
from tests.support.people import logged_in

PAGE = "/curate/sources/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def worker(app):
    return app.extensions[BACKGROUND]


@pytest.fixture
def repository(monkeypatch):
    record = simple(1).replace("<lido:lido>", f"<lido:lido {NAMESPACES}>")
    web = Repository([(1, "2026-01-01T00:00:00Z", record)])
    monkeypatch.setattr(sources, "LinkReader", lambda *_, **__: web)
    return web


@pytest.mark.usefixtures("repository")
def test_a_source_is_looked_through_recorded_and_asked_again(app, curator, worker):
    shown = curator.post(PAGE, source=BASE).location
    worker.work_off()
    page = curator.browser.get(shown).text
    assert "nothing has been changed yet" in page
    assert "KG 1" in page
    assert "This waits for you" in curator.browser.get(PAGE).text
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    assert "Bauernhof" in app.test_client().get("/works/KG%201").text
    page = curator.browser.get(PAGE).text
    assert "In step since" in page
    assert "new: 1, changed: 0, gone: 0" in page
    curator.post(f"{PAGE}1/sync", page=PAGE)
    worker.work_off()
    assert "new: 1, changed: 0, gone: 0" in curator.browser.get(PAGE).text


def test_a_source_is_asked_at_night_or_not_and_forgotten(app, curator):
    curator.post(PAGE, source=BASE)
    worker = app.extensions[BACKGROUND]
    app.config["MORELLI_LINKS"] = False
    worker.work_off()
    page = curator.browser.get(PAGE).text
    assert "asked by hand only" in page
    assert "MORELLI_LINKS" in page
    curator.post(f"{PAGE}1/nightly", page=PAGE)
    assert "asked every night" in curator.browser.get(PAGE).text
    curator.post(f"{PAGE}1/manual", page=PAGE)
    assert "asked by hand only" in curator.browser.get(PAGE).text
    curator.post(f"{PAGE}1/forget", page=PAGE)
    assert "There are no sources yet." in curator.browser.get(PAGE).text


def test_a_source_that_is_being_asked_is_left_alone(curator):
    curator.post(PAGE, source=BASE)
    for wish in ("look", "sync", "forget"):
        curator.post(f"{PAGE}1/{wish}", page=PAGE)
        assert "is being asked" in curator.browser.get(PAGE).text


def test_other_addresses_are_refused(curator):
    curator.post(PAGE, source="museum.org/oai")
    page = curator.browser.get(PAGE).text
    assert "Please give an address" in page
    assert "There are no sources yet." in page


@pytest.mark.parametrize("address", ["", "1/look", "1/sync", "1/nightly", "1/forget"])
def test_only_curators_have_sources(app, address):
    visitor = logged_in(app, "visitor@example.org")
    assert visitor.browser.get(PAGE).status_code == 403
    assert visitor.post(f"{PAGE}{address}", page="/").status_code == 403
    assert app.test_client().get(PAGE).status_code in (302, 401)
