"""Export page: the collection to take away."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.services.collection import exporting
from app.services.collection.lido import lido_records
from app.services.collection.linked_art import linked_art
from app.services.collection.works import count_works
from app.web.curate.responses import download, go_to
from app.web.shell.addresses import addresses_of, recording_address
from app.web.shell.museum import museum

bp = Blueprint("curate_export", __name__, url_prefix="/curate/export")


@bp.get("/")
def show() -> str:
    """Say in which forms the collection can be had."""
    return render_template("curate/export.html")


@bp.get("/works.csv")
def table() -> Response:
    """Send all works as a table that can be imported again."""
    lines = exporting.table(db.session(), recording_address)
    return stream(lines, "works.csv", "text/csv")


@bp.get("/works.json")
def json() -> Response:
    """Send all works as JSON."""
    return stream(exporting.json_lines(db.session()), "works.json", "application/json")


@bp.get("/works.lido.xml")
def lido() -> ResponseReturnValue:
    """Send all works on show as LIDO, which has no file without a record."""
    if not count_works():
        error = _("No work is on show, and LIDO has no file without a record.")
        return go_to("curate_export.show", error=error)
    records = lido_records(db.session(), addresses_of, museum().name)
    return stream(records, "works.lido.xml", "application/xml")


@bp.get("/works.linked-art.json")
def linked_data() -> Response:
    """Send all works on show as Linked Art."""
    lines = linked_art(db.session(), addresses_of)
    return stream(lines, "works.linked-art.json", "application/ld+json")


def stream(lines: Iterator[str], name: str, mimetype: str) -> Response:
    """Send a file while it is made, however long it gets."""
    return download(stream_with_context(lines), name, mimetype)
