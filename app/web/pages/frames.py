"""Frame detection for the crop tool: where in a photo the painting is."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.retrieval.images.codec import decode
from app.retrieval.images.frame_detection import SIDE_PX, find_frame
from app.web.callers.throttling import limiter
from app.web.callers.upload import uploaded_photo
from app.web.callers.visitors import current_account, refuse_strangers
from app.web.shell.current import image_settings

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
    photo = decode(uploaded_photo(), settings=image_settings(), max_side_px=2 * SIDE_PX)
    box = find_frame(photo)
    return {"crop": None if box is None else [round(share, 4) for share in box]}
