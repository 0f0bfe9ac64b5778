"""Asking by a link: what it leads to is searched like a photo that was sent."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.retrieval.errors import ImageTooLargeError
from app.services.system.links.connections import LinkError, Refusal
from app.services.system.links.fetching import LinkReader
from app.web.callers.upload import REFUSALS
from app.web.pages.search import LINK_RATE
from app.web.shell.current import LINKS, link_reader

LINK = "https://pictures.example/photo.jpg"


class FakeReader:
    """Has one page of the internet, or only errors."""

    def __init__(self, data):
        self.data = data
        self.asked = []

    def read(self, link):
        self.asked.append(link)
        if isinstance(self.data, Exception):
            raise self.data
        return self.data


@pytest.fixture
def reader(photo):
    return FakeReader(photo)


@pytest.fixture
def app(make_app, reader):
    app = make_app()
    app.extensions[LINKS] = reader
    return app


@pytest.fixture
def ask_link(client):
    def send(link=LINK, **fields):
        token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
        fields |= {"csrf_token": token[0], "link": link}
        return client.post("/queries", data=fields, content_type="multipart/form-data")

    return send


def test_a_link_leads_to_an_answer(ask_link, client, reader):
    sent = ask_link()
    assert reader.asked == [LINK]
    assert "The Astronomer’s Table" in client.get(sent.location).text


def test_the_query_tells_that_it_came_by_a_link(ask_link, in_app):
    ask_link(crop="0,0,0.75,1")
    query = db.session.scalars(select(Query)).one()
    assert query.source == "link"
    assert (query.width, query.height) == (360, 360)


def test_a_photo_wins_over_a_link(ask, in_app, photo, reader):
    ask(photo, link=LINK)
    assert reader.asked == []
    assert db.session.scalars(select(Query)).one().source == "upload"


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_has_a_sentence(ask_link, reader, refusal, app):
    reader.data = LinkError(refusal)
    answer = ask_link()
    assert answer.status_code == 422
    with app.test_request_context():
        assert str(REFUSALS[refusal]) in answer.text


def test_what_is_too_large_or_no_picture_is_refused_as_ever(ask_link, reader):
    reader.data = ImageTooLargeError(50_000_000, 40_000_000, "bytes")
    assert ask_link().status_code == 413
    reader.data = b"Dear museum"
    assert "not a picture" in ask_link().text


def test_links_are_limited_more_than_photos(ask_link, ask, photo, reader):
    reader.data = LinkError(Refusal.STATUS)
    statuses = [ask_link().status_code for _ in range(int(LINK_RATE.split()[0]) + 1)]
    assert set(statuses[:-1]) == {422}
    assert statuses[-1] == 429
    assert ask(photo).status_code == 303


def test_links_can_be_switched_off(make_app, photo):
    client = make_app(MORELLI_LINKS="no").test_client()
    page = client.get("/").text
    assert 'name="link"' not in page
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    answer = client.post("/queries", data={"csrf_token": token, "link": LINK})
    assert answer.status_code == 422
    assert "Links are not fetched here" in answer.text
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "a.jpg"), "link": LINK}
    assert client.post("/queries", data=fields).status_code == 303


def test_unless_switched_off_links_are_really_fetched(make_app):
    with make_app().app_context():
        assert isinstance(link_reader(), LinkReader)
