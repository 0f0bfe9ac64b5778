"""OpenAPI 3.1 document of the programmer's interface, made from its schemas and views.

Its texts are lazy: they are translated when the document is written for somebody.
"""

import json
from types import ModuleType
from typing import Any

import flask_smorest
from apispec import APISpec, BasePlugin
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, current_app
from flask_babel import lazy_gettext as _
from marshmallow import Schema, fields

from app.web.api import queries, search, suggestions, tours, works, writing
from app.web.api.arguments import JudgementSchema
from app.web.api.blueprint import TOKEN_NEEDED
from app.web.api.changes import RecordChangesSchema
from app.web.api.refusals import NAMES, RESPONSES, ErrorSchema
from app.web.api.schemas import answers, matches
from app.web.api.schemas import queries as query_schemas
from app.web.api.schemas import records as record_schemas
from app.web.api.schemas import suggestions as suggestion_schemas
from app.web.api.schemas import tours as tour_schemas
from app.web.api.schemas import works as work_schemas
from app.web.api.schemas.examples import ACCESSION, QUERY_ID, SHA256
from app.web.api.schemas.tours import TOUR_ID

API = "morelli.api"
"""Key of the description among the application's extensions, once it is made."""
BLUEPRINTS = (
    *(search.bp, works.bp, writing.bp, suggestions.bp, tours.bp),
    queries.bp,
)
VERSION = "1.0.0"
"""Of the interface, not of the program: the first number is in its addresses."""


def of_module(module: ModuleType) -> list[type[Schema]]:
    """Return the schemas that a module defines, in their order."""
    return [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Schema)
        if one.__module__ == module.__name__
    ]


SCHEMAS = (
    *(work_schemas, suggestion_schemas, matches, answers, query_schemas),
    *(tour_schemas, record_schemas),
)
NAMED_SCHEMAS: list[Any] = [
    schema
    for schema in (
        *(found for module in SCHEMAS for found in of_module(module)),
        *(RecordChangesSchema, JudgementSchema, ErrorSchema),
    )
    if hasattr(schema, "description")
]
"""In the order in which they are defined: what others are made of comes first. One
without a description is described where it is used."""
INFO = {
    "summary": _("A photo of a work becomes its label."),
    "description": _(
        "Searching and reading the collection need no key, unless the museum "
        "wants one. With an access token a program searches in its owner’s "
        "name, and reads and deletes what it asked. Lists come in pages: "
        "follow “next” until it is null."
    ),
}
TAGS = [
    {"name": "search", "description": _("Searching")},
    {"name": "works", "description": _("The collection")},
    {"name": "queries", "description": _("Your own searches")},
]
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": _(
        "An access token, made on the pages of your account. It is sent in the header "
        "“Authorization: Bearer …” and nowhere else."
    ),
}
PARTS = ("openapi", "info", "servers", "tags", "paths", "components")


class Api(flask_smorest.Api):
    """The library's describer; errors and pages of lists are our own."""

    ERROR_SCHEMA = "Error"
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave them to ``app.web.errors``."""

    def _register_pagination_header(self) -> None:
        """Leave it out, and its schema: no list has it."""


class CurlPlugin(BasePlugin):
    """Writer of the command that asks this server for an operation."""

    def operation_helper(
        self, path: str | None = None, operations: Any = None, **options: Any
    ) -> None:
        """Put it in the place of the options that ``Blueprint.operation`` left."""
        # The site's own address: that of the request could be anybody's.
        site = current_app.config["PUBLIC_URL"].rstrip("/")
        examples = {
            "accession": ACCESSION,
            "query_id": QUERY_ID,
            "tour_id": TOUR_ID,
            "sha256": SHA256,
        }
        url = f"{site}{path}".format(**examples)
        for facts in operations.values():
            command = facts["x-codeSamples"].replace("URL", url)
            if facts["security"] == TOKEN_NEEDED:
                command = f'-H "Authorization: Bearer $TOKEN" {command}'
            sample = {"lang": "Shell", "label": "curl", "source": f"curl {command}"}
            facts["x-codeSamples"] = [sample]  # as documentation programs know it


def register(app: Flask) -> None:
    """Register the operations; they are described when somebody asks for it."""
    for bp in BLUEPRINTS:
        app.register_blueprint(bp)


def document_text() -> str:
    """Write the document as JSON, in the language of the request."""
    if API not in current_app.extensions:
        current_app.extensions[API] = describe(current_app)
    parts = current_app.extensions[API].to_dict()
    ordered = {name: parts[name] for name in PARTS}
    return json.dumps(ordered, ensure_ascii=False, default=str)


def describe(app: Flask) -> APISpec:
    """Describe all operations of an application, with texts still to be translated."""
    api = Api(
        app,
        spec_kwargs={
            "title": "Morelli",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": INFO,
            "servers": [{"url": app.config["APPLICATION_ROOT"]}],
            "tags": TAGS,
            # No schema has a name that is not registered with one below.
            "marshmallow_plugin": MarshmallowPlugin(lambda _schema: ""),
            "extra_plugins": [CurlPlugin()],
        },
    )
    api.ma_plugin.converter.add_attribute_function(media_type)
    spec: APISpec = api.spec
    for schema in NAMED_SCHEMAS:
        name = schema.__name__.removesuffix("Schema")
        described = {"description": schema.description}
        spec.components.schema(name, described, schema=schema)
    for status, response in RESPONSES.items():
        spec.components.response(NAMES[status], response)
    spec.components.security_scheme("token", TOKEN)
    for bp in BLUEPRINTS:
        bp.register_views_in_doc(api, app, spec, name=bp.name, parameters=None)
    return spec


def media_type(
    _converter: object, field: fields.Field[Any], **_options: object
) -> dict[str, str]:
    """Return JSON Schema's media type of a field, which the library does not know."""
    name = "contentMediaType"
    return {name: field.metadata[name]} if name in field.metadata else {}
