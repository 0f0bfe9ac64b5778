import io

import numpy as np
import pytest
from PIL import Image as Pillow

from app.retrieval.images.codec import encode_jpeg, read
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import (
    keep_picture,
    make_middle,
    middle_name,
    store_picture,
)
from app.services.media.folder import STAGING

NAME = "ab/abcdef.jpg"


def picture(seed, size=(40, 60)):
    rng = np.random.default_rng(seed)
    return encode_jpeg(rng.integers(0, 256, (*size, 3), dtype=np.uint8))


def test_the_stored_picture_is_upright_small_and_bare(media):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90°
    exif[0x010F] = "Camera with a serial number"
    buffer = io.BytesIO()
    Pillow.new("RGB", (2000, 1000), "red").save(buffer, "JPEG", exif=exif)
    stored = store_picture(buffer.getvalue(), media, settings=ImageSettings())
    assert (stored.width, stored.height) == (800, 1600)
    with Pillow.open(media.root / stored.media_name) as kept:
        assert kept.size == (800, 1600)
        assert not kept.getexif()
    with Pillow.open(media.root / stored.thumbnail_name) as small:
        assert max(small.size) == 320
    assert not list((media.root / STAGING).iterdir())


def test_a_picture_that_was_stored_before_keeps_its_name_and_its_bytes(media):
    data, sha256 = picture(1), "ab" * 32
    kept = keep_picture(data, sha256, media, settings=ImageSettings())
    assert (media.root / f"ab/{sha256}.jpg").read_bytes() == data
    assert (media.root / f"ab/{sha256}.s.jpg").exists()
    assert (kept.height, kept.width) == (40, 60)


def test_what_says_where_it_was_taken_is_not_kept_as_it_is(media):
    file = io.BytesIO()
    exif = Pillow.Exif()
    exif[0x010E] = "secret"
    Pillow.new("RGB", (60, 40)).save(file, "JPEG", exif=exif)
    sha256 = "cd" * 32
    keep_picture(file.getvalue(), sha256, media, settings=ImageSettings())
    assert b"secret" not in (media.root / f"cd/{sha256}.jpg").read_bytes()


@pytest.fixture
def ramp(media):
    grey = np.linspace(0, 255, 1200, dtype=np.uint8)
    media.write(NAME, encode_jpeg(np.tile(grey[None, :, None], (600, 1, 3))))


@pytest.mark.usefixtures("ramp")
def test_the_middle_size_is_made_once(media):
    name = middle_name(NAME)
    assert name == "ab/abcdef.m.jpg"
    make_middle(media, name)
    assert read(media.root / name).shape == (400, 800, 3)
    media.write(name, b"kept")
    make_middle(media, name)
    assert (media.root / name).read_bytes() == b"kept"


def test_there_is_no_middle_size_of_nothing(media):
    with pytest.raises(FileNotFoundError):
        make_middle(media, "ab/other.m.jpg")
