"""When more visitors ask at a time than may wait."""

import re
import threading
from io import BytesIO

import pytest

from app.web.shell.current import SEARCH
from tests.support.waiting import WAIT_SECONDS, ended


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_WORKERS=1, MORELLI_QUEUE=0)


@pytest.fixture
def busy(searcher, monkeypatch, client, photo):
    """Somebody's photo is being searched, and nobody may wait."""
    begun, go_on = threading.Event(), threading.Event()
    answer = type(searcher).answer

    def answer_slowly(*arguments, **options):
        begun.set()
        go_on.wait(WAIT_SECONDS)
        return answer(*arguments, **options)

    monkeypatch.setattr(type(searcher), "answer", answer_slowly)
    first = threading.Thread(
        daemon=True,
        target=lambda: client.application.test_client().post(
            "/api/v1/search", data={"photo": (BytesIO(photo), "photo.jpg")}
        ),
    )
    first.start()
    assert begun.wait(WAIT_SECONDS)
    yield
    go_on.set()
    ended(first)


@pytest.mark.usefixtures("busy")
def test_a_kind_page_asks_to_come_back_and_has_the_form(ask, photo):
    page = ask(photo)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "1"
    assert "One moment, please" in page.text
    assert "send your photo again in 1 second." in page.text
    assert 'type="file"' in page.text


@pytest.mark.usefixtures("busy")
def test_programs_are_told_when_to_come_back(ask_api, photo):
    answer = ask_api(photo)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json["error"]["code"] == "queue_full"


@pytest.mark.usefixtures("busy")
def test_frames_are_found_in_the_same_line(client, photo):
    page = client.get("/").text
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "photo.jpg")}
    answer = client.post("/frames", data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "queue_full"


@pytest.mark.usefixtures("busy")
def test_pages_are_served_all_the_same(client):
    assert client.get("/works/1900.0").status_code == 200


def test_afterwards_there_is_room_again(ask, photo):
    assert ask(photo).status_code == 303
    assert ask(photo[:20]).status_code == 422
    assert ask(photo).status_code == 303


def test_one_network_waits_for_itself(make_app, photo, monkeypatch):
    """Whose line is full is told by the network, whatever the address in it."""
    app = make_app(MORELLI_WORKERS=1, MORELLI_QUEUE=2)
    senders = []
    decoder = app.extensions[SEARCH].decoder
    in_turn = decoder.in_turn

    def note(data, *, sender, **options):
        senders.append(sender)
        return in_turn(data, sender=sender, **options)

    monkeypatch.setattr(decoder, "in_turn", note)
    addresses = (
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "192.0.2.2",
        "2001:db8::1",
        "2001:db8::2",
    )
    for address in addresses:
        answer = app.test_client().post(
            "/api/v1/search",
            data={"photo": (BytesIO(photo), "photo.jpg")},
            environ_overrides={"REMOTE_ADDR": address},
        )
        assert answer.status_code == 200
    assert [senders.index(sender) for sender in senders] == [0, 0, 2, 3, 3]
    assert all(sender.isalnum() and "192" not in sender for sender in senders)
