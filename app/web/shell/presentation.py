"""Template helpers that put an answer into words and pictures."""

import math
import re
from collections.abc import Sequence
from typing import TypedDict

from flask import Flask, url_for
from flask_babel import format_decimal, gettext, lazy_gettext, ngettext

from app.models import Artwork, Query, QueryMatch, ReferenceImage
from app.retrieval.images.quality import QualityIssue
from app.retrieval.verification.evidence import BlockState, Verdict
from app.services.collection.form import Form, form_of
from app.services.collection.pictures import (
    MIDDLE_SIDE_PX,
    THUMBNAIL_SIDE_PX,
    middle_name,
)
from app.services.labels.reading import ReadWork, Sign
from app.services.labels.shown import shown_works
from app.services.search.evidence import (
    BLOCK_SIGNS,
    Spread,
    faults_of,
    shows_nothing,
    spread_of,
)
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.web.shell.content.shown import title_words
from app.web.shell.photo_remarks import photo_remarks

VERDICTS = {
    Verdict.FOUND: lazy_gettext("Found"),
    Verdict.UNCERTAIN: lazy_gettext("Perhaps one of these"),
    Verdict.NOT_FOUND: lazy_gettext("Not in this collection"),
}
ADVICE = {
    QualityIssue.BLACK: lazy_gettext(
        "Your photo is nearly black. Perhaps a finger or a case was on the lens."
    ),
    QualityIssue.BLANK: lazy_gettext(
        "Your photo shows an even surface without any detail. Point the camera at the "
        "work, and look whether a finger covers the lens."
    ),
    QualityIssue.TINY: lazy_gettext(
        "Your photo is very small. Send it as the camera took it, and no small "
        "preview of it."
    ),
    QualityIssue.DARK: lazy_gettext(
        "Your photo is dark. Tap on the work, so that the camera brightens it."
    ),
    QualityIssue.BLURRED: lazy_gettext(
        "Your photo is blurred. Tap on the work to focus on it, and hold still."
    ),
    QualityIssue.GLARE: lazy_gettext(
        "Lights are mirrored in the work. Move a little to the side, until they are "
        "gone."
    ),
    QualityIssue.SMALL: lazy_gettext(
        "The work fills only a small part of your photo. Step closer, or crop the "
        "photo."
    ),
    QualityIssue.CUT_OFF: lazy_gettext(
        "A part of the work lies outside your photo. Step back until all of it is in "
        "view."
    ),
}
EVIDENCE = {
    Spread.WHOLE: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "all over the work."
    ),
    Spread.MUCH: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "over much of the work."
    ),
    Spread.PART: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "but only in one part of the work."
    ),
}
EVIDENCE_IN_THE_ROUND = lazy_gettext(
    "%(count)s details of your photo are found again in a picture of this work from "
    "about the same side."
)
SIGNS = {
    Sign.CODE: lazy_gettext("code"),
    Sign.NUMBER: lazy_gettext("accession number"),
    Sign.TITLE: lazy_gettext("title"),
    Sign.ARTIST: lazy_gettext("artist"),
    Sign.DATE: lazy_gettext("date"),
}
PROPOSAL_COUNT = 5
"""Uncertain proposals shown at most: more would be a list to search, not an answer."""

SIMILAR_COUNT = 6
"""Similar works shown with an answer; a work's own page shows more."""
RIM = 0.05
"""Share of a photo, at its border, in which no number is drawn: it would be cut."""
LINE_COUNT = 40
"""Pairs of details drawn: more cannot be told apart."""
WIDEST = 2.4
"""Width of two pictures side by side, in their height; wider ones are stacked."""
SIDE, GAP = 1000.0, 40.0
"""Common side of two pictures that are drawn together, and the gap between them."""


class Pairing(TypedDict):
    """Layout of photo and work drawn together: boxes of x, y, width and height."""

    size: tuple[float, float]
    photo: tuple[float, float, float, float]
    work: tuple[float, float, float, float]
    lines: list[tuple[float, float, float, float]]


class BlockMap(TypedDict):
    """Drawing of a comparison in pixels of the work's picture.

    ``agrees`` and ``disagrees`` are data of SVG paths in units of ``scale``,
    ``outlines`` the points of SVG polygons.
    """

    scale: tuple[float, float]
    agrees: str
    disagrees: str
    outlines: list[str]


