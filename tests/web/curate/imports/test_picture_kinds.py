"""A ZIP file with pictures of every kind, under names that its table has otherwise."""

import io
import zipfile

import numpy as np
import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork
from tests.support.people import logged_in
from tests.web.curate.imports.test_pages import begin, look_through
from tools.decoders import encoding

ROWS = {
    "k1.jfif": lambda: encoding.by_pillow("JPEG"),
    "k2.jpe": lambda: encoding.by_pillow("JPEG", 255 - encoding.PICTURE),
    "k3.avif": lambda: encoding.by_pillow("AVIF"),
    "k4.jp2": lambda: encoding.by_pillow("JPEG2000"),
    "k5.tif": lambda: encoding.pages(encoding.SMALL, encoding.PICTURE),
    "k6.tif": lambda: encoding.tiff(encoding.PICTURE, big=True),
    "k7.jpg": lambda: encoding.by_pillow("JPEG", np.fliplr(encoding.PICTURE))[:-2],
    "k9.jpg": lambda: encoding.by_pillow("PNG"),
    "k10.png": lambda: encoding.by_pillow("GIF"),
}
ASKED = {"k2.jpe": "k2", "k4.jp2": "D:\\Bilder\\k4.tif", "k6.tif": "K6.TIF"}


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def test_all_are_found_shown_and_what_is_wrong_is_said(app, curator):
    worker = app.extensions[BACKGROUND]
    file = io.BytesIO()
    lines = ["accession,title,artist,image"]
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, make) in enumerate(ROWS.items(), 1):
            lines.append(f"PK-{number},Title,Anon,{ASKED.get(name, name)}")
            archive.writestr(name, make())
        archive.writestr("objects.csv", "\n".join(lines))
    shown = look_through(curator, worker, begin(curator, file.getvalue(), "k.zip"))
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    page = curator.browser.get(f"{shown}?which=remarked").text
    assert "The picture k7.jpg lacks its end." in page
    assert "is not there" not in page
    with app.app_context():
        works = db.session.query(Artwork).filter(Artwork.accession.like("PK-%"))
        sizes = {
            work.accession: [(image.width, image.height) for image in work.images]
            for work in works
        }
    assert sizes == {f"PK-{n}": [(120, 80)] for n in range(1, len(ROWS) + 1)}
