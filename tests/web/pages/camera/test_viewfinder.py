"""The viewfinder's page, its frames, their budget, and what is kept."""

import re
from contextlib import ExitStack
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.services.search.admission import AdmissionQueue
from app.web.shell.current import folders
from tests.support.people import TOKEN, logged_in
from tests.support.sites import set_site


def post(browser, address, data, **fields):
    token = TOKEN.findall(browser.get("/").text)[0]
    fields |= {"csrf_token": token, "photo": (BytesIO(data), "frame.jpg")}
    return browser.post(address, data=fields, headers={"Accept": "application/json"})


def look(browser, data):
    return post(browser, "/viewfinder/frames", data)


def keep(browser, data, work="1900.0"):
    return post(browser, "/viewfinder/kept", data, work=work)


def rows(app):
    with app.app_context():
        found = db.session.scalars(select(Query)).all()
        return [(one.source, one.photo_name is not None) for one in found]


def test_only_the_viewfinder_may_ask_for_the_camera(client):
    for address in ("/", "/works/", "/nowhere"):
        policy = client.get(address).headers["Permissions-Policy"]
        assert "camera=()" in policy
    policy = client.get("/viewfinder").headers["Permissions-Policy"]
    assert "camera=(self)" in policy
    assert "microphone=()" in policy


def test_the_first_page_leads_to_it_and_it_leads_back(client):
    assert 'href="/viewfinder"' in client.get("/").text
    page = client.get("/viewfinder").text
    assert "The viewfinder needs a browser that runs scripts." in page
    assert 'href="/find"' in page


def test_a_frame_is_answered_with_labels_and_where_they_belong(app, client, photo):
    answer = look(client, photo)
    assert answer.status_code == 200
    assert answer.json["verdict"] == "found"
    [work] = answer.json["works"]
    assert work["title"] == "The Astronomer’s Table"
    assert work["by"] == "Ada Bright, c. 1668"
    assert work["where"] == "Oil on canvas · Room 12"
    assert work["address"] == "/works/1900.0"
    assert len(work["place"]) == 4
    assert not work["is_kept"]
    assert look(client, photo).json["works"] == [work]
    assert rows(app) == [("viewfinder", False)], "once, without its picture"
    page = client.get(work["answer"])
    assert "Seen in the viewfinder; the picture was not kept." in page.text
    assert "could not be kept" not in page.text
    assert work["answer"] in client.get("/history").text


def test_a_frame_of_nothing_gets_advice_and_is_not_counted(app, client, grey_photo):
    answer = look(client, grey_photo).json
    assert (answer["verdict"], answer["works"]) == ("not_found", [])
    assert "even surface" in answer["advice"]
    assert rows(app) == []


def test_works_are_named_from_left_to_right(client, photo_of_two):
    works = look(client, photo_of_two).json["works"]
    assert [work["accession"] for work in works] == ["1900.0", "1900.4"]


def test_a_frame_is_kept_once_where_that_is_asked(app, client, photo):
    look(client, photo)
    answer = keep(client, photo)
    assert answer.status_code == 201
    assert rows(app) == [("viewfinder", True)]
    assert f"{answer.json['answer']}/photo.jpg" in client.get(answer.location).text
    assert keep(client, photo).json == answer.json
    [work] = look(client, photo).json["works"]
    assert work["is_kept"]
    assert work["answer"] == answer.json["answer"]
    assert rows(app) == [("viewfinder", True)]


def test_nothing_is_kept_where_nothing_may_be(make_app, photo):
    client = make_app(MORELLI_RETENTION_DAYS=0).test_client()
    page = client.get("/viewfinder").text
    assert 'data-kept=""' in page
    assert keep(client, photo).status_code == 400


def test_a_kiosk_keeps_nothing(app, client, photo):
    set_site(app, kiosk_seconds=45)
    client.get("/kiosk/")
    assert 'data-kept=""' in client.get("/viewfinder").text
    assert look(client, photo).json["verdict"] == "found"
    assert keep(client, photo).status_code == 400


@pytest.mark.parametrize("work", ["", "nowhere"])
def test_of_what_is_no_work_nothing_is_kept(app, client, photo, work):
    assert keep(client, photo, work).status_code == 400
    assert rows(app) == []


def test_what_somebody_saw_is_nobody_elses(app, client, photo):
    [work] = look(client, photo).json["works"]
    stranger = app.test_client()
    assert stranger.get(work["answer"]).status_code == 404
    keep(stranger, photo)
    assert sorted(rows(app)) == [("viewfinder", False), ("viewfinder", True)]


def test_an_accounts_frames_are_the_accounts(app, photo):
    person = logged_in(app, "ada@example.org")
    [work] = look(person.browser, photo).json["works"]
    assert person.browser.get(work["answer"]).status_code == 200


def test_frames_need_an_account_where_searches_do(make_app, photo):
    client = make_app(MORELLI_ANONYMOUS_SEARCH="no").test_client()
    assert "data-viewfinder" not in client.get("/viewfinder").text
    token = re.findall(r'"csrf_token":"(.*?)"', client.get("/token").text)[0]
    data = {"csrf_token": token, "photo": (BytesIO(photo), "frame.jpg")}
    for address in ("/viewfinder/frames", "/viewfinder/kept"):
        data["photo"] = (BytesIO(photo), "frame.jpg")
        assert client.post(address, data=data).status_code == 401


def test_a_frame_of_another_site_is_refused(client, photo):
    client.get("/")
    data = {"photo": (BytesIO(photo), "frame.jpg")}
    assert client.post("/viewfinder/frames", data=data).status_code == 400


def test_what_is_no_picture_is_refused(client):
    assert look(client, b"nothing").status_code == 422


def test_frames_have_a_budget_of_their_own(make_app, photo):
    app = make_app(
        MORELLI_SEARCH_RATE="1 per hour", MORELLI_VIEWFINDER_RATE="3 per hour"
    )
    client = app.test_client()
    for _ in range(3):
        assert look(client, photo).status_code == 200
    refused = look(client, photo)
    assert refused.status_code == 429
    assert 3_000 < int(refused.headers["Retry-After"]) <= 3_600
    # What others of the network look at counts with it, photos do not.
    assert look(app.test_client(), photo).status_code == 429
    assert post(client, "/queries", photo).status_code == 201
    assert post(client, "/queries", photo).status_code == 429


def test_one_visitor_may_ask_twice_a_second(make_app, monkeypatch, photo):
    app = make_app()
    client = app.test_client()
    codes = [look(client, b"no picture").status_code for _ in range(121)]
    assert set(codes[:120]) == {422}
    assert codes[120] == 429
    assert look(app.test_client(), photo).status_code == 200, "another visitor"


def test_a_frame_does_not_wait_for_a_photo(app, client, photo):
    with app.app_context():
        places = app.config["MORELLI_WORKERS"]
        queue = AdmissionQueue(folders().admission, places=places, waiting=5)
    with ExitStack() as taken:
        for _ in range(places):
            taken.enter_context(queue.admit("somebody"))
        refused = look(client, photo)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert look(client, photo).status_code == 200
