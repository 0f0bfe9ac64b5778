"""Files of the map: places, sheets of small pictures, labels.

Sheets never change under their address. Places and labels follow the collection; their
addresses hold a version, so that browsers keep them until something changes.
"""

from flask import Blueprint, Response, abort, redirect, request, send_from_directory
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.services.collection.works import find_work
from app.services.map.reading import MapSnapshot
from app.services.map.registry import Level, Likeness, StoredMap, sheet_name
from app.web.shell.caching import keep_for_good
from app.web.shell.current import map_reader
from app.web.shell.presentation.pictures import thumbnail_url

bp = Blueprint("map_files", __name__, url_prefix="/maps/<name>/<likeness>")


@bp.get("/<level>-<int:number>.jpg")
def sheet(name: str, likeness: str, level: str, number: int) -> Response:
    """Serve a sheet of small pictures."""
    stored = stored_or_404(name, likeness)
    if level not in list(Level):
        abort(404)
    folder = stored.path / Likeness(likeness)
    return keep_for_good(send_from_directory(folder, sheet_name(Level(level), number)))


@bp.get("/places.bin")
def places(name: str, likeness: str) -> Response:
    """Serve the places of all works; see :meth:`MapSnapshot.places`."""
    sight = sight_or_404(name, likeness)
    return kept(Response(sight.places(), mimetype="application/octet-stream"), sight)


@bp.get("/labels.json")
def labels(name: str, likeness: str) -> Response:
    """Serve the labels of all works, in columns; always compressed."""
    sight = sight_or_404(name, likeness)
    data = map_reader().labels(db.session(), sight)
    response = Response(data, mimetype="application/json")
    response.content_encoding = "gzip"
    return kept(response, sight)


@bp.get("/pictures/<int:number>.jpg")
def picture(name: str, likeness: str, number: int) -> ResponseReturnValue:
    """Lead to the small picture of a work, by its number on the map."""
    sight = sight_or_404(name, likeness)
    if number >= len(sight.accessions):
        abort(404)
    work = find_work(sight.accessions[number])
    if work is None or not work.images:
        abort(404)
    return redirect(thumbnail_url(work.images[0]))


def stored_or_404(name: str, likeness: str) -> StoredMap:
    """Return a map that has a likeness."""
    stored = map_reader().find(name)
    if stored is None or likeness not in stored.likenesses:
        abort(404)
    return stored


def sight_or_404(name: str, likeness: str) -> MapSnapshot:
    """Return what is shown of a map now."""
    stored = stored_or_404(name, likeness)
    return map_reader().sight(db.session(), stored, Likeness(likeness))


def kept(response: Response, sight: MapSnapshot) -> Response:
    """Let browsers keep what belongs to the version that was asked for."""
    if request.args.get("v") == sight.version:
        return keep_for_good(response)
    response.headers["Cache-Control"] = "no-cache"
    return response
