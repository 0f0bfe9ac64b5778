"""Logos keep what is transparent and nothing of where they come from."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from app.retrieval.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.images import logo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def encoded(picture, kind="PNG", **options):
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def half_transparent(size=(200, 100)):
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste((10, 90, 40, 255), (0, 0, size[0] // 2, size[1]))
    return picture


def test_what_is_transparent_stays_so():
    read = logo.read_logo(encoded(half_transparent()))
    assert read.getpixel((10, 10)) == (10, 90, 40, 255)
    assert read.getchannel("A").getpixel((190, 10)) == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_three_formats_are_read(kind):
    picture = Image.new("RGB", (64, 48), "#336699")
    assert logo.read_logo(encoded(picture, kind)).size == (64, 48)


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"",
        b"GIF89a" + bytes(50),
        encoded(Image.new("RGB", (64, 64)), "GIF"),
        encoded(half_transparent())[:200],
        b"RIFF" + bytes(40),
    ],
)
def test_what_is_no_logo_is_refused(data):
    with pytest.raises(UnreadableImageError):
        logo.read_logo(data)


def test_nothing_large_is_decoded(monkeypatch):
    data = encoded(Image.new("1", (6000, 6000)))
    monkeypatch.setattr(Image.Image, "convert", pytest.fail)
    with pytest.raises(ImageTooLargeError):
        logo.read_logo(data)
    with pytest.raises(ImageTooLargeError):
        logo.read_logo(b"\x89PNG\r\n\x1a\n" + bytes(logo.MAX_BYTES))


def test_what_is_too_small_to_be_seen_is_refused():
    with pytest.raises(ImageTooSmallError):
        logo.read_logo(encoded(half_transparent((100, 20))))


def test_metadata_is_left_behind_and_the_picture_upright():
    picture = Image.new("RGB", (100, 60))
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "taken at home"
    data = encoded(picture, "JPEG", exif=exif, comment=b"secret")
    again = logo.encode_png(logo.read_logo(data))
    assert Image.open(BytesIO(again)).size == (60, 100)
    assert b"taken at home" not in again
    assert b"secret" not in again
    assert Image.open(BytesIO(again)).info == {}


def test_a_large_logo_is_reduced():
    read = logo.read_logo(encoded(Image.new("RGB", (2400, 600))))
    assert read.size == (800, 200)


@pytest.mark.parametrize("size", [(40, 40), (400, 100), (100, 400)])
def test_an_icon_holds_the_whole_logo_in_its_middle(size):
    whole = Image.new("RGBA", size, "#ff0000")
    icon = logo.make_icon(whole, 180, margin=0.1, background="#ffffff")
    assert icon.size == (180, 180)
    assert icon.getpixel((90, 90)) == (255, 0, 0, 255)
    assert icon.getpixel((5, 5)) == (255, 255, 255, 255)
    colours = np.asarray(icon.convert("RGB")).reshape(-1, 3)
    count = np.count_nonzero((colours == (255, 0, 0)).all(axis=1))
    side = 144 / max(size)
    assert count == pytest.approx(size[0] * size[1] * side**2, rel=0.05)


def test_an_icon_without_a_background_is_transparent_around_the_logo():
    icon = logo.make_icon(Image.new("RGBA", (100, 50), "#00ff00"), 64)
    assert icon.getchannel("A").getpixel((32, 2)) == 0
