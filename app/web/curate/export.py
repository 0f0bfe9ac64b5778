"""Export page: the collection to take away."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, stream_with_context

from app.extensions import db
from app.services.collection import exporting

bp = Blueprint("curate_export", __name__, url_prefix="/curate/export")


@bp.get("/")
def show() -> str:
    """Say in which forms the collection can be had."""
    return render_template("curate/export.html")


@bp.get("/works.csv")
def table() -> Response:
    """Send all works as a table that can be imported again."""
    return download(exporting.table(db.session()), "works.csv", "text/csv")


@bp.get("/works.json")
def json() -> Response:
    """Send all works as JSON."""
    return download(
        exporting.json_lines(db.session()), "works.json", "application/json"
    )


def download(lines: Iterator[str], name: str, kind: str) -> Response:
    """Send a file while it is made, however long it gets."""
    response = Response(stream_with_context(lines), mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response
