"""Who gets in by a token, and who by nothing else."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.models import Query, now
from app.services.accounts import accounts, tokens
from tests.support.people import Person, bearing, logged_in, program_of, with_account

OWN = "/api/v1/queries"
"""An address that needs a token."""


@pytest.fixture
def anna(app):
    return with_account(app)


def search(client, photo, **options):
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    return client.post("/api/v1/search", data=fields, **options)


def assert_refused(answer, code, challenge):
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == code
    assert answer.headers["WWW-Authenticate"] == challenge


def test_a_token_lets_its_owner_in(anna):
    assert program_of(anna).get(OWN).status_code == 200


def test_without_a_token_the_way_to_one_is_told(client):
    answer = client.get(OWN)
    assert_refused(answer, "token_needed", "Bearer")
    assert "Authorization: Bearer" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer morelli_" + "A" * 43,
        "Bearer ÿþ",
        "Bearer a b",
        "Bearer realm=x",
        "Basic YW5uYTpwYXNz",
        "Basic !",
        "Token {secret}",
        "{secret}",
        "",
    ],
)
@pytest.mark.parametrize("address", [OWN, "/api/v1/search"])
def test_a_wrong_token_is_refused_and_never_passed_over(
    app, anna, photo, header, address
):
    secret = program_of(anna).environ_base["HTTP_AUTHORIZATION"].split()[1]
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = header.format(secret=secret)
    answer = client.get(OWN) if address == OWN else search(client, photo)
    assert_refused(answer, "invalid_token", "Bearer error=invalid_token")


def test_all_useless_tokens_are_refused_alike(app, anna):
    program, other = program_of(anna), program_of(with_account(app, "b@example.org"))
    with app.app_context():
        user = accounts.find(anna.email)
        assert user is not None
        expiring = tokens.issue(user, "x", timedelta(days=1)).secret
        revoked = tokens.issue(user, "y")
        tokens.revoke(user, revoked.token.id)
        db.session.commit()
        closed = accounts.find("b@example.org")
        assert closed is not None
        closed.active = False
        db.session.commit()
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        expired = bearing(app, expiring).get(OWN)
        assert program.get(OWN).status_code == 200
    answers = [
        expired,
        bearing(app, revoked.secret).get(OWN),
        other.get(OWN),
        bearing(app, "no token at all").get(OWN),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_a_token_in_the_address_or_the_form_is_none(app, anna, photo):
    secret = program_of(anna).environ_base["HTTP_AUTHORIZATION"].split()[1]
    client = app.test_client()
    for name in ("access_token", "token", "auth_token"):
        assert client.get(OWN, query_string={name: secret}).status_code == 401
    client.set_cookie("access_token", secret)
    assert client.get(OWN).status_code == 401


def changing_routes(app):
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
        if rule.rule.startswith("/api/")
    ]


def test_a_cookie_opens_nothing_so_no_other_site_can_act_through_it(app, photo):
    anna = logged_in(app)
    own = anna.browser.get("/")  # the cookie works for pages
    assert "Account" in own.text
    with app.app_context():
        query = Query(
            verdict="found",
            probability=1.0,
            width=1,
            height=1,
            model_id="m",
            generation="g",
            user_id=anna.account().id,
        )
        db.session.add(query)
        db.session.commit()
        query_id = query.id
    for method, rule in changing_routes(app):
        address = rule.rule.replace("<uuid:query_id>", query_id)
        if rule.endpoint == "api.search":
            continue  # open to all: below
        assert_refused(
            anna.browser.open(address, method=method), "token_needed", "Bearer"
        )
    for address in (OWN, f"{OWN}/{query_id}", f"{OWN}/{query_id}/photo"):
        assert anna.browser.get(address).status_code == 401
    answer = search(anna.browser, photo)
    with app.app_context():
        stored = db.session.get_one(Query, answer.json["query_id"])
        assert (stored.user_id, stored.visitor) == (None, None)


def test_where_searching_needs_an_account_a_token_is_enough(make_app, photo):
    app = make_app(MORELLI_ANONYMOUS_SEARCH="no")
    anna = logged_in(app)
    for stranger in (app.test_client(), anna.browser):  # a cookie is no token
        assert_refused(search(stranger, photo), "account_needed", "Bearer")
    assert search(program_of(anna), photo).status_code == 200


def test_what_a_program_asks_is_its_owners(app, anna, photo):
    answer = search(program_of(anna), photo)
    with app.app_context():
        [query] = db.session.scalars(select(Query))
        assert query.id == answer.json["query_id"]
        assert query.user_id == anna.account().id
        assert (query.source, query.device) == ("api", "program")
    anna.log_in()
    assert anna.browser.get(f"/queries/{query.id}").status_code == 200
    assert Person(app).browser.get(f"/queries/{query.id}").status_code == 404


def test_no_token_gets_into_a_log(app, anna, photo, publication, caplog):
    caplog.set_level("DEBUG")
    program = program_of(anna)
    secret = program.environ_base["HTTP_AUTHORIZATION"].split()[1]
    search(program, photo)
    publication.fault = RuntimeError("a bug")
    publication.searcher = None
    assert search(program, photo).status_code in (500, 503)
    bearing(app, secret + "x").get(OWN)
    assert caplog.records
    assert secret not in caplog.text


def test_a_token_does_not_lift_the_limit_of_searches(make_app, photo):
    app = make_app(MORELLI_SEARCH_RATE="2 per minute")
    program = program_of(with_account(app))
    assert [search(program, photo).status_code for _ in range(3)] == [200, 200, 429]
    refused = search(program, photo)
    assert refused.json["error"]["code"] == "too_many_searches"
    assert int(refused.headers["Retry-After"]) > 0


def test_a_token_opens_no_page_of_the_account(anna):
    program = program_of(anna)
    for address in ("/account/", "/account/tokens/", "/account/delete"):
        assert "/account/login" in program.get(address).location
