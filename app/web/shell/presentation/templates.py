"""What templates know of answers and pictures."""

from flask import Flask

from app.services.operations.wording import VERDICTS
from app.services.search.evidence import shows_nothing
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.web.shell.presentation.overlays import block_map, centre, corners, pairing
from app.web.shell.presentation.photo_remarks import photo_remarks
from app.web.shell.presentation.pictures import picture_url, sources, thumbnail_url
from app.web.shell.presentation.words import (
    advice,
    caption,
    evidence,
    meaning,
    percent,
    sentence,
    shown_proposals,
    signs_read,
    verdict_words,
)

SIMILAR_COUNT = 6
"""Similar works shown with an answer; a work's own page shows more."""


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
