"""Previews of links name the work, and never show a visitor's photo."""

import json
import re

import pytest

from app.extensions import db
from app.models import Artwork
from tests.support.people import TOKEN
from tests.support.sites import set_site

SITE = "https://search.museum.org"
TAG = re.compile(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">')
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_PUBLIC_URL=SITE)


def tags(client, address):
    return dict(TAG.findall(client.get(address).text))


def test_a_works_page_is_previewed_by_its_picture(app, client):
    set_site(app, name="House")
    found = tags(client, "/works/1900.0")
    assert "The Astronomer’s Table" in found["og:title"]
    assert found["og:url"] == f"{SITE}/works/1900.0"
    assert found["og:site_name"] == "House"
    assert found["og:image"].startswith(f"{SITE}/media/works/")
    with client.get(found["og:image"].removeprefix(SITE)) as picture:
        assert picture.mimetype == "image/jpeg"
    assert found["twitter:card"] == "summary_large_image"


def test_a_works_page_tells_search_engines_what_it_is(client):
    page = client.get("/works/1900.0").text
    assert f'<link rel="canonical" href="{SITE}/works/1900.0">' in page
    [data] = DATA.findall(page)
    described = json.loads(data)
    assert described["@type"] == "VisualArtwork"
    assert described["identifier"] == "1900.0"
    assert described["creator"]["@type"] == "Person"
    assert "" not in described.values()


def test_no_label_breaks_out_of_the_data(app, client):
    hostile = '</script><script>alert(1)</script>"'
    with app.app_context():
        db.session.query(Artwork).filter_by(accession="1900.0").one().title = hostile
        db.session.commit()
    page = client.get("/works/1900.0").text
    assert "<script>alert(1)" not in page
    assert json.loads(DATA.findall(page)[0])["name"] == hostile


def test_the_first_page_says_what_it_is_for(client):
    found = tags(client, "/")
    assert found["og:url"] == f"{SITE}/"
    assert found["og:description"]


def test_a_site_that_does_not_know_its_address_names_no_other(make_app):
    page = make_app(MORELLI_PUBLIC_URL="").test_client().get("/works/1900.0").text
    assert "canonical" not in page
    assert "og:url" not in page


def test_a_shared_answer_shows_the_work_and_never_the_photo(app, client, ask, photo):
    answered = ask(photo).location
    page = client.get(answered).text
    assert not TAG.findall(page)  # nobody else can open it
    token = TOKEN.findall(page)[0]
    client.post(f"{answered}/share", data={"csrf_token": token})
    [link] = re.findall(r'data-link="(/shared/[^"]+)"', client.get(answered).text)
    found = tags(app.test_client(), link)
    assert "The Astronomer’s Table" in found["og:title"]
    assert found["og:image"].startswith(f"{SITE}/media/works/")
    assert "shared/" not in str(found)


def test_a_shared_answer_without_a_work_shows_no_picture(
    app, client, ask, unknown_photo
):
    answered = ask(unknown_photo).location
    token = TOKEN.findall(client.get(answered).text)[0]
    client.post(f"{answered}/share", data={"csrf_token": token})
    [link] = re.findall(r'data-link="(/shared/[^"]+)"', client.get(answered).text)
    found = tags(app.test_client(), link)
    assert found["og:title"]
    assert "og:image" not in found
