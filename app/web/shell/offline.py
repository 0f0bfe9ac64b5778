"""Offline support: app shell, service worker, web manifest, fresh CSRF token.

The service worker keeps the first page's shell, so that it opens without a network; a
photo taken then waits in the browser and is sent later. The worker never keeps answers,
photos or anything else of a visitor: see ``static/worker.js``.
"""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app.web.shell.assets import asset, current_version, hash_files_once, static_folder
from app.web.shell.languages import LANGUAGES, select_language
from app.web.shell.translations import catalogues_version

bp = Blueprint("offline", __name__)

SHELL = (
    "morelli.css",
    "ask.css",
    "icon.svg",
    "ask.js",
    "crop.js",
    "editor.js",
    "send.js",
    "waiting.js",
    "waiting-store.js",
    "words.js",
)
"""All that the page without a network is made of."""


@bp.get("/offline")
def shell() -> str:
    """Show the page that opens without a network.

    Browsers keep it, so nothing in it may be anybody's: they fetch it without cookies,
    and say the language in the address instead.
    """
    language = request.args.get("language", "")
    with force_locale(language if language in LANGUAGES else select_language()):
        return render_template("offline.html")


@bp.get("/worker.js")
def worker() -> Response:
    """Serve the service worker; its text changes with everything that it keeps."""
    language = select_language()
    known = {
        "version": f"{current_version()}-{pages_version()}-{language}",
        "page": url_for("offline.shell", language=language),
        "files": [asset(name) for name in SHELL],
        "store": asset("waiting-store.js"),
        "queries": url_for("search.create"),
        "token": url_for("offline.token"),
    }
    script = (static_folder() / "worker.js").read_text(encoding="utf-8")
    text = f"const KNOWN = {json.dumps(known)};\n{script}"
    return current_app.response_class(text, mimetype="text/javascript")


@bp.get("/token")
def token() -> ResponseReturnValue:
    """Return a fresh token for a form that was kept; only our own pages can read it."""
    return {"csrf_token": generate_csrf()}, {"Cache-Control": "no-store"}


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the site as something that a phone can keep on its first screen."""
    description = {
        "name": "Morelli",
        "short_name": "Morelli",
        "description": _("Photograph a painting and read its label."),
        "lang": select_language(),
        "start_url": url_for("search.ask"),
        "scope": url_for("search.ask"),
        "display": "standalone",
        "background_color": "#f5f2ec",
        "theme_color": "#7b2d26",
        "icons": [
            {
                "src": asset("icon.svg"),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any maskable",
            }
        ],
    }
    return current_app.response_class(
        json.dumps(description), mimetype="application/manifest+json"
    )


def pages_version() -> str:
    """Return a short hash of what pages are made from: templates and translations."""
    templates = Path(current_app.root_path) / str(current_app.template_folder)
    return hash_files_once(templates)[:6] + catalogues_version()
