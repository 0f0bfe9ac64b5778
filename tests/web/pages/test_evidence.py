"""A photo and its pictures are their owner's, however somebody else learnt where."""

from io import BytesIO

import numpy as np
import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import Query
from app.retrieval.search.explanation import encode_attention
from tests.support.people import TOKEN, Person, logged_in

PICTURES = ("photo.jpg", "rectified/0.jpg", "heat.png")
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def asked(app, photo):
    """Return a function by which somebody asks: gives the address of the answer."""

    def ask(person):
        fields = {
            "csrf_token": TOKEN.findall(person.browser.get("/").text)[0],
            "photo": (BytesIO(photo), "photo.jpg"),
        }
        address = person.browser.post("/queries", data=fields).location
        with app.app_context():
            # Geometry was certain, so that no network has looked anywhere.
            map_ = encode_attention(np.full((6, 8), 200, np.uint8))
            db.session.execute(update(Query).values(activation_map=map_))
            db.session.commit()
        return address

    return ask


def statuses(person, answer):
    found = {}
    for picture in PICTURES:
        with person.browser.get(f"{answer}/{picture}") as response:
            found[picture] = response.status_code
    return found


@pytest.mark.parametrize("has_account", [True, False])
def test_reading_another_users_photo_by_its_address(app, asked, has_account):
    owner = logged_in(app) if has_account else Person(app)
    answer = asked(owner)
    assert statuses(owner, answer) == dict.fromkeys(PICTURES, 200)
    ben, stranger = logged_in(app, "ben@example.org"), Person(app, "x@example.org")
    asked(stranger)  # who is a visitor by now, but not this one
    for other in (ben, stranger, Person(app)):
        assert statuses(other, answer) == dict.fromkeys(PICTURES, 404)


def test_an_account_lets_go_of_its_photos_when_it_logs_out(app, asked):
    anna = logged_in(app)
    answer = asked(anna)
    anna.log_out()
    assert statuses(anna, answer) == dict.fromkeys(PICTURES, 404)


def test_what_a_program_asked_without_a_token_is_nobodys(app, client, ask_api, photo):
    answer = f"/queries/{ask_api(photo).json['query_id']}"
    for other in (logged_in(app), Person(app)):
        assert statuses(other, answer) == dict.fromkeys(PICTURES, 404)


def test_photos_have_no_other_address(app, client, ask, photo):
    ask(photo)
    with app.app_context():
        names = db.session.scalars(select(Query.photo_name)).all()
    for name in (*names, f"{NOBODYS}.jpg"):
        for place in ("media/queries", "media/works/../queries", "static/../media"):
            assert client.get(f"/{place}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["../../secret_key", "..%2fx", "1", NOBODYS])
def test_an_answer_that_is_not_there_has_no_photo(client, name):
    assert client.get(f"/queries/{name}/photo.jpg").status_code == 404


@pytest.mark.parametrize("picture", PICTURES)
def test_one_browser_alone_keeps_it_and_for_one_person(app, asked, picture):
    visitor = Person(app)
    with visitor.browser.get(f"{asked(visitor)}/{picture}") as response:
        assert response.cache_control.private
        assert response.cache_control.max_age == 3_600
        assert not response.cache_control.no_cache
        assert "Cookie" in response.vary


def test_an_accounts_photo_is_kept_nowhere(app, asked):
    anna = logged_in(app)
    with anna.browser.get(f"{asked(anna)}/photo.jpg") as response:
        assert response.headers["Cache-Control"] == "no-store"