def register(app: Flask) -> None:
    """Give the templates these functions."""
    filters = (
        *(advice, block_map, caption, centre, corners, evidence),
        *(meaning, pairing, percent, photo_remarks, sentence),
        *(shown_proposals, shows_nothing, signs_read, sources, verdict_words),
    )
    app.jinja_env.filters.update({one.__name__: one for one in filters})
    app.jinja_env.globals.update(
        PHOTO_SIDE_PX=PHOTO_SIDE_PX,
        SIMILAR_COUNT=SIMILAR_COUNT,
        VERDICTS=VERDICTS,
        picture_url=picture_url,
        thumbnail_url=thumbnail_url,
    )
    # Leaves no blank lines where a template's logic was.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _(text: str, **values: object) -> str:
    """Translate a sentence of this module."""
    return str(gettext(text, **values))


def percent(probability: float) -> str:
    """Write a probability as people say it: never 0 %, never 100 %."""
    rounded = round(probability * 100)
    if rounded < 1:
        return _("under 1 %")
    if rounded > 99:
        return _("over 99 %")
    return _("%(number)s %%", number=rounded)


def verdict_words(query: Query) -> str:
    """Say an answer in a few words."""
    if query.is_read:
        return _("We read the label")
    if shows_nothing(query):
        return _("Nothing to recognise")
    if query.is_open:
        return _("Only a part was searched")
    return str(VERDICTS[query.verdict])


def meaning(probability: float) -> str:
    """Say what a probability promises, in numbers that can be pictured."""
    total = 1000 if probability > 0.99 else 100
    right = min(max(round(probability * total), 1), total - 1)
    return _(
        "of %(total)s answers this sure, about %(right)s are right",
        total=format_decimal(total),
        right=format_decimal(right),
    )


def caption(work: Artwork) -> str:
    """Name a work in one line: title, artist, date, as far as they are known."""
    return ", ".join(filter(None, (title_words(work), work.artist, work.date)))


def shown_proposals(query: Query) -> list[QueryMatch]:
    """Return the works that an answer shows, those that were found from left to right.

    All that were found; of those that it may be, ``PROPOSAL_COUNT``. What has no place
    in the photo comes last.
    """
    proposals = query.proposals
    if query.verdict is not Verdict.FOUND:
        return proposals[:PROPOSAL_COUNT]
    return sorted(
        proposals,
        key=lambda match: centre(match.place, query)[0] if match.place else math.inf,
    )


def sentence(query: Query) -> str:
    """Say a whole answer in one sentence that can be read aloud."""
    if query.is_read:
        return sentence_of_label(query)
    if shows_nothing(query):
        return advice(query)[0]
    works = [caption(match.artwork) for match in shown_proposals(query)]
    if query.is_open:
        return _(
            "No work was recognised in your photo, but only a part of the collection "
            "could be searched just now. It may be in the rest."
        )
    if query.verdict is Verdict.NOT_FOUND:
        return _("No work of this collection was recognised in your photo.")
    if not works:
        return _("The work that was recognised is no longer in the collection.")
    listed = "; ".join(works)
    if query.verdict is Verdict.UNCERTAIN:
        return _(
            "Your photo may show one of these, but that is not certain: %(works)s.",
            works=listed,
        )
    return str(
        ngettext(
            "Your photo shows %(works)s.",
            "Your photo shows %(num)s works: %(works)s.",
            len(works),
            works=listed,
        )
    )


def sentence_of_label(query: Query) -> str:
    """Say in one sentence what works the labels in a photo name."""
    named = [caption(work) for read, work in shown_works(query) if read.is_sure]
    if not named:
        return _("The work that its label names is no longer in the collection.")
    return str(
        ngettext(
            "The label in your photo names %(works)s. The work itself was not "
            "recognised.",
            "The labels in your photo name %(works)s. The works themselves were not "
            "recognised.",
            len(named),
            works="; ".join(named),
        )
    )


def signs_read(read: ReadWork) -> str:
    """Say what of a work was read."""
    signs = ", ".join(str(SIGNS[sign]) for sign in read.signs)
    return _("Read: %(signs)s.", signs=signs)


def evidence(match: QueryMatch) -> str:
    """Say in one sentence what speaks for a work.

    How much of a picture agrees says little where it shows one side of several.
    """
    count = format_decimal(match.inlier_count)
    is_flat = match.region is None and form_of(match.artwork) is not Form.ROUND
    words = EVIDENCE[spread_of(match.points)] if is_flat else EVIDENCE_IN_THE_ROUND
    return str(words % {"count": count})


