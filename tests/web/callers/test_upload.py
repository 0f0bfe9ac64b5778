"""Everything that is no usable photo is refused in words, as a page and as JSON."""

import gzip
import re
import struct
import zipfile
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow
from sqlalchemy import func, select

from app.extensions import db
from app.models import Query
from app.retrieval.runtime.extras import Extra
from tests.support.extras import leave_out
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tools.decoders import encoding


def png_header(width, height):
    """The beginning of a PNG that promises a huge picture and holds none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = b"IEND"
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, b"IDAT" + zlib.compress(b""), end)
    )


def jpeg_of_size(width, height):
    """A small JPEG whose header promises a huge picture."""
    data = encoded(draw_picture(0))
    start = data.index(b"\xff\xc0") + 5  # frame header: length and precision go before
    return data[:start] + struct.pack(">HH", height, width) + data[start + 4 :]


def archive_of_picture():
    """A picture inside a ZIP file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("painting.jpg", encoded(draw_picture(0)))
    return file.getvalue()


SCRIPT = b"<script>alert(document.domain)</script>"
GHOSTSCRIPT = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n%%EndComments\n"
    b"(/etc/passwd) (r) file runlibfile\n"
)
REFUSED = {
    "text": (b"Dear museum, which painting is this?", 422, "unreadable_image"),
    "empty": (b"", 422, "unreadable_image"),
    "truncated": (encoded(draw_picture(0))[:3000], 422, "unreadable_image"),
    "one pixel": (
        encoded(np.zeros((1, 1, 3), np.uint8), "PNG"),
        422,
        "image_too_small",
    ),
    "flood": (png_header(30_000, 30_000), 422, "image_too_large"),
    "jpeg flood": (jpeg_of_size(65_000, 65_000), 422, "image_too_large"),
    "svg": (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="400" '
        b'height="400">' + SCRIPT + b"</svg>",
        422,
        "unreadable_image",
    ),
    "compressed svg": (
        gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        422,
        "unreadable_image",
    ),
    "eps": (GHOSTSCRIPT, 422, "unreadable_image"),
    "eps behind a dos header": (
        b"\xc5\xd0\xd3\xc6"
        + struct.pack("<II", 32, len(GHOSTSCRIPT))
        + bytes(20)
        # What follows would be given to Ghostscript by a library that reads EPS.
        + GHOSTSCRIPT,
        422,
        "unreadable_image",
    ),
    "pdf": (b"%PDF-1.7\n" + bytes(100), 422, "unreadable_image"),
    "page": (b"<!doctype html>" + SCRIPT, 422, "unreadable_image"),
    "zip": (archive_of_picture(), 422, "unreadable_image"),
    "gif that is a script": (
        b"GIF89a/*" + bytes(20) + b"*/=1;" + SCRIPT,
        422,
        "unreadable_image",
    ),
    "oversized": (bytes(450_000), 413, "image_too_large"),
}


@pytest.fixture
def app(make_app):
    # Less than the test client keeps in memory: beyond that it leaves open files.
    return make_app(MAX_CONTENT_LENGTH=400_000, MORELLI_MAX_UPLOAD_MB=1)


@pytest.mark.parametrize(("data", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_the_page_says_what_is_wrong_and_offers_another_try(
    ask, in_app, data, status, code
):
    answer = ask(data, "painting.jpg")
    assert answer.status_code == status
    assert "This photo cannot be used" in answer.text
    assert '<input id="photo"' in answer.text
    assert db.session.scalar(select(func.count(Query.id))) == 0


@pytest.mark.parametrize(("data", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_the_interface_says_the_same_as_json(ask_api, data, status, code):
    answer = ask_api(data, "painting.jpg")
    assert answer.status_code == status
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"].endswith(".")


def test_a_photo_that_the_server_was_installed_without_is_named(
    ask, ask_api, monkeypatch
):
    data = encoding.tiff(encoding.PICTURE, compression="lzw")
    leave_out(monkeypatch, Extra.FORMATS)
    answer = ask_api(data, "painting.tif")
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "format_switched_off"
    assert "its extra “formats” is not installed" in answer.json["error"]["message"]
    page = ask(data, "painting.tif")
    assert page.status_code == 422
    assert "its extra “formats” is not installed" in page.text


def test_a_form_without_a_photo_is_sent_back(ask, ask_api, client):
    page = ask(b"", name="")
    assert page.status_code == 400
    assert "Please choose one" in page.text
    for answer in (ask_api(b"", name=""), client.post("/api/v1/search")):
        assert answer.status_code == 400
        assert answer.json["error"]["code"] == "no_photo"


def test_a_photo_in_another_field_is_no_photo(client, photo):
    answer = client.post("/api/v1/search", data={"file": (BytesIO(photo), "a.jpg")})
    assert answer.json["error"]["code"] == "no_photo"


def test_a_hundred_megabytes_are_refused_by_their_length(client):
    # The length alone decides: there is no body here to be read.
    answer = client.post(
        "/api/v1/search",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "100000000"},
    )
    assert answer.status_code == 413
    assert "at most 1 MB" in answer.json["error"]["message"]


def test_an_animation_counts_by_its_first_frame(ask_api):
    frames = [Pillow.fromarray(photograph(draw_picture(n))) for n in (0, 4)]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert ask_api(file.getvalue()).json["matches"][0]["accession"] == "1900.0"


def test_a_printers_cmyk_is_understood(ask_api):
    file = BytesIO()
    Pillow.fromarray(photograph(draw_picture(0))).convert("CMYK").save(file, "JPEG")
    assert ask_api(file.getvalue()).json["decision"] == "found"


@pytest.mark.parametrize("tail", [archive_of_picture(), SCRIPT, b"<?php system(1);"])
def test_what_hides_behind_or_in_a_photo_is_neither_kept_nor_served(
    ask, client, in_app, photo, tail
):
    """A file that is two things at once leaves as one of them: a clean JPEG."""
    exif = Pillow.Exif()
    exif[0x010E] = exif[0x013B] = SCRIPT.decode()
    comment = b"\xff\xfe" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT
    picture = encoded(photograph(draw_picture(0)), exif=exif)
    page = ask(picture[:2] + comment + picture[2:] + tail, follow_redirects=True)
    assert page.status_code == 200
    assert "alert(document" not in page.text
    [name] = re.findall(r"/queries/[^\"]+/photo.jpg", page.text)[:1]
    with client.get(name) as served:
        assert served.mimetype == "image/jpeg"
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        for hidden in (b"<script", b"PK\x03\x04", b"<?php", b"Exif"):
            assert hidden not in served.data
        with Pillow.open(BytesIO(served.data)) as kept:
            assert not kept.getexif()
            assert "comment" not in kept.info


def test_a_hostile_file_name_is_ignored(ask, in_app, photo):
    answer = ask(
        photo, "../../etc/<script>alert(1)</script>.jpg", follow_redirects=True
    )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    query = db.session.scalars(select(Query)).one()
    assert query.photo_name == f"{query.id}.jpg"
