import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.configuration.load import ROOT
from app.extensions import db
from app.models import Query


def queries_stored():
    return db.session.scalar(select(func.count(Query.id)))


def test_a_form_of_another_site_is_refused(client, in_app, photo):
    client.get("/")
    answer = client.post("/queries", data={"photo": (BytesIO(photo), "a.jpg")})
    assert answer.status_code == 400
    assert "choose the photo again" in answer.text
    assert queries_stored() == 0


def test_a_forged_token_is_refused(client, in_app, photo):
    client.get("/")
    fields = {"photo": (BytesIO(photo), "a.jpg"), "csrf_token": "forged"}
    assert client.post("/queries", data=fields).status_code == 400
    assert queries_stored() == 0


def test_titles_cannot_break_out_of_a_page(client):
    for address in ("/works/1900.1", "/works/", "/"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/works/1900.1").text


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/works/",
        "/works/none",
        "/healthz",
        "/readyz",
        "/api/v1/search",
        "/static/morelli.css",
        "/media/works/none",
        "/nowhere",
    ],
)
def test_every_response_carries_the_protecting_headers(client, address):
    with client.get(address) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/", "/works/", "/works/1900.0"])
def test_pages_keep_to_their_own_policy(client, address):
    page = client.get(address).text
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert "onclick" not in page


def test_the_answer_page_keeps_to_the_policy(ask, photo_of_two):
    page = ask(photo_of_two, follow_redirects=True).text
    assert " style=" not in page
    assert re.search(r"<script(?![^>]* src=)", page) is None


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookie = client.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_cookies_are_sent_on_no_other_way(make_app):
    response = make_app(MORELLI_HTTPS="yes").test_client().get("/")
    assert "Secure" in response.headers["Set-Cookie"]
    assert "max-age" in response.headers["Strict-Transport-Security"]


def test_too_many_searches_are_put_off(make_app, photo):
    client = make_app(MORELLI_SEARCH_RATE="2 per minute").test_client()

    def send():
        return client.post("/api/v1/search", data={"photo": (BytesIO(photo), "a.jpg")})

    assert [send().status_code for _ in range(2)] == [200, 200]
    refused = send()
    assert refused.status_code == 429
    assert refused.json["error"]["code"] == "too_many_searches"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get("/").status_code == 200


def test_a_visitor_cannot_claim_another_address(make_app, photo):
    client = make_app(MORELLI_SEARCH_RATE="1 per minute").test_client()
    statuses = [
        client.post("/api/v1/search", headers={"X-Forwarded-For": f"10.0.0.{n}"})
        for n in range(2)
    ]
    assert statuses[1].status_code == 429


def test_behind_a_proxy_its_visitors_are_told_apart(make_app):
    app = make_app(MORELLI_SEARCH_RATE="1 per minute", MORELLI_PROXIES=1)
    client = app.test_client()
    statuses = [
        client.post("/api/v1/search", headers={"X-Forwarded-For": f"10.0.0.{n}"})
        for n in range(2)
    ]
    assert statuses[1].status_code == 400


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/static/morelli.css", "/api/v1/nowhere", "/works/"]
)
def test_text_says_how_it_is_encoded(client, address):
    with client.get(address) as response:
        kind = response.content_type
        assert kind == "application/json" or kind.endswith("; charset=utf-8")


def test_trace_is_refused(client):
    for address in ("/", "/works/", "/api/v1/works", "/healthz"):
        assert client.open(address, method="TRACE").status_code == 405


def test_no_script_writes_html():
    scripts = sorted((ROOT / "static").rglob("*.js"))
    assert len(scripts) > 5
    ways = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML)\b")
    assert not [path.name for path in scripts if ways.search(path.read_text("utf-8"))]
