"""What search engines are told, and that they are told nothing where they must not."""

import re
from xml.etree import ElementTree as ET

import pytest

from app.extensions import db
from app.models import Artwork, now
from app.services.site import sitemap
from tests.support.sites import add_page, set_site

SITE = "https://search.museum.org"
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
ODD = ("A B/C", "ü&<>\"'", "50%?#;=+~!*()|$,@:[]{}^`\\", "è/../x", "..")


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_PUBLIC_URL=SITE)


def located(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return [one.text for one in ET.fromstring(answer.data).iter(LOCATION)]  # noqa: S314 - our own


def test_the_index_leads_to_every_work_on_show(app, client, monkeypatch):
    monkeypatch.setattr(sitemap, "PART", 3)
    with app.app_context():
        for number in ODD:
            db.session.add(Artwork(accession=number))
        works = db.session.query(Artwork).order_by(Artwork.id).all()
        works[0].withdrawn_at = now()
        db.session.commit()
        shown = [work.accession for work in works if not work.is_withdrawn]
    parts = located(client, "/sitemap.xml")
    assert len(parts) > 2
    found = [
        one for part in parts[1:] for one in located(client, part.removeprefix(SITE))
    ]
    assert len(found) == len(shown) == len(set(found))
    with app.test_request_context():
        assert found == [
            app.url_for("artworks.show", accession=one, _external=True) for one in shown
        ]
    for address in found[:3]:
        assert client.get(address.removeprefix(SITE)).status_code == 200


def test_own_pages_are_in_it(app, client):
    add_page(app, "visit", en=("Visit", ""))
    assert f"{SITE}/pages/visit" in located(client, "/sitemap-pages.xml")
    assert f"{SITE}/" in located(client, "/sitemap-pages.xml")


@pytest.mark.parametrize("number", [0, 2, 2**31 - 1])
def test_there_are_no_other_parts(client, number):
    assert client.get(f"/sitemap-works-{number}.xml").status_code == 404


def test_robots_are_told_where_it_is_and_what_is_nobodys_business(client):
    rules = client.get("/robots.txt").text
    assert f"Sitemap: {SITE}/sitemap.xml" in rules
    for path in ("/account/", "/admin/", "/queries/", "/works/?"):
        assert f"Disallow: {path}\n" in rules
    assert not re.search("^Disallow: /(works/|shared)?$", rules, re.M)


def test_without_an_address_of_its_own_a_site_has_no_sitemap(make_app):
    client = make_app(MORELLI_PUBLIC_URL="").test_client()
    assert client.get("/sitemap.xml").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text


def test_who_does_not_want_to_be_listed_is_not(app, client):
    assert "X-Robots-Tag" not in client.get("/works/1900.0").headers
    set_site(app, is_listed=False)
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for address in ("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-works-1.xml"):
        assert client.get(address).status_code == 404
    assert "noindex" in client.get("/works/1900.0").headers["X-Robots-Tag"]
