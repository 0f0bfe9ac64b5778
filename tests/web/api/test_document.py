"""The interface is as its document says, and the document as the standard says."""

import hashlib
import json
import re
import shlex
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from app.extensions import db
from app.models import Artwork, TokenScope
from app.web.api.pages import list_operations
from app.web.api.schemas.examples import ACCESSION, QUERY_ID, SHA256
from app.web.api.schemas.tours import TOUR_ID
from app.web.errors import CODES
from app.web.shell.languages import LANGUAGES
from tests.support.people import program_of, with_account
from tests.support.visits import tour_of
from tests.web.api.conformity import JSON, validator

ROOT = Path(__file__).resolve().parents[3]
ONLY_ON_PAGES = {
    "form_expired",
    "unusable_link",
    "too_many_attempts",
    "unusable_image",  # stands for faults of photos that have no name of their own
    "method_not_allowed",  # of no operation: all that can be asked is described
}
"""Codes that no operation of the interface answers with."""


@pytest.fixture
def program(app):
    person = with_account(app, "anna@example.org", "curator")
    return program_of(person, TokenScope.WRITE_WORKS)


@pytest.fixture
def query_id(program, photo):
    return send(program, photo).json["query_id"]


def send(client, photo):
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    return client.post("/api/v1/search", data=fields)


def faults(document, name, value):
    form = {"$ref": f"#/components/schemas/{name}"}
    found = validator(json.dumps(document), json.dumps(form)).iter_errors(value)
    return [error.message for error in found]


def refused_codes(document, path, method, status):
    ref = document["paths"][path][method]["responses"][str(status)]["$ref"]
    refusal = document["components"]["responses"][ref.rpartition("/")[2]]
    return set(refusal["content"][JSON]["examples"])


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_valid_in_every_language(client, language):
    from openapi_spec_validator import OpenAPIV31SpecValidator  # which takes seconds

    answer = client.get("/api/openapi.json", headers={"Accept-Language": language})
    assert answer.content_type == "application/json"
    assert list(OpenAPIV31SpecValidator(answer.json).iter_errors()) == []


def test_the_document_and_the_routes_are_the_same(app, document):
    described = {
        (operation.method, operation.path) for operation in list_operations(document)
    }
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # The two that describe the others are not described themselves.
        if rule.rule.startswith("/api/") and not rule.endpoint.startswith("api_docs.")
    }
    assert described == routes


def test_every_form_is_used_and_every_operation_has_its_own_name(document):
    refs = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert refs == set(document["components"]["schemas"])
    names = [operation.facts["operationId"] for operation in list_operations(document)]
    assert len(set(names)) == len(names) == 18


def test_examples_have_the_form_that_they_are_examples_of(document):
    for operation in list_operations(document):
        for content in operation.given[1].get("content", {}).values():
            if "example" in content:
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert faults(document, name, content["example"]) == []


def test_answers_of_every_kind_have_the_form_that_is_promised(
    client, program, photo, photo_of_two, unknown_photo
):
    """Compared by the clients, as all answers of these tests are."""
    for sent in (photo, photo_of_two, unknown_photo):
        send(client, sent)
        address = f"/api/v1/queries/{send(program, sent).json['query_id']}"
        assert program.get(address).json["feedback"] is None
        said = program.put(f"{address}/feedback", json={"right": True}).json
        assert program.get(address).json["feedback"] == said
    assert program.get("/api/v1/queries").json["total"] == 3
    works = client.get("/api/v1/works?per_page=2").json
    assert works["next"]
    for work in works["works"]:
        assert client.get(f"/api/v1/works/{work['accession']}").status_code == 200


