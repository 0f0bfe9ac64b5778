"""Address of the OpenAPI document, and the same document as a page without scripts."""

import json
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template

from app.web.api.document import document_text

Schema = dict[str, Any]

bp = Blueprint("api_docs", __name__, url_prefix="/api")

METHODS = ("get", "post", "put", "patch", "delete")


class Operation(NamedTuple):
    """Operation as the page shows it, such as ``GET /api/v1/works``."""

    method: str
    path: str
    facts: dict[str, Any]
    """What the document says of it."""
    parameters: list[dict[str, Any]]
    """Those of its path as well."""

    @property
    def body(self) -> tuple[str, Schema] | None:
        """Type and form of what is sent along."""
        if "requestBody" not in self.facts:
            return None
        [(kind, content)] = self.facts["requestBody"]["content"].items()
        return kind, content["schema"]

    @property
    def given(self) -> tuple[str, dict[str, Any]]:
        """Status and description of the answer where all went well."""
        status = next(s for s in self.facts["responses"] if s.startswith("2"))
        return status, self.facts["responses"][status]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Status and name of each refusal."""
        return [
            (status, name_in(response["$ref"]))
            for status, response in self.facts["responses"].items()
            if "$ref" in response
        ]


@bp.get("/openapi.json")
def openapi() -> Response:
    """Send the document, in the order in which it is written."""
    return Response(document_text(), mimetype="application/json")


@bp.get("/docs")
def show() -> str:
    """Show the document as a page for people."""
    described = json.loads(document_text())
    operations = list_operations(described)
    statuses = {name: status for op in operations for status, name in op.refused}
    return render_template(
        "api_docs.html",
        document=described,
        operations=operations,
        refusals=sorted(
            (statuses[name], name, refusal)
            for name, refusal in described["components"]["responses"].items()
        ),
        kind=kind,
        pretty=partial(json.dumps, ensure_ascii=False, indent=2),
    )


def list_operations(described: dict[str, Any]) -> list[Operation]:
    """Return all operations of a document in its order."""
    return [
        Operation(
            method.upper(),
            path,
            item[method],
            [*item.get("parameters", ()), *item[method].get("parameters", ())],
        )
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    ]


def kind(schema: Schema) -> tuple[str, str | None]:
    """Name the type of a form, and the named form it is made of, if any."""
    if "$ref" in schema:
        return "", name_in(schema["$ref"])
    if "anyOf" in schema:
        [(words, name), *_others] = map(kind, schema["anyOf"])
        return f"{words} null or".strip(), name
    types = schema.get("type", "file")
    words = " or ".join(types) if isinstance(types, list) else types
    if words == "array" and "$ref" in schema["items"]:
        return "array of", name_in(schema["items"]["$ref"])
    if "format" in schema:
        words = f"{words}, {schema['format']}"
    return words, None


def name_in(ref: str) -> str:
    """Return the name that a reference points to."""
    return ref.rpartition("/")[2]