def advice(query: Query) -> list[str]:
    """Say what the visitor can do better, as far as it was measured."""
    return [str(ADVICE[fault]) for fault in faults_of(query)]


def pairing(match: QueryMatch) -> Pairing | None:
    """Lay out a photo and a work together, with lines between what agrees.

    Side by side at one height, or one above the other at one width where that would be
    too wide. None without a picture of the work, or without details.
    """
    query, image = match.query, match.image
    if image is None or not match.points:
        return None
    shapes = query.width / query.height, image.width / image.height
    if sum(shapes) <= WIDEST:
        first, second = (shape * SIDE for shape in shapes)
        size = first + GAP + second, SIDE
        photo, work = (0.0, 0.0, first, SIDE), (first + GAP, 0.0, second, SIDE)
    else:
        first, second = (SIDE / shape for shape in shapes)
        size = SIDE, first + GAP + second
        photo, work = (0.0, 0.0, SIDE, first), (0.0, first + GAP, SIDE, second)
    return {
        "size": size,
        "photo": photo,
        "work": work,
        "lines": [
            (*_inside(photo, x, y), *_inside(work, u, v))
            for x, y, u, v in match.points[:LINE_COUNT]
        ],
    }


def block_map(match: QueryMatch) -> BlockMap | None:
    """Draw where a photo and a work agree; None where they were not compared."""
    comparison, image = match.comparison, match.image
    if comparison is None or image is None:
        return None
    rows: list[str] = comparison["blocks"]
    # Blocks overlap by half: the middles of the outermost lie a whole step inside.
    columns = len(rows[0]) + 1
    size = image.width, image.height
    return {
        "scale": (size[0] / columns, size[1] / (len(rows) + 1)),
        "agrees": _squares(rows, BLOCK_SIGNS[BlockState.AGREES]),
        "disagrees": _squares(rows, BLOCK_SIGNS[BlockState.DISAGREES]),
        "outlines": [_svg_points(each, size) for each in comparison["outlines"]],
    }


def _squares(rows: Sequence[str], sign: str) -> str:
    """Draw a square around the middle of each block with a sign, runs as one box."""
    return "".join(
        f"M{run.start() + 0.5} {row + 0.5}h{len(run[0])}v1h-{len(run[0])}z"
        for row, signs in enumerate(rows)
        for run in re.finditer(f"{re.escape(sign)}+", signs)
    )


def _inside(
    box: tuple[float, float, float, float], x: float, y: float
) -> tuple[float, float]:
    left, top, width, height = box
    return round(left + x * width, 1), round(top + y * height, 1)


def corners(place: Sequence[Sequence[float]], query: Query) -> str:
    """Return a polygon, given as shares of the photo, as points of an SVG polygon."""
    return _svg_points(place, (query.width, query.height))


def _svg_points(polygon: Sequence[Sequence[float]], size: tuple[int, int]) -> str:
    """Bring shares of a picture of (width, height) to points of an SVG polygon."""
    width, height = size
    return " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in polygon)


def centre(place: Sequence[Sequence[float]], query: Query) -> tuple[float, float]:
    """Return the middle of a polygon in pixels of the photo, well inside of it."""
    x, y = (sum(values) / len(place) for values in zip(*place, strict=True))
    x, y = (min(max(share, RIM), 1 - RIM) for share in (x, y))
    return round(x * query.width, 1), round(y * query.height, 1)


def picture_url(image: ReferenceImage) -> str:
    """Return the address of a work's picture."""
    return url_for("media.work", name=image.media_name)


def thumbnail_url(image: ReferenceImage) -> str:
    """Return the address of a work's small picture."""
    return url_for("media.work", name=image.thumbnail_name)


def sources(image: ReferenceImage) -> str:
    """Return the sizes of a work's picture, each with its width, as ``srcset`` has it.

    The browser takes the smallest that is sharp on its screen.
    """
    names = {
        THUMBNAIL_SIDE_PX: image.thumbnail_name,
        MIDDLE_SIDE_PX: middle_name(image.media_name),
    }
    side = max(image.width, image.height)
    sizes = [
        (url_for("media.work", name=name), round(image.width * small / side))
        for small, name in names.items()
        if small < side
    ]
    sizes.append((picture_url(image), image.width))
    return ", ".join(f"{address} {width}w" for address, width in sizes)
