"""Page of the museum's site: name, logo, colours, languages, kiosks, frames."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.retrieval.errors import ImageError, ImageTooLargeError, ImageTooSmallError
from app.retrieval.images.logo import MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX, NAMES
from app.services.curation.editing import ChangedMeanwhileError
from app.services.site.colours import SURFACES, Scheme, accent_contrast
from app.services.site.editing import SiteEditor, list_pages
from app.services.site.logo import store_logo
from app.services.site.profile import SiteProfile, read_profile
from app.web.admin.site.forms import SECTIONS, ColoursForm, LogoForm
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to
from app.web.shell.addresses import public_url
from app.web.shell.current import media

bp = Blueprint("admin_site", __name__, url_prefix="/admin/site")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""


@bp.get("/")
def show() -> str:
    """Show how the site is set."""
    return page(LogoForm(), {})


@bp.post("/<section>")
def save(section: str) -> ResponseReturnValue:
    """Set a part of the site; what is refused is shown again, with the reason."""
    if section not in SECTIONS:
        abort(404)
    form = SECTIONS[section].of(read_profile(db.session()))
    if not form.validate_on_submit():
        return page(LogoForm(), {section: form}), 422
    return change(form.values(), form.seen.data, section)


@bp.post("/logo")
def save_logo() -> ResponseReturnValue:
    """Take a logo, and make the icons of it."""
    form = LogoForm()
    if not form.validate_on_submit():
        return page(form, {}), 422
    try:
        stored = store_logo(form.logo.data.read(), media().site)
    except ImageError as error:
        form.logo.errors = [logo_sentence(error)]
        return page(form, {}), 422
    values = {"logo": stored.folder, "logo_size": [stored.width, stored.height]}
    return change(values, form.seen.data, "logo")


@bp.post("/logo/remove")
def remove_logo() -> ResponseReturnValue:
    """Show the name instead of a logo."""
    seen = request.form.get("seen", -1, type=int)
    return change({"logo": "", "logo_size": [0, 0]}, seen, "logo")


def change(
    values: Mapping[str, object], seen: int, section: str
) -> ResponseReturnValue:
    """Change the site, say what came of it, and show the page at that part."""
    said = {}
    try:
        SiteEditor(db.session(), current_account()).change(values, seen)
    except ChangedMeanwhileError:
        said["error"] = changed_meanwhile()
    else:
        said["done"] = gettext("Saved, and seen by everybody from now on.")
    return go_to("admin_site.show", _anchor=f"part-{section}", **said)


def changed_meanwhile() -> str:
    """Say that somebody else was quicker."""
    return str(
        gettext(
            "Somebody else has changed the site meanwhile, so nothing was saved. "
            "Please look at it as it is now, and change it again."
        )
    )


def page(logo: LogoForm, refused: dict[str, object]) -> str:
    """Render the page, with forms that were refused as they were filled in."""
    profile = read_profile(db.session())
    logo.seen.data = profile.revision
    forms = {
        name: refused.get(name) or form.of(profile, formdata=None)
        for name, form in SECTIONS.items()
    }
    return render_template(
        "admin/site/settings.html",
        profile=profile,
        forms=forms,
        logo=logo,
        swatches=swatches(profile, forms["colours"]),
        pages=list_pages(db.session()),
        embed_url=public_url("embed.show"),
        kiosk_url=public_url("kiosk.begin"),
        max_megabytes=MAX_BYTES // 1_000_000,
    )


def swatches(profile: SiteProfile, form: object) -> list[dict[str, object]]:
    """Return how the colours look on the pages of each scheme."""
    offered = form.nearest if isinstance(form, ColoursForm) else {}
    shown = []
    for scheme in Scheme:
        name = f"accent_{scheme}"
        surfaces = SURFACES[scheme]
        accent = getattr(profile, name) or surfaces.accent
        shown.append(
            {
                "name": name,
                "accent": accent,
                "surfaces": surfaces,
                "contrast": accent_contrast(accent, scheme),
                "nearest": offered.get(name, ""),
            }
        )
    return shown


def logo_sentence(error: ImageError) -> str:
    """Say what is wrong with a logo."""
    if isinstance(error, ImageTooLargeError):
        return str(
            gettext(
                "The picture is too large: at most %(megabytes)s MB and %(pixels)s "
                "million pixels are accepted.",
                megabytes=MAX_BYTES // 1_000_000,
                pixels=MAX_PIXELS // 1_000_000,
            )
        )
    if isinstance(error, ImageTooSmallError):
        return str(
            gettext(
                "The picture is too small: both sides need at least %(pixels)s pixels.",
                pixels=MIN_SIDE_PX,
            )
        )
    return str(
        gettext(
            "This is no picture that can be a logo. Please send one in %(formats)s; "
            "drawings in SVG are not accepted.",
            formats=NAMES,
        )
    )
