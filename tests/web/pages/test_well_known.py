from datetime import UTC, datetime, timedelta

import pytest
import time_machine

CONTACT = "mailto:security@museum.org"
ADDRESS = "/.well-known/security.txt"


@pytest.fixture
def client(make_app):
    app = make_app(
        MORELLI_SECURITY_CONTACT=CONTACT, MORELLI_PUBLIC_URL="https://museum.org/"
    )
    return app.test_client()


def fields(answer):
    """Return the fields of a security.txt, of which each may come once."""
    lines = [line.partition(": ") for line in answer.text.splitlines()]
    assert len({name for name, _, _ in lines}) == len(lines)
    return {name: value for name, _, value in lines}


def test_it_says_where_faults_are_reported(client):
    answer = client.get(ADDRESS)
    assert answer.content_type == "text/plain; charset=utf-8"
    found = fields(answer)
    assert found.pop("Expires")
    assert found == {
        "Contact": CONTACT,
        "Preferred-Languages": "en, de, fr, es, it, nl",
        "Canonical": "https://museum.org/.well-known/security.txt",
    }


@pytest.mark.parametrize("day", ["2027-01-01T00:00:00Z", "2028-02-29T23:59:59Z"])
def test_it_is_good_for_a_while_and_less_than_a_year(client, day):
    with time_machine.travel(day, tick=False):
        expires = datetime.fromisoformat(fields(client.get(ADDRESS))["Expires"])
        left = expires - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_without_a_contact_there_is_no_such_page(make_app):
    answer = make_app().test_client().get(ADDRESS)
    assert answer.status_code == 404


def test_without_https_no_address_of_its_own_is_named(make_app):
    app = make_app(MORELLI_SECURITY_CONTACT=CONTACT)
    assert "Canonical" not in fields(app.test_client().get(ADDRESS))


def test_it_is_told_while_the_database_is_out_of_reach(make_app, tmp_path):
    address = f"sqlite:///{tmp_path / 'empty.db'}"
    app = make_app(MORELLI_SECURITY_CONTACT=CONTACT, MORELLI_DATABASE_URL=address)
    client = app.test_client()
    assert client.get("/works/").status_code == 503
    assert client.get(ADDRESS).status_code == 200


def test_password_managers_find_the_form(client):
    found = client.get("/.well-known/change-password")
    assert found.status_code == 302
    assert found.headers["Location"] == "/account/password"
