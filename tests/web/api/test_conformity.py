"""The comparison of answers with the document finds what is wrong with them."""

import pytest
from werkzeug.test import TestResponse

from tests.web.api.conformity import check

WORKS = "/api/v1/works"


@pytest.fixture
def text(client):
    return client.get("/api/openapi.json").text


@pytest.fixture
def answer(client):
    """Return a function that changes an honest answer."""

    def change(status=None, media=None, **fields):
        honest = client.get(WORKS)
        body = honest.json | fields
        app = client.application
        with app.test_request_context():
            response = app.json.response(body)
        response.status_code = status or 200
        response.mimetype = media or "application/json"
        return TestResponse(
            [response.data], response.status, response.headers, honest.request
        )

    return change


def test_an_honest_answer_passes(text, answer):
    check(text, "GET", WORKS, answer())


@pytest.mark.parametrize(
    "change",
    [
        {"total": "7"},
        {"next": 3},
        {"secret": 1},
        {"works": [{"accession": "1900.0"}]},
        {"status": 201},
        {"status": 404},
        {"media": "text/html"},
    ],
)
def test_a_changed_answer_does_not(text, answer, change):
    with pytest.raises(AssertionError):
        check(text, "GET", WORKS, answer(**change))
