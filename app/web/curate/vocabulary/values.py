"""Suggestions of values that works have already, for the fields of forms."""

from flask import Blueprint, Response, abort, jsonify, request

from app.extensions import db
from app.services.collection.vocabulary.values import (
    FIELDS,
    LONGEST_VALUE,
    suggest_values,
)

bp = Blueprint("curate_values", __name__, url_prefix="/curate/values")


@bp.app_template_global("has_values")
def _has_values(name: str) -> bool:
    """Tell whether values of a field of the label are suggested."""
    return name in FIELDS


@bp.get("/<name>")
def suggest(name: str) -> Response:
    """Return values of a field that have what ``?q=`` says, as JSON."""
    if name not in FIELDS:
        abort(404)
    typed = request.args.get("q", "")[:LONGEST_VALUE]
    return jsonify(values=suggest_values(db.session(), name, typed))
