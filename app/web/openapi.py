"""The programmer's interface as an OpenAPI 3.1 document, in the reader's language.

Written by hand; tests compare it with the routes, their answers and its own examples.
"""

import json
from urllib.parse import urlencode

from flask_babel import gettext as _

from app.services.collection.browsing import ORDERS, USUAL_ORDER, WORKS_PER_PAGE
from app.web.api_works import MOST_PER_PAGE
from app.web.json_schema import reference
from app.web.openapi_parts import (
    NEEDED,
    OWN,
    POSSIBLE,
    STRING,
    Part,
    accession,
    curl_command,
    jpeg_answer,
    json_answer,
    operation,
    page_number,
    parameter,
    query_id,
)
from app.web.openapi_refusals import refusals
from app.web.openapi_schemas import ACCESSION, QUERY_ID, schemas
from app.web.pages.works import LONGEST_TEXT

VERSION = "1.0.0"
"""Of the interface, not of the program: the first number is in its addresses."""


def document() -> Part:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Morelli",
            "version": VERSION,
            "summary": _("A photo of a work becomes its label."),
            "description": _(
                "Searching and reading the collection need no key, unless the museum "
                "wants one. With an access token a program searches in its owner’s "
                "name, and reads and deletes what it asked. Lists come in pages: "
                "follow “next” until it is null."
            ),
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "search", "description": _("Searching")},
            {"name": "works", "description": _("The collection")},
            {"name": "queries", "description": _("Your own searches")},
        ],
        "paths": _paths(),
        "components": {
            "schemas": schemas(),
            "responses": refusals(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": _(
                        "An access token, made on the pages of your account. It is "
                        "sent in the header “Authorization: Bearer …” and nowhere else."
                    ),
                }
            },
        },
    }


def _paths() -> dict[str, Part]:
    query, work = query_id(), accession()
    return {
        "/api/v1/search": {"post": _search()},
        "/api/v1/works": {"get": _list_works()},
        "/api/v1/works/{accession}": {
            "parameters": [work],
            "get": operation(
                "show_work",
                "works",
                _("One work, with its pictures and those that look like it"),
                json_answer("WorkWithSimilar", _("The work.")),
                {"400": "BadRequest", "404": "NotFound"},
                curl=curl_command(f"/api/v1/works/{ACCESSION}"),
            ),
        },
        "/api/v1/queries": {"get": _list_queries()},
        "/api/v1/queries/{query_id}": {
            "parameters": [query],
            "get": operation(
                "show_query",
                "queries",
                _("One search, with its whole answer"),
                json_answer("QueryWithAnswer", _("The search.")),
                OWN,
                security=NEEDED,
                curl=curl_command(f"/api/v1/queries/{QUERY_ID}", token=True),
            ),
            "delete": operation(
                "delete_query",
                "queries",
                _("Delete a search, its photo and its answer"),
                {"204": {"description": _("It is deleted, for ever.")}},
                OWN,
                security=NEEDED,
                curl=curl_command(
                    f"/api/v1/queries/{QUERY_ID}", "-X DELETE", token=True
                ),
            ),
        },
        "/api/v1/queries/{query_id}/photo": {
            "parameters": [query],
            "get": operation(
                "show_photo",
                "queries",
                _("The photo of a search"),
                jpeg_answer(_("The photo as it was searched.")),
                OWN,
                security=NEEDED,
                curl=curl_command(
                    f"/api/v1/queries/{QUERY_ID}/photo", "-o photo.jpg", token=True
                ),
            ),
        },
        "/api/v1/queries/{query_id}/feedback": {
            "parameters": [query],
            "put": _judge(),
        },
    }


def _search() -> Part:
    photo = {
        "contentMediaType": "application/octet-stream",
        "description": _("JPEG, PNG, WebP, HEIC, TIFF, BMP or GIF, its first frame."),
    }
    form = {"type": "object", "required": ["photo"], "properties": {"photo": photo}}
    return operation(
        "search",
        "search",
        _("Name the work in a photo"),
        json_answer(
            "Answer", _("What the photo shows, or that it shows nothing from here.")
        ),
        {
            "400": "BadRequest",
            "401": "Unauthorized",
            "413": "TooLarge",
            "422": "Unusable",
            "429": "TooMany",
        },
        security=POSSIBLE,
        body={"multipart/form-data": {"schema": form}},
        curl=curl_command("/api/v1/search", "-F photo=@photo.jpg"),
        description=_(
            "Without a token nobody can read the search again. Photos are searched in "
            "the order in which they arrive."
        ),
    )


def _list_works() -> Part:
    values = {
        "artist": _("Only works of this artist, written as in the label."),
        "school": _("Only works of this school."),
        "technique": _("Only works of this technique."),
        "type": _("Only works of this type."),
        "location": _("Only works in this place."),
    }
    words = _("Words that the label has, in any order; accents do not matter.")
    return operation(
        "list_works",
        "works",
        _("List the works, all or those with some words"),
        json_answer("Works", _("A page of works.")),
        {"400": "BadRequest", "404": "NotFound"},
        parameters=[
            parameter("q", words, {"type": "string", "maxLength": LONGEST_TEXT}),
            *(parameter(name, text, STRING) for name, text in values.items()),
            parameter(
                "order",
                _("What comes first."),
                {"type": "string", "enum": list(ORDERS), "default": USUAL_ORDER},
            ),
            page_number(),
            parameter(
                "per_page",
                _("Works on a page."),
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MOST_PER_PAGE,
                    "default": WORKS_PER_PAGE,
                },
            ),
        ],
        curl=curl_command(
            "/api/v1/works?" + urlencode({"q": "oil canvas", "order": "date"})
        ),
    )


def _list_queries() -> Part:
    return operation(
        "list_queries",
        "queries",
        _("List your searches, newest first"),
        json_answer("Queries", _("A page of searches.")),
        {"400": "BadRequest", **OWN},
        security=NEEDED,
        parameters=[page_number()],
        curl=curl_command("/api/v1/queries", token=True),
    )


def _judge() -> Part:
    said = json.dumps({"right": True})
    return operation(
        "judge_query",
        "queries",
        _("Say whether an answer is right"),
        json_answer("Feedback", _("What is kept; the last word counts.")),
        {"400": "BadRequest", **OWN},
        security=NEEDED,
        body={"application/json": {"schema": reference("Judgement")}},
        curl=curl_command(
            f"/api/v1/queries/{QUERY_ID}/feedback",
            f"-X PUT -H 'Content-Type: application/json' -d '{said}'",
            token=True,
        ),
    )
