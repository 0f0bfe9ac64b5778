"""Labelled photos, packed as admins send them."""

import io
import zipfile

from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded

ROWS = """photo,references,kind
a.jpg,1900.0,easy
b.jpg,NONE,strange
c.jpg,1900.3,wrong
"""
SEEDS = {"a.jpg": 0, "b.jpg": 998, "c.jpg": 4}


def labelled_photos() -> bytes:
    """Return a ZIP file of three: of a work, of nothing, and one wrongly labelled."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("photos.csv", ROWS)
        for name, seed in SEEDS.items():
            packed.writestr(name, encoded(photograph(draw_picture(seed))))
    return file.getvalue()
