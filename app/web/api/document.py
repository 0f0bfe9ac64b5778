"""OpenAPI 3.1 document of the programmer's interface, made from its schemas and views.

Its texts are lazy: they are translated when the document is written for somebody.
"""

import json
from typing import Any

import flask_smorest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, current_app
from flask_babel import lazy_gettext as _
from marshmallow import fields

from app.web.api import queries, search, works
from app.web.api.arguments import JudgementSchema, Photo
from app.web.api.refusals import NAMES, RESPONSES, ErrorSchema
from app.web.api.schemas import (
    AnswerSchema,
    FeedbackSchema,
    ImageSchema,
    LabelSchema,
    MatchSchema,
    QueriesSchema,
    QuerySchema,
    QueryWithAnswerSchema,
    SimilarWorkSchema,
    WorkSchema,
    WorksSchema,
    WorkWithSimilarSchema,
)

API = "morelli.api"
"""Key of the description among the application's extensions, once it is made."""
OPERATIONS = (search, works, queries)
VERSION = "1.0.0"
"""Of the interface, not of the program: the first number is in its addresses."""
SCHEMAS = (
    *(LabelSchema, ImageSchema, WorkSchema, WorkWithSimilarSchema, WorksSchema),
    *(MatchSchema, SimilarWorkSchema, AnswerSchema),
    *(FeedbackSchema, QuerySchema, QueryWithAnswerSchema, QueriesSchema),
    *(JudgementSchema, ErrorSchema),
)
"""Those with a name, in the order of the document: what others are made of comes first.
Any other is described where it is used."""
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


def register(app: Flask) -> None:
    """Register the operations; they are described when somebody asks for it."""
    for module in OPERATIONS:
        app.register_blueprint(module.bp)


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
            "servers": [{"url": "/"}],
            "tags": TAGS,
            "marshmallow_plugin": MarshmallowPlugin(no_name),
        },
    )
    api.ma_plugin.converter.add_attribute_function(photo_properties)
    spec: APISpec = api.spec
    for schema in SCHEMAS:
        name = schema.__name__.removesuffix("Schema")
        described = {"description": schema.description}
        spec.components.schema(name, described, schema=schema)
    for status, response in RESPONSES.items():
        spec.components.response(NAMES[status], response)
    spec.components.security_scheme("token", TOKEN)
    for module in OPERATIONS:
        bp = module.bp
        bp.register_views_in_doc(api, app, spec, name=bp.name, parameters=None)
    return spec


def no_name(_schema: object) -> str:
    """Name no schema that is not among ``SCHEMAS``."""
    return ""


def photo_properties(
    _converter: object, field: fields.Field[Any], **_options: object
) -> dict[str, str]:
    """Describe a field of a photo as JSON Schema 2020-12 has it."""
    if not isinstance(field, Photo):
        return {}
    return {"contentMediaType": "application/octet-stream"}
