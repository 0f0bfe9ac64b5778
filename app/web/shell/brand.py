"""Brand of the museum: its colours as a style sheet, its logo, icons of it.

Each address names its content, so browsers keep it for good and nothing is asked of the
database: colours stand in the address, pictures lie under the hash of their original.
"""

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from app.services.site.colours import SURFACES, Scheme, read_colour
from app.services.site.logo import (
    ICON,
    LOGO,
    TOUCH_ICON,
    is_logo_file,
)
from app.web.shell.assets import asset
from app.web.shell.caching import keep_for_good
from app.web.shell.current import media
from app.web.shell.museum import museum
from app.web.shell.stored import send_stored

bp = Blueprint("brand", __name__)

STYLE = """\
:root {{ --accent: {light}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}
"""
DRAWN_ICON = "icon.svg"
"""Of the program, where the museum has no logo."""


@bp.get("/brand/<light>-<dark>.css")
def style(light: str, dark: str) -> Response:
    """Serve the accent colours that the address names, as a style sheet."""
    colours = {"light": read_colour(light), "dark": read_colour(dark)}
    if None in colours.values():
        abort(404)
    response = Response(STYLE.format(**colours), mimetype="text/css")
    return keep_for_good(response)


@bp.get("/brand/<folder>/<name>")
def picture(folder: str, name: str) -> Response:
    """Serve a logo or an icon of it."""
    if not is_logo_file(folder, name):
        abort(404)
    return keep_for_good(send_stored(media().site, f"{folder}/{name}", "image/png"))


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Lead whoever looks for the icon where browsers once did."""
    return redirect(icon_url(ICON) or asset(DRAWN_ICON))


@bp.app_context_processor
def helpers() -> dict[str, object]:
    """Return what every page needs to show the museum's brand."""
    return {
        "brand_style": style_url,
        "logo_url": lambda: icon_url(LOGO),
        "icon_url": icon_url,
        "ICON": ICON,
        "TOUCH_ICON": TOUCH_ICON,
    }


def style_url() -> str:
    """Return the address of the style sheet; "" where the program's colours are good.

    What the museum has chosen for one scheme only leaves the other as it is.
    """
    chosen = {
        Scheme.LIGHT: museum().accent_light,
        Scheme.DARK: museum().accent_dark,
    }
    if not any(chosen.values()):
        return ""
    light, dark = (
        (chosen[scheme] or SURFACES[scheme].accent).removeprefix("#")
        for scheme in Scheme
    )
    return url_for("brand.style", light=light, dark=dark)


def icon_url(name: str) -> str:
    """Return the address of a picture made of the logo; "" where there is none."""
    folder = museum().logo
    return url_for("brand.picture", folder=folder, name=name) if folder else ""
