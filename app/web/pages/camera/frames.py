"""Frame detection for the crop tool: where in a photo the painting is."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.retrieval.images.frame_detection import SIDE_PX, find_frame
from app.web.callers.throttling import limiter
from app.web.callers.upload import sender, uploaded_photo
from app.web.callers.visitors import current_account, refuse_strangers
from app.web.shell.current import search_service

bp = Blueprint("frames", __name__)

FRAME_RATE = "60 per minute"
"""Photos of one network; each keeps a core busy for some 20 milliseconds."""


@bp.post("/frames")
@limiter.limit(FRAME_RATE)
def find() -> ResponseReturnValue:
    """Return the box around the frame in the photo, or null; nothing is kept.

    ``crop`` is left, top, right and bottom as shares of the photo.
    """
    refuse_strangers(current_account())
    with search_service().decoder.in_turn(
        uploaded_photo(), sender=sender(), side_px=2 * SIDE_PX
    ) as photo:
        box = find_frame(photo.image)
    return {"crop": None if box is None else [round(share, 4) for share in box]}
