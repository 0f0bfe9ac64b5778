"""Pages of tours for visitors: the list, a tour, and what a browser keeps of it.

A browser keeps the page that ``kept`` returns, which is nobody's, with its files (see
``static/kept-tours.js``), so that a tour opens without a network.
"""

from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale

from app.models import Tour
from app.services.tours import reading
from app.web.shell.assets import asset, current_version
from app.web.shell.languages import (
    offered_languages,
    page_language,
    select_language,
)
from app.web.shell.museum import museum
from app.web.shell.offline import pages_version
from app.web.shell.presentation.pictures import thumbnail_url

bp = Blueprint("tours", __name__, url_prefix="/tours")

FILES = (
    *("morelli.css", "missing.js", "tours.css", "tours.js", "kept-tours.js"),
    *("icon.svg", "icon-180.png"),
)
"""What the page of a tour is made of, besides its pictures; the museum's brand
is kept with the first page."""


@bp.get("/")
def browse() -> str:
    """List the published tours, those in the page's language first."""
    tours = reading.published_tours()
    tours.sort(key=lambda tour: not speaks(tour))
    return render_template("visits/tours.html", tours=tours, stops_of=stops_of)


@bp.get("/versions")
def versions() -> ResponseReturnValue:
    """Return what there is, for browsers that keep some of it."""
    return {"versions": {one.id: version_of(one) for one in reading.published_tours()}}


@bp.get("/<int:tour_id>")
def show(tour_id: int) -> str:
    """Show a tour: its stops, one after the other."""
    return tour_page(published(tour_id))


@bp.get("/<int:tour_id>/keeping")
def keeping(tour_id: int) -> ResponseReturnValue:
    """Return what a browser needs to keep a tour as it is now."""
    return keeping_of(published(tour_id))


@bp.get("/<int:tour_id>/kept")
def kept(tour_id: int) -> str:
    """Show the same as browsers keep it: without anything of whoever looks at it.

    They fetch it without cookies, and say the language in the address instead.
    """
    tour = published(tour_id)
    language = request.args.get("language", "")
    with force_locale(
        language if language in offered_languages() else select_language()
    ):
        return tour_page(tour, is_kept=True)


@bp.app_template_filter("language_words")
def language_words(tag: str) -> str:
    """Return what a language is called on this page; the tag, where nobody knows it."""
    return language_name(tag) or tag


def language_name(tag: str) -> str | None:
    """Return what a language is called on this page; None if the tag names none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale())
    except (UnknownLocaleError, ValueError):
        return None


def tour_page(tour: Tour, *, is_kept: bool = False, is_preview: bool = False) -> str:
    """Render a tour for visitors, for their browsers, or for curators to try it."""
    return render_template(
        "visits/tour.html",
        tour=tour,
        stops=stops_of(tour),
        others=[] if is_kept or is_preview else reading.other_languages(tour),
        keeping=None if is_kept or is_preview else keeping_of(tour),
        is_kept=is_kept,
        is_preview=is_preview,
    )


def keeping_of(tour: Tour) -> dict[str, Any]:
    """Return what a browser needs to keep a tour."""
    pictures = (
        thumbnail_url(stop.artwork.images[0])
        for stop in stops_of(tour)
        if stop.artwork.images
    )
    language = page_language()
    return {
        "id": tour.id,
        "title": tour.title,
        "language": tour.language,
        "version": version_of(tour),
        "address": url_for("tours.show", tour_id=tour.id),
        "page": url_for("tours.kept", tour_id=tour.id, language=language),
        "files": [*map(asset, FILES), *dict.fromkeys(pictures)],
    }


def version_of(tour: Tour) -> str:
    """Return what changes with a tour's page, whatever is changed of it."""
    site = f"{current_version()}-{pages_version()}-{museum().revision}"
    return f"{reading.version_of(tour)}-{site}"


def published(tour_id: int) -> Tour:
    """Return a tour that visitors see; 404 for others."""
    tour = reading.published_tour(tour_id)
    if tour is None:
        abort(404)
    return tour


def speaks(tour: Tour) -> bool:
    """Tell whether a tour is in the page's language."""
    return tour.language.partition("-")[0].lower() == page_language()


stops_of = reading.stops_on_show
