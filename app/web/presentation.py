"""What templates need to put an answer into words and pictures."""

from collections.abc import Sequence

from flask import Flask, url_for

from app.models import Artwork, Query, ReferenceImage
from app.retrieval.types import Verdict
from app.services.search import PHOTO_SIDE_PX

VERDICTS = {
    Verdict.FOUND: "Found",
    Verdict.UNCERTAIN: "Perhaps one of these",
    Verdict.NOT_FOUND: "Not in this collection",
}
PROPOSAL_COUNT = 5
"""Proposals shown at most: more would be a list to search, not an answer."""

SIMILAR_COUNT = 6
"""Similar works shown with an answer; a work's own page shows more."""


def register(app: Flask) -> None:
    """Give the templates these functions."""
    app.jinja_env.filters.update(
        caption=caption,
        centre=centre,
        corners=corners,
        meaning=meaning,
        percent=percent,
        sentence=sentence,
    )
    app.jinja_env.globals.update(
        PHOTO_SIDE_PX=PHOTO_SIDE_PX,
        PROPOSAL_COUNT=PROPOSAL_COUNT,
        SIMILAR_COUNT=SIMILAR_COUNT,
        VERDICTS=VERDICTS,
        picture_url=picture_url,
        thumbnail_url=thumbnail_url,
    )
    # Leaves no blank lines where a template's logic was.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def percent(probability: float) -> str:
    """Write a probability as people say it: never 0 %, never 100 %."""
    rounded = round(probability * 100)
    if rounded < 1:
        return "under 1 %"
    return "over 99 %" if rounded > 99 else f"{rounded} %"


def meaning(probability: float) -> str:
    """Say what a probability promises, in numbers that can be pictured."""
    total = 1000 if probability > 0.99 else 100
    right = min(max(round(probability * total), 1), total - 1)
    return f"of {total:,} answers this sure, about {right} are right"


def caption(work: Artwork) -> str:
    """Name a work in one line: title, artist, date, as far as they are known."""
    return ", ".join(filter(None, (work.title or "Untitled", work.artist, work.date)))


def sentence(query: Query) -> str:
    """Say a whole answer in one sentence that can be read aloud."""
    works = [caption(match.artwork) for match in query.proposals[:PROPOSAL_COUNT]]
    if query.verdict is Verdict.NOT_FOUND:
        return "No work of this collection was recognised in your photo."
    if not works:
        return "The work that was recognised is no longer in the collection."
    listed = "; ".join(works)
    if query.verdict is Verdict.UNCERTAIN:
        return f"Your photo may show one of these, but that is not certain: {listed}."
    if len(works) == 1:
        return f"Your photo shows {listed}."
    return f"Your photo shows {len(works)} works: {listed}."


def corners(outline: Sequence[Sequence[float]], query: Query) -> str:
    """Return an outline, given as shares of the photo, as points of an SVG polygon."""
    return " ".join(f"{x * query.width:.1f},{y * query.height:.1f}" for x, y in outline)


def centre(outline: Sequence[Sequence[float]], query: Query) -> tuple[float, float]:
    """Return the middle of an outline in pixels of the photo."""
    x, y = (sum(values) / len(outline) for values in zip(*outline, strict=True))
    return round(x * query.width, 1), round(y * query.height, 1)


def picture_url(image: ReferenceImage) -> str:
    """Return the address of a work's picture."""
    return url_for("media.work", name=image.media_name)


def thumbnail_url(image: ReferenceImage) -> str:
    """Return the address of a work's small picture."""
    return url_for("media.work", name=image.thumbnail_name)
