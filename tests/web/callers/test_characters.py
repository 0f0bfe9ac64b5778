"""What no database holds leads nowhere, or is refused in words; nothing breaks."""

from io import BytesIO

import pytest
from werkzeug.routing import IntegerConverter

from tests.support.people import logged_in, program_of
from tests.support.routes import address_of


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin", "curator")


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30, "9" * 5000])
def test_numbers_that_no_column_holds_lead_nowhere(app, admin, number):
    asked = 0
    for rule in app.url_map.iter_rules():
        if not any(isinstance(c, IntegerConverter) for c in rule._converters.values()):
            continue
        address = address_of(app, rule, number=number)
        method = "GET" if "GET" in rule.methods else "POST"
        asked += 1
        with admin.browser.open(address, method=method) as answer:
            assert answer.status_code == 404, address
    assert asked > 15


def test_the_largest_number_is_asked_for(admin):
    assert admin.browser.get(f"/curate/works/{2**31 - 1}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/works/%00",
        "/works/a%00b",
        "/facets/%00",
        "/shared/%00",
        "/iiif/works/%00/manifest.json",
        "/media/works/%00",
        "/account/invitation/%00",
        "/api/v1/works/%00",
    ],
)
def test_zero_characters_in_an_address_lead_nowhere(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/works/?q=a%00",
        "/works/?artist=%00",
        "/works/?%00=a",
        "/map?works=%00",
        "/api/v1/works?artist=%00",
    ],
)
def test_zero_characters_in_a_parameter_are_refused_in_words(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    words = answer.json["error"]["message"] if answer.is_json else answer.text
    assert "a character in it that is in no text" in words


def test_accounts_are_searched_for_by_text_only(admin):
    assert admin.browser.get("/admin/users/?q=%00").status_code == 400
    assert admin.browser.get("/admin/users/?q=a").status_code == 200


def test_zero_characters_in_a_form_are_refused(admin):
    page = "/curate/works/new"
    answer = admin.post(page, accession="1\0", title="Hare")
    assert answer.status_code == 400
    answer = admin.post(page, accession="1", title="Hare\0")
    assert answer.status_code == 400
    assert admin.post(page, accession="1", title="Hare").status_code == 303


def test_zero_characters_in_the_name_of_a_file_are_refused(admin):
    answer = admin.post(
        "/curate/imports/", "/curate/imports/", file=(BytesIO(b"a,b\n"), "a\0.csv")
    )
    assert answer.status_code == 400


def test_zero_characters_in_the_body_of_a_program_are_refused(app, ask_api, photo):
    program = program_of(logged_in(app))
    sent = {"photo": (BytesIO(photo), "photo.jpg")}
    query_id = program.post("/api/v1/search", data=sent).json["query_id"]
    address = f"/api/v1/queries/{query_id}/feedback"
    answer = program.put(address, json={"right": False, "accession": "1\0"})
    assert answer.status_code == 400
