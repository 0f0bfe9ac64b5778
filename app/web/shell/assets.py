"""Static assets: scripts and styles at addresses that change with their content.

Besides our own there are the scripts that Flask-Security ships for passkeys.

All files share one version, which stands in front of their names: so scripts may import
each other by relative names, and browsers may keep everything for good. A phone with
one bar of network asks for nothing twice.
"""

import hashlib
from functools import cache
from pathlib import Path

import flask_security
from flask import Blueprint, Flask, Response, current_app, send_from_directory, url_for

from app.web.shell.caching import keep_for_good

SHIPPED = "flask_security/"
"""What the names of Flask-Security's files begin with."""
SHIPPED_FOLDER = Path(flask_security.__file__).parent / "static"

bp = Blueprint("assets", __name__, url_prefix="/assets")


def register(app: Flask) -> None:
    """Serve the files, and give the templates ``asset(name)``."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset


@bp.get("/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Serve a file; under an outdated version it may change, so it is not kept."""
    folder = static_folder()
    if name.startswith(SHIPPED):
        folder, name = SHIPPED_FOLDER, name.removeprefix(SHIPPED)
    response = send_from_directory(folder, name)
    return keep_for_good(response) if version == current_version() else response


def asset(name: str) -> str:
    """Return the address of a static file."""
    return url_for("assets.file", version=current_version(), name=name)


def current_version() -> str:
    """Return a short hash of all static files; read once, except when debugging."""
    read = hash_files if current_app.debug else hash_files_once
    return read(static_folder(), SHIPPED_FOLDER)


def hash_files(*folders: Path) -> str:
    """Return a short hash of the names and contents below some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(folder)}\0{content}\0".encode())
    return digest.hexdigest()[:12]


hash_files_once = cache(hash_files)


def static_folder() -> Path:
    """Return where the static files lie."""
    return Path(str(current_app.static_folder))