def test_errors_have_their_form_and_their_codes(client, program, document, make_app):
    missing = "/api/v1/queries/00000000-0000-4000-8000-000000000000"
    path = "/api/v1/queries/{query_id}"
    feedback = f"{path}/feedback"
    asked = [
        (client.post("/api/v1/search"), "/api/v1/search", "post"),
        (send(client, b"no picture"), "/api/v1/search", "post"),
        (client.get("/api/v1/works?page=x"), "/api/v1/works", "get"),
        (client.get("/api/v1/works/none"), "/api/v1/works/{accession}", "get"),
        (client.get("/api/v1/queries"), "/api/v1/queries", "get"),
        (program.get("/api/v1/queries?page=0"), "/api/v1/queries", "get"),
        (program.get(missing), path, "get"),
        (program.delete(missing), path, "delete"),
        (program.get(f"{missing}/photo"), f"{path}/photo", "get"),
        (client.put(f"{missing}/feedback"), feedback, "put"),
        (client.patch("/api/v1/works/1900.0"), "/api/v1/works/{accession}", "patch"),
        (program.patch("/api/v1/works/x"), "/api/v1/works/{accession}", "patch"),
        (program.put("/api/v1/works/x"), "/api/v1/works/{accession}", "put"),
    ]
    for answer, path, method in asked:
        assert faults(document, "Error", answer.json) == []
        codes = refused_codes(document, path, method, answer.status_code)
        assert answer.json["error"]["code"] in codes


def test_every_code_of_an_error_is_described(document):
    described = {
        code
        for refusal in document["components"]["responses"].values()
        for code in refusal["content"][JSON]["examples"]
    }
    assert described == set(CODES.values()) - ONLY_ON_PAGES


def test_the_handbook_in_the_project_names_the_same_routes_and_codes(document):
    handbook = (ROOT / "docs" / "api.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[A-Z].+?) \| `(/api/\S+)` \|", handbook, re.M)
    routes = {
        (method, path)
        for methods, path in rows
        for method in re.findall(r"\w+", methods)
    }
    assert routes == {
        (operation.method, operation.path) for operation in list_operations(document)
    }
    errors = handbook.partition("## Errors")[2]
    codes = re.findall(
        r"`([a-z_]+)`", " ".join(re.findall(r"^\| \d.*?\|.*?\|", errors, re.M))
    )
    assert set(codes) == set(CODES.values()) - ONLY_ON_PAGES - {"internal_error"}


def test_the_commands_of_the_document_work(
    app, program, document, query_id, photo, in_app
):
    work = Artwork(accession=ACCESSION, title="Ballast")
    db.session.add_all([work, *(tour_of(work) for _ in range(TOUR_ID))])
    db.session.commit()
    samples = [
        operation.facts["x-codeSamples"][0]["source"]
        for operation in list_operations(document)
    ]
    samples.sort(key=lambda command: "DELETE" in command)
    sent = hashlib.sha256(photo).hexdigest()
    for command in samples:
        meant = command.replace(QUERY_ID, query_id).replace(SHA256, sent)
        with run(program, meant, photo) as answer:
            assert answer.status_code in (200, 204), command


def run(program, command, photo):
    """Do what curl would do; the token is the program's own."""
    words = iter(shlex.split(command))
    assert next(words) == "curl"
    method, address = None, ""
    options: dict[str, Any] = {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            if value == "$ETAG":
                record = program.get(f"/api/v1/records/{ACCESSION}")
                value = record.headers["ETag"]
            if name != "Authorization":
                options.setdefault("headers", {})[name] = value
            else:
                assert value == "Bearer $TOKEN"
        elif word == "-F":
            assert next(words) == "photo=@photo.jpg"
            options["data"] = {"photo": (BytesIO(photo), "photo.jpg")}
        elif word == "-d":
            options["data"] = next(words)
        elif word == "-o":
            next(words)
        else:
            address = word
    parts = urlsplit(address)
    assert parts.netloc == "localhost:8000"
    method = method or ("POST" if "data" in options else "GET")
    return program.open(
        f"{unquote(parts.path)}?{parts.query}", method=method, **options
    )


def test_commands_name_the_public_address_and_not_the_one_that_was_asked(make_app):
    client = make_app(MORELLI_PUBLIC_URL="https://museum.org/find").test_client()
    for address in ("/api/openapi.json", "/api/docs"):
        text = client.get(address, base_url="http://evil.example").text
        assert "https://museum.org/find/api/v1/search" in text
        assert "evil" not in text


def test_who_has_no_account_may_read_the_description(make_app):
    client = make_app(MORELLI_ANONYMOUS_SEARCH="no").test_client()
    for address in ("/api/openapi.json", "/api/docs"):
        assert client.get(address).status_code == 200
