"""Map page: the collection's works, each beside those that are like it.

A script draws it; where there is none, or no WebGL, the same works are a list in the
map's order. Its files are served by ``app.web.pages.map_files``.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Artwork
from app.services.collection.works import works_by_accession
from app.services.map.reading import WORKS_PER_PAGE, MapSnapshot
from app.services.map.registry import GRIDS, Likeness, StoredMap
from app.web.pages.works import asked_page
from app.web.shell.current import map_reader

bp = Blueprint("map", __name__)

LIKENESS_NAMES = {
    Likeness.STYLE: _("Style"),
    Likeness.PICTURE: _("Recognition"),
}
LIKENESS_HINTS = {
    Likeness.STYLE: _("Works of similar colours and brushwork lie side by side."),
    Likeness.PICTURE: _(
        "Works lie side by side that the search for photos could mistake for one "
        "another."
    ),
}


@bp.get("/map")
def show() -> str:
    """Show the map, and a list of works beside it; see :func:`view_of`."""
    stored = map_reader().current()
    if stored is None:
        return render_template("map.html", stored=None)
    view = view_of(stored)
    if view is None:
        abort(404)
    return render_template("map.html", **view)


def view_of(stored: StoredMap) -> dict[str, Any] | None:
    """Return what a page with the map shows; None if there is no such page.

    ``?by=`` is a likeness. ``?works=`` holds works by their numbers on this map, such
    as ``3-14-15``; without it they are listed page by page, in the map's order.
    """
    sight = map_reader().sight(db.session(), stored, asked_likeness(stored))
    chosen = asked_works(sight)
    page = sight.page(asked_page()) if chosen is None else None
    if chosen is None and page is None:
        return None
    return {
        "stored": stored,
        "sight": sight,
        "page": page,
        "works": listed(sight, page.entries if page else chosen or ()),
        "likeness_names": LIKENESS_NAMES,
        "likeness_hints": LIKENESS_HINTS,
        "addresses": addresses_of(sight),
        "grids": {
            level: {"cell": grid.cell_px, "columns": grid.columns, "cells": grid.cells}
            for level, grid in GRIDS.items()
        },
    }


def asked_likeness(stored: StoredMap) -> Likeness:
    """Read by what likeness works are to be placed; the first one is the usual."""
    asked = request.args.get("by")
    return next(
        (one for one in stored.likenesses if one == asked), stored.likenesses[0]
    )


def asked_works(sight: MapSnapshot) -> list[int] | None:
    """Read which works are to be listed; None: no certain ones."""
    text = request.args.get("works")
    if text is None:
        return None
    numbers = [int(word) for word in text.split("-") if word.isdecimal()]
    return [
        number
        for number in numbers[:WORKS_PER_PAGE]
        if number < len(sight.shown) and sight.shown[number]
    ]


def listed(sight: MapSnapshot, numbers: Sequence[int]) -> list[tuple[int, Artwork]]:
    """Return works with their numbers on the map."""
    works = works_by_accession(sight.accessions[number] for number in numbers)
    return [
        (number, works[sight.accessions[number]])
        for number in numbers
        if sight.accessions[number] in works
    ]


def addresses_of(sight: MapSnapshot) -> dict[str, str]:
    """Return where the script finds what it draws."""
    address = partial(url_for, name=sight.stored.name, likeness=sight.likeness.value)
    return {
        "places": address("map_files.places", v=sight.version),
        "labels": address("map_files.labels", v=sight.version),
        "sheets": address("map_files.sheet", level="coarse", number=0),
        "picture": address("map_files.picture", number=0),
        "work": url_for("artworks.show", accession="ACCESSION"),
    }
