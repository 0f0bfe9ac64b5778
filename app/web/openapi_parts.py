"""The pieces that operations are described with, in OpenAPI 3.1."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.web.json_schema import Schema, example_of, reference
from app.web.openapi_schemas import ACCESSION, QUERY_ID, schemas

Part = dict[str, Any]
Security = list[dict[str, list[str]]]

STRING = {"type": "string"}
NEEDED: Security = [{"token": []}]
POSSIBLE: Security = [{"token": []}, {}]
"""With a token or without."""
COMMON = {"500": "InternalError", "503": "Unavailable"}
"""How any operation may be refused."""
OWN = {"401": "Unauthorized", "404": "NotFound"}
"""How those that need a token may be."""


def operation(
    name: str,
    tag: str,
    summary: str,
    given: dict[str, Part],
    refused: dict[str, str],
    *,
    curl: str,
    security: Security | None = None,
    parameters: list[Part] | None = None,
    body: Part | None = None,
    description: str | None = None,
) -> Part:
    """Return one operation: what it takes, gives and refuses."""
    to_refusal = {
        status: {"$ref": f"#/components/responses/{refusal}"}
        for status, refusal in {**refused, **COMMON}.items()
    }
    facts = {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "security": security or [],
        "parameters": parameters,
        "requestBody": {"required": True, "content": body} if body else None,
        "responses": {**given, **to_refusal},
        # As documentation programs know it.
        "x-codeSamples": [{"lang": "Shell", "label": "curl", "source": curl}],
    }
    return {key: value for key, value in facts.items() if value is not None}


def json_answer(name: str, words: str) -> dict[str, Part]:
    """Return the answer 200 with JSON of a named form."""
    content = {
        "schema": reference(name),
        "example": example_of(reference(name), schemas()),
    }
    return {"200": {"description": words, "content": {"application/json": content}}}


def jpeg_answer(words: str) -> dict[str, Part]:
    """Return the answer 200 with a picture."""
    return {"200": {"description": words, "content": {"image/jpeg": {}}}}


def parameter(name: str, words: str, schema: Schema) -> Part:
    """Return a parameter of an address, which may be left out."""
    return {"name": name, "in": "query", "description": words, "schema": schema}


def page_number() -> Part:
    """Return the parameter that all lists have."""
    schema = {"type": "integer", "minimum": 1, "default": 1}
    return parameter("page", _("Which page, from 1."), schema)


def accession() -> Part:
    """Return the part of a path that names a work."""
    words = _("The museum’s number of the work; slashes may stand as they are.")
    return _in_path("accession", words, STRING, ACCESSION)


def query_id() -> Part:
    """Return the part of a path that names a search."""
    schema = {"type": "string", "format": "uuid"}
    return _in_path("query_id", _("Of the search."), schema, QUERY_ID)


def _in_path(name: str, words: str, schema: Schema, example: str) -> Part:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": words,
        "schema": schema,
        "example": example,
    }


def curl_command(path: str, options: str = "", *, token: bool = False) -> str:
    """Return a command that asks this server."""
    # The site's own address: that of the request could be anybody's.
    address = f"'{current_app.config['PUBLIC_URL'].rstrip('/')}{path}'"
    header = '-H "Authorization: Bearer $TOKEN"' if token else ""
    return " ".join(filter(None, ("curl", header, options, address)))
