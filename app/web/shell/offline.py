"""Offline support: app shell, service worker, web manifest, fresh CSRF token.

The service worker keeps the first page's shell, so that it opens without a network, as
do tours that were opened before; a photo taken then waits in the browser and is sent
later. The worker never keeps answers, photos or anything else of a visitor: see
``static/worker.js``.
"""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app.services.site.colours import SURFACES, Scheme
from app.services.site.logo import (
    ICON,
    ICONS,
    LARGE_ICON,
    LOGO,
    MASKABLE_ICON,
    SMALL_ICON,
    TOUCH_ICON,
)
from app.web.shell.assets import asset, current_version, hash_files_once, static_folder
from app.web.shell.brand import icon_url, style_url
from app.web.shell.languages import offered_languages, select_language
from app.web.shell.museum import museum
from app.web.shell.translations import catalogues_version

bp = Blueprint("offline", __name__)

SHELL = (
    "morelli.css",
    "ask.css",
    "icon.svg",
    "icon-180.png",
    "ask.js",
    "missing.js",
    "crop.js",
    "editor.js",
    "send.js",
    "waiting.js",
    "waiting-store.js",
    "kept-tours.js",
    "root.js",
    "words.js",
)
"""All that the page without a network is made of."""


@bp.get("/offline")
def shell() -> str:
    """Show the page that opens without a network.

    Browsers keep it, so nothing in it may be anybody's: they fetch it without cookies,
    and say the language in the address instead.
    """
    asked = request.args.get("language", "")
    with force_locale(asked if asked in offered_languages() else select_language()):
        return render_template("offline.html")


@bp.get("/worker.js")
def worker() -> Response:
    """Serve the service worker; its text changes with everything that it keeps."""
    language = select_language()
    known = {
        "version": "-".join(
            (current_version(), pages_version(), str(museum().revision), language)
        ),
        "root": url_for("search.ask"),
        "page": url_for("offline.shell", language=language),
        "files": [*(asset(name) for name in SHELL), *brand_files()],
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
        "name": museum().name,
        "short_name": museum().name,
        "description": _("Photograph a painting and read its label."),
        "lang": select_language(),
        "start_url": url_for("search.ask"),
        "scope": url_for("search.ask"),
        "display": "standalone",
        "background_color": "#f5f2ec",
        "theme_color": museum().accent_light or SURFACES[Scheme.LIGHT].accent,
        "icons": icons(),
    }
    return current_app.response_class(
        json.dumps(description), mimetype="application/manifest+json"
    )


def brand_files() -> list[str]:
    """Return what the page without a network shows of the museum's own brand."""
    shown = (style_url(), icon_url(LOGO), icon_url(ICON), icon_url(TOUCH_ICON))
    return [address for address in shown if address]


def icons() -> list[dict[str, str]]:
    """Return the icons of the site for a phone's first screen."""
    if not museum().logo:
        return [
            {
                "src": asset("icon.svg"),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any maskable",
            }
        ]
    purposes = {SMALL_ICON: "any", LARGE_ICON: "any", MASKABLE_ICON: "maskable"}
    return [
        {
            "src": icon_url(name),
            "sizes": f"{ICONS[name][0]}x{ICONS[name][0]}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in purposes.items()
    ]


def pages_version() -> str:
    """Return a short hash of what pages are made from: templates and translations."""
    templates = Path(current_app.root_path) / str(current_app.template_folder)
    return hash_files_once(templates)[:6] + catalogues_version()
