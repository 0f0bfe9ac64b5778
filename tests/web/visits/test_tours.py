"""Tours as visitors and their browsers see them."""

import json
import re
from html import unescape

import pytest

from app.extensions import db
from app.models import now
from app.web.visits import tours
from tests.support.visits import tour_of, work_of


@pytest.fixture
def tour(app, in_app):
    tour = tour_of(work_of(0), work_of(3), intro="For children.\n\nAnd others.")
    db.session.add(tour)
    db.session.commit()
    return tour


def test_a_tour_shows_its_works_in_order_with_texts_and_rooms(client, tour):
    page = client.get(f"/tours/{tour.id}").text
    first, second = page.partition('id="stop-1"')[2].split('id="stop-2"')
    assert "<strong>Room 12</strong>" in first
    assert "Look at The Astronomer’s Table." in first
    assert "Look at Landscape 3." in second
    assert "<p>For children.</p><p>And others.</p>" in page
    assert 'lang="en"' in page


def test_visitors_find_it(client, tour):
    assert 'href="/tours/"' in client.get("/").text
    page = client.get("/tours/").text
    assert f'href="/tours/{tour.id}"' in page
    assert "2 stops" in page


@pytest.mark.parametrize("facts", [{"published_at": None}, {"deleted_at": now()}])
def test_what_is_not_published_is_not_found(app, client, tour, facts):
    for name, value in facts.items():
        setattr(tour, name, value)
    db.session.commit()
    for end in ("", "/kept", "/keeping"):
        assert client.get(f"/tours/{tour.id}{end}").status_code == 404
        assert client.get(f"/api/v1/tours/{tour.id}").status_code == 404
    assert client.get("/tours/versions").json == {"versions": {}}
    assert "There are no tours yet" in client.get("/tours/").text
    assert 'href="/tours/"' not in client.get("/").text


def test_a_withdrawn_work_is_left_out(client, tour):
    work_of(0).withdrawn_at = now()
    db.session.commit()
    page = client.get(f"/tours/{tour.id}").text
    assert "Astronomer" not in page
    assert "Stop 1 of 1" in page


def test_markup_in_texts_is_text(client, tour):
    tour.title = tour.stops[0].text = "<script>alert(1)</script>"
    db.session.commit()
    page = client.get(f"/tours/{tour.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("language", ["de", "en"])
def test_tours_of_the_pages_language_come_first(client, tour, language):
    german = tour_of(work_of(1), title="Zuletzt", language="de-AT")
    db.session.add(german)
    db.session.commit()
    page = client.get("/tours/", headers={"Accept-Language": language}).text
    is_first = page.index("Zuletzt") < page.index("Animals")
    assert is_first == (language == "de")
    assert 'lang="de-AT"' in page
    assert ("German" in page) == (language == "en")


def keeping(client, tour):
    page = client.get(f"/tours/{tour.id}").text
    return json.loads(unescape(re.findall(r'data-keeping="([^"]+)"', page)[0]))


def test_a_browser_is_told_all_that_it_needs_to_keep(client, tour):
    told = keeping(client, tour)
    assert told == client.get(f"/tours/{tour.id}/keeping").json
    kept = client.get(told["page"]).text
    needed = set(re.findall(r'(?:src|href)="(/(?:assets|media)/[^"]+)"', kept))
    imported = {name for name in told["files"] if name.endswith("kept-tours.js")}
    assert set(told["files"]) == needed | imported
    for address in told["files"]:
        with client.get(address) as answer:
            assert answer.status_code == 200


def test_what_is_kept_is_nobodys(client, tour):
    answer = client.get(keeping(client, tour)["page"])
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    assert "data-keeping" not in answer.text
    assert "srcset" not in answer.text


def test_what_is_kept_speaks_the_language_it_was_asked_in(client, tour):
    german = client.get(f"/tours/{tour.id}/kept?language=de").text
    assert '<html lang="de">' in german
    assert client.get(f"/tours/{tour.id}/kept?language=../x").status_code == 200


def test_the_version_changes_with_the_tour_and_the_site(client, tour, monkeypatch):
    def version():
        return client.get("/tours/versions").json["versions"][str(tour.id)]

    first = version()
    assert keeping(client, tour)["version"] == first == version()
    tour.stops[0].text = "Look again."
    db.session.commit()
    second = version()
    monkeypatch.setattr(tours, "current_version", lambda: "other")
    assert len({first, second, version()}) == 3


def test_translations_lead_to_each_other(client, tour):
    german = tour_of(
        work_of(0), title="Tiere", language="de", translation_of_id=tour.id
    )
    db.session.add(german)
    db.session.commit()
    page = client.get(f"/tours/{tour.id}").text
    assert f'<a href="/tours/{german.id}" hreflang="de">German</a>' in page
