"""Remarks on a photo that was answered all the same, in words."""

from flask_babel import lazy_gettext as _

from app.models import Query
from app.services.search.evidence import PhotoRemark, remarks_of

SENTENCES = {
    PhotoRemark.MIRRORED: _(
        "Your photo is mirrored, as by a selfie camera: the work was found in its "
        "mirror image."
    ),
    PhotoRemark.CROPPED: _(
        "Your photo shows a part of the work only. The picture of the collection shows "
        "all of it."
    ),
    PhotoRemark.TRUNCATED: _(
        "The end of your file is missing. What is there of the photo was looked at."
    ),
    PhotoRemark.REDUCED: _(
        "Your file holds a larger picture that cannot be read. A smaller one in it was "
        "looked at."
    ),
}


def photo_remarks(query: Query) -> list[str]:
    """Say what is remarkable about a photo, beside the answer."""
    return [str(SENTENCES[remark]) for remark in remarks_of(query)]
