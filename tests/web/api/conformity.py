"""Whether answers are as the document says: every request of these tests is checked."""

import json
import re
from functools import cache

from flask.testing import FlaskClient

from app.web.api.document import document_text
from app.web.api.pages import list_operations

JSON = "application/json"


class CheckedClient(FlaskClient):
    """A program that trusts the document: no answer may differ from it."""

    def open(self, *args, **options):
        answer = super().open(*args, **options)
        request = answer.request
        if request.path.startswith("/api/v1/"):
            check(document_of(self.application), request.method, request.path, answer)
        return answer


documents: dict[tuple[str, str], str] = {}
"""By all that an application's settings say in it: writing one takes a while."""


def document_of(app):
    key = app.config["APPLICATION_ROOT"], app.config["PUBLIC_URL"]
    if key not in documents:
        with app.test_request_context():
            documents[key] = document_text()
    return documents[key]


def check(document, method, path, answer):
    """Fail if an answer is not one of those described."""
    if method in ("HEAD", "OPTIONS"):
        return  # made by the server itself, and without a body
    responses = expected_responses(document, method, path)
    if responses is None:  # no operation: an error, and in the form of all errors
        error = {JSON: {"$ref": "#/components/schemas/Error"}}
        responses = {"404": error, "405": error}
    assert str(answer.status_code) in responses, f"{method} {path}: {answer.status}"
    content = responses[str(answer.status_code)]
    if not content:
        assert answer.data == b""
        return
    assert answer.mimetype in content, f"{method} {path} sends {answer.mimetype}"
    if answer.mimetype == JSON:
        form = validator(document, json.dumps(content[JSON]))
        faults = [f"{e.json_path}: {e.message}" for e in form.iter_errors(answer.json)]
        assert not faults, faults


@cache
def described_operations(document):
    """Return the addresses of the document as patterns, with their responses."""
    read = json.loads(document)
    refusals = read["components"]["responses"]
    return [
        (
            operation.method,
            re.compile(re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(operation.path))),
            {
                status: {
                    media: content.get("schema", {})
                    for media, content in refusals.get(
                        response.get("$ref", "").rpartition("/")[2], response
                    )
                    .get("content", {})
                    .items()
                }
                for status, response in operation.facts["responses"].items()
            },
        )
        for operation in sorted(
            list_operations(read), key=lambda operation: -len(operation.path)
        )
    ]


def expected_responses(document, method, path):
    """Return the responses of the operation that a request is for, by status."""
    for described, pattern, responses in described_operations(document):
        if described == method and pattern.fullmatch(path):
            return responses
    return None


@cache
def validator(document, schema):
    """Return what finds the faults of a value; unknown fields are some."""
    # Here, because it takes seconds: in every process that collects tests.
    from jsonschema import Draft202012Validator

    form = json.loads(schema)
    form["components"] = closed(json.loads(document)["components"])
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(form, format_checker=checker)


def closed(schema):
    """Return a form that has no other fields than those it names."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(part) for name, part in schema.items()}
    if "properties" in shut:
        shut["additionalProperties"] = False
    return shut
