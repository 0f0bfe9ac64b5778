"""The search box: framed by the sites that are named, and by nobody else."""

from io import BytesIO

import pytest

from tests.support.sites import set_site

SITE = "https://www.museum.org"
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def embedded(app):
    set_site(app, embedding=[SITE, "http://localhost:8001"])


def send(client, photo, headers):
    data = {"photo": (BytesIO(photo), "photo.jpg")}
    return client.post("/embed", data=data, headers=headers)


def test_there_is_no_box_until_a_site_is_named(client, photo):
    assert client.get("/embed").status_code == 404
    assert send(client, photo, HERE).status_code == 404


@pytest.mark.usefixtures("embedded")
def test_the_named_sites_may_frame_the_box(client):
    answer = client.get("/embed")
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {SITE} http://localhost:8001" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(
    "address", ["/", "/works/", "/about", "/nowhere", "/account/login", "/embed/x"]
)
def test_no_other_page_may_be_framed(client, address):
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'none'")
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.usefixtures("embedded")
def test_the_answer_of_the_box_may_not_be_framed_either(client, photo):
    answer = send(client, photo, HERE)
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.usefixtures("embedded")
def test_the_box_speaks_the_language_of_the_page_around_it(client):
    page = client.get("/embed?language=de", headers={"Accept-Language": "fr"}).text
    assert '<html lang="de">' in page
    other = client.get("/embed?language=xx", headers={"Accept-Language": "fr"}).text
    assert '<html lang="fr">' in other


@pytest.mark.usefixtures("embedded")
def test_a_photo_is_answered_without_a_session_that_was_there(client, photo):
    answer = send(client, photo, HERE)
    assert answer.status_code == 303
    assert "Your photo shows" in client.get(answer.location).text


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": SITE}], ids=str
)
def test_another_site_cannot_ask_in_a_visitors_name(client, photo, headers):
    answer = send(client, photo, headers)
    assert answer.status_code == 400
    assert "another site" in answer.text


@pytest.mark.usefixtures("embedded")
def test_the_box_is_no_way_around_the_limit_of_searches(make_app, photo):
    app = make_app(MORELLI_SEARCH_RATE="1 per minute")
    set_site(app, embedding=[SITE])
    browser = app.test_client()
    assert send(browser, photo, HERE).status_code == 303
    assert send(browser, photo, HERE).status_code == 429


@pytest.mark.usefixtures("embedded")
def test_where_searching_needs_an_account_the_box_says_so(make_app, photo):
    browser = make_app(MORELLI_ANONYMOUS_SEARCH="no").test_client()
    page = browser.get("/embed").text
    assert 'type="file"' not in page
    assert "Log in" in page
    assert send(browser, photo, HERE).status_code == 401
