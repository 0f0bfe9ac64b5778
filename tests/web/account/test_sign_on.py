"""Single sign-on: who is let in by whom, as which account, with which roles."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry, Identity
from app.services.accounts import accounts
from tests.support.identity_provider import CLIENT, SECRET
from tests.support.people import PASSWORD, Person, logged_in, with_account

PUBLIC = "https://museum.org/suche"
BEGIN = "/suche/account/single-sign-on/"
ANNA = {"sub": "7001", "email": "Anna@example.org", "email_verified": True}


@pytest.fixture
def site(make_app, provider):
    def make(**settings):
        app = make_app(
            MORELLI_PUBLIC_URL=PUBLIC,
            MORELLI_OIDC_ISSUER=provider.issuer,
            MORELLI_OIDC_CLIENT_ID=CLIENT,
            MORELLI_OIDC_CLIENT_SECRET=SECRET,
            **settings,
        )
        provider.callback = f"{PUBLIC}/account/single-sign-on/callback"
        provider.facts = dict(ANNA)
        return app

    return make


def come(person, provider, begin=BEGIN):
    """Go to the provider and come back; return the answer to that."""
    led = person.browser.get(begin)
    assert led.status_code == 302, led.text
    back = urlsplit(provider.answer_to(led.headers["Location"]))
    return person.browser.get(f"{back.path}?{back.query}")


def account_of(email):
    """Return an account in the present context."""
    user = accounts.find(email)
    assert user is not None
    return user


def notices(person):
    return person.browser.get("/suche/account/login").text


def test_a_newcomer_has_an_account_without_a_password(site, provider):
    anna = Person(site())
    answer = come(anna, provider, f"{BEGIN}?next=/suche/history")
    assert answer.headers["Location"] == "/suche/history"
    assert anna.is_logged_in
    assert anna.account().password is None
    assert anna.account().confirmed_at is not None


def test_the_same_person_is_known_again_under_another_address(site, provider):
    app = site()
    come(Person(app), provider)
    provider.facts["email"] = "married@example.org"
    again = Person(app)
    come(again, provider)
    assert "anna@example.org" in again.browser.get("/suche/account/").text


def test_the_question_is_bound_to_the_browser(site, provider):
    app = site()
    led = Person(app).browser.get(BEGIN).headers["Location"]
    asked = parse_qs(urlsplit(led).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [provider.callback]
    assert {"state", "nonce"} <= asked.keys()
    back = urlsplit(provider.answer_to(led))
    mallory = Person(app)
    mallory.browser.get(f"{back.path}?{back.query}")
    assert "did not work" in notices(mallory)
    assert not mallory.is_logged_in


@pytest.mark.parametrize(
    "lie", [{"iss": "https://evil.example"}, {"exp": -1000}, {"aud": ["another"]}]
)
def test_an_id_token_for_somebody_else_or_too_old_lets_nobody_in(site, provider, lie):
    provider.altered = lie
    anna = Person(site())
    come(anna, provider)
    assert not anna.is_logged_in


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"email_verified": False}, "confirm it there first"),
        ({"email_verified": None}, "confirm it there first"),
        ({"email": ""}, "did not say your e-mail address"),
    ],
)
def test_an_address_that_is_not_vouched_for_lets_nobody_in(
    site, provider, facts, words
):
    anna = Person(site())
    provider.facts |= facts
    come(anna, provider)
    assert words in notices(anna)
    assert anna.account() is None


def test_an_account_with_a_password_is_not_taken_over(site, provider):
    app = site()
    owner = with_account(app, "anna@example.org", "admin")
    stranger = Person(app)
    come(stranger, provider)
    assert not stranger.is_logged_in
    assert "with a password" in notices(stranger)
    assert owner.account().password is not None


def test_its_owner_connects_it_by_the_password(site, provider):
    app = site()
    owner = with_account(app)
    owner.post("/suche/account/login", email=owner.email, password=PASSWORD)
    page = "/suche/account/single-sign-on/connect"
    assert owner.post(page, password="not the one").status_code == 200
    go = "/suche/account/single-sign-on/go"
    assert owner.browser.get(go).headers["Location"] == page  # nothing was proved
    assert owner.post(page, password=PASSWORD).status_code == 303
    assert go in owner.browser.get(page).text
    come(owner, provider, go)
    again = Person(app)
    come(again, provider)
    assert again.is_logged_in
    with app.app_context():
        assert db.session.scalars(select(Identity.subject)).all() == ["7001"]
        assert "account_connect" in db.session.scalars(select(AuditEntry.action)).all()


def test_an_account_that_nobody_confirmed_is_its_owners_now(site, provider):
    app = site()
    Person(app, "anna@example.org", "a stranger's password").register()
    come(Person(app), provider)
    assert Person(app).account().password is None


def test_a_locked_account_stays_outside(site, provider):
    app = site()
    come(Person(app), provider)
    with app.app_context():
        account_of("anna@example.org").active = False
        db.session.commit()
    anna = Person(app)
    come(anna, provider)
    assert "is locked" in notices(anna)
    assert not anna.is_logged_in


def roles_of(person):
    return {role.name for role in person.account().roles}


def test_roles_follow_the_groups(site, provider):
    app = site(
        MORELLI_OIDC_ROLES_CLAIM="realm_access.roles",
        MORELLI_SSO_ROLES="it=admin, registrars = curator",
    )
    with_account(app, "root@example.org", "admin")
    provider.facts["realm_access"] = {"roles": ["registrars", "it", "choir"]}
    anna = Person(app)
    come(anna, provider)
    assert roles_of(anna) == {"admin", "curator"}
    assert anna.browser.get("/suche/admin/").status_code == 200
    provider.facts["realm_access"] = {"roles": ["registrars"]}
    come(Person(app), provider)
    assert roles_of(anna) == {"curator"}
    assert anna.browser.get("/suche/admin/").status_code == 403


def test_the_last_administrator_stays_one(site, provider, caplog):
    app = site(MORELLI_OIDC_ROLES_CLAIM="groups", MORELLI_SSO_ROLES="it=admin")
    provider.facts["groups"] = ["it"]
    anna = Person(app)
    come(anna, provider)
    provider.facts["groups"] = []
    with caplog.at_level(logging.WARNING):
        come(Person(app), provider)
    assert roles_of(anna) == {"admin"}
    assert "last administrator" in caplog.text


def test_roles_that_are_given_here_stay_where_no_group_means_one(site, provider):
    app = site()
    anna = Person(app)
    come(anna, provider)
    with app.app_context():
        accounts.grant(account_of(anna.email), "curator")
        db.session.commit()
    come(Person(app), provider)
    assert roles_of(anna) == {"curator"}


def test_the_own_second_factor_is_asked_for_unless_the_provider_did(site, provider):
    app = site()
    anna = Person(app)
    come(anna, provider)
    with app.app_context():
        user = account_of(anna.email)
        secret = app.extensions["security"].totp_factory.generate_totp_secret()
        user.tf_primary_method, user.tf_totp_secret = "authenticator", secret
        db.session.commit()
    again = Person(app)
    assert "/second-factor/code" in come(again, provider).headers["Location"]
    assert not again.is_logged_in
    provider.facts["amr"] = ["pwd", "mfa"]
    come(Person(app), provider)
    strong = Person(app)
    come(strong, provider)
    assert strong.is_logged_in


def test_a_second_factor_at_the_provider_is_one_for_curators(site, provider):
    app = site(MORELLI_SECOND_FACTOR="curators")
    come(Person(app), provider)
    with app.app_context():
        accounts.grant(account_of("anna@example.org"), "curator")
        db.session.commit()
    weak, strong = Person(app), Person(app)
    come(weak, provider)
    assert weak.browser.get("/suche/curate/works/").status_code == 302
    provider.facts["amr"] = ["mfa"]
    come(strong, provider)
    assert strong.browser.get("/suche/curate/works/").status_code == 200


def test_logging_out_names_the_providers_own_session(site, provider):
    anna = Person(site())
    come(anna, provider)
    left = anna.post("/suche/account/logout", page="/suche/account/")
    assert left.headers["Location"] == "/suche/account/single-sign-on/left"
    page = anna.browser.get(left.headers["Location"]).text
    assert f"{provider.issuer}/end?" in page
    assert f"client_id={CLIENT}" in page
    assert not anna.is_logged_in


def test_an_account_without_a_password_is_deleted_by_a_fresh_sign_on(site, provider):
    anna = Person(site())
    come(anna, provider)
    page = "/suche/account/delete"
    with anna.browser.session_transaction() as session:
        session["signed_on"] = {**session["signed_on"], "at": 0}
    assert "log in again" in anna.post(page).text
    assert anna.account() is not None
    with anna.browser.session_transaction() as session:
        session.clear()
    come(anna, provider)
    assert 'type="password"' not in anna.browser.get(page).text
    assert anna.post(page).status_code == 302
    assert anna.account() is None


def test_a_provider_that_does_not_answer_is_said(site, provider):
    app = site(MORELLI_OIDC_ROLES_CLAIM="groups")
    app.extensions["morelli.provider"]._server_metadata_url = "http://127.0.0.1:9/x"
    anna = Person(app)
    assert anna.browser.get(BEGIN).status_code == 302
    assert "cannot be reached" in notices(anna)


def test_a_provider_under_another_name_is_not_believed(site, provider, caplog):
    app = site()
    provider.issuer = "https://evil.example"
    anna = Person(app)
    anna.browser.get(BEGIN)
    assert "cannot be reached" in notices(anna)
    assert "calls itself 'https://evil.example'" in caplog.text


def test_nobody_is_asked_before_somebody_logs_in(site, provider):
    client = site().test_client()
    for page in ("/suche/", "/suche/account/login", "/suche/works/"):
        assert client.get(page).status_code == 200
    assert provider.asked == []


@pytest.mark.parametrize(
    ("who", "admin_gets_in"), [("everybody", True), ("admins", True), ("nobody", False)]
)
def test_passwords_are_left_to_whom_the_setting_says(
    site, provider, who, admin_gets_in
):
    app = site(MORELLI_LOCAL_LOGIN=who)
    admin = with_account(app, "root@example.org", "admin")
    visitor = with_account(app, "vera@example.org")
    login = "/suche/account/login"
    page = "/suche/about"  # also where there is no form for it
    for person in (admin, visitor):
        person.post(login, page, email=person.email, password=PASSWORD)
    assert admin.is_logged_in is admin_gets_in
    assert visitor.is_logged_in is (who == "everybody")
    registers = Person(app).browser.get("/suche/account/register").status_code
    assert registers == (200 if who == "everybody" else 404)


@pytest.fixture
def proxied(make_app):
    return make_app(
        MORELLI_PROXIES="1",
        MORELLI_SSO_HEADER="X-Remote-Email",
        MORELLI_SSO_ROLES_HEADER="X-Remote-Groups",
        MORELLI_SSO_ROLES="it=admin",
        MORELLI_SSO_PROXIES="10.1.0.0/16",
    )


def behind(app, email, peer="10.1.2.3", groups=""):
    person = Person(app, email)
    person.browser.environ_base |= {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        "HTTP_X_REMOTE_EMAIL": email,
        "HTTP_X_REMOTE_GROUPS": groups,
    }
    return person


HERE = "/account/single-sign-on/"


def test_a_trusted_proxys_header_lets_in_with_its_groups(proxied):
    anna = behind(proxied, "anna@example.org", groups="choir, it")
    assert anna.browser.get(HERE).headers["Location"] == "/"
    assert anna.is_logged_in
    assert anna.browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("peer", ["203.0.113.9", "127.0.0.1", ""])
def test_the_header_of_anybody_else_lets_nobody_in(proxied, peer):
    mallory = behind(proxied, "root@example.org", peer)
    mallory.browser.environ_base["HTTP_X_FORWARDED_FOR"] = "10.1.2.3"
    mallory.browser.get(HERE)
    assert not mallory.is_logged_in
    assert mallory.account() is None


def test_a_session_ends_when_the_proxy_names_somebody_else_or_nobody(proxied):
    for other in ("ben@example.org", ""):
        anna = behind(proxied, "anna@example.org")
        anna.browser.get(HERE)
        assert anna.is_logged_in
        anna.browser.environ_base["HTTP_X_REMOTE_EMAIL"] = other
        assert not anna.is_logged_in


def test_without_the_setting_the_header_is_nothing(make_app):
    app = make_app(MORELLI_PROXIES="1")
    anna = behind(app, "anna@example.org", "127.0.0.1")
    assert anna.browser.get(HERE).status_code == 404
    assert not anna.is_logged_in


def test_the_header_takes_over_no_account_with_a_password(proxied):
    with_account(proxied, "anna@example.org", "admin")
    stranger = behind(proxied, "anna@example.org")
    stranger.browser.get(HERE)
    assert not stranger.is_logged_in


def test_local_accounts_go_on_beside_the_header(proxied):
    person = logged_in(proxied, "vera@example.org")
    assert person.is_logged_in
