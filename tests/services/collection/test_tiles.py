import logging

import pytest

from app.models import ReferenceImage
from app.retrieval.settings import ImageSettings
from app.services.collection import tiles
from app.services.collection.image_requests import read_request
from app.services.collection.tiles import TileCache, describe_image, scale_factors
from app.services.media.folder import FolderStore
from tests.support.fakes import draw_picture
from tests.support.museum import encoded

SHA = "ab" + 62 * "c"
SETTINGS = ImageSettings()


@pytest.fixture
def works(tmp_path):
    store = FolderStore(tmp_path / "works")
    store.write("ab/x.jpg", encoded(draw_picture(1)))
    return store


@pytest.fixture
def image():
    height, width = draw_picture(1).shape[:2]
    return ReferenceImage(sha256=SHA, media_name="ab/x.jpg", width=width, height=height)


def asked_of(image, size):
    full = image.width, image.height
    return read_request(full, "full", size, "0", "default", "jpg")


def test_a_derivative_is_made_once(tmp_path, works, image):
    cache = TileCache(tmp_path / "tiles")
    asked = asked_of(image, "64,")
    first = cache.obtain(image, asked, works, SETTINGS)
    works.delete("ab/x.jpg")
    assert cache.obtain(image, asked, works, SETTINGS) == first
    with pytest.raises(FileNotFoundError):
        cache.obtain(image, asked_of(image, "65,"), works, SETTINGS)


def test_the_oldest_go_where_there_are_too_many(tmp_path, works, image, monkeypatch):
    monkeypatch.setattr(tiles, "WRITES_PER_SWEEP", 4)
    cache = TileCache(tmp_path / "tiles", most_bytes=1)
    for width in (20, 21, 22):
        cache.obtain(image, asked_of(image, f"{width},"), works, SETTINGS)
    store = FolderStore(tmp_path / "tiles")
    assert len(list(store.list())) == 3
    cache.obtain(image, asked_of(image, "23,"), works, SETTINGS)
    assert list(store.list()) == []


def test_few_stay(tmp_path, works, image):
    cache = TileCache(tmp_path / "tiles")
    cache.obtain(image, asked_of(image, "20,"), works, SETTINGS)
    cache.sweep()
    assert len(list(FolderStore(tmp_path / "tiles").list())) == 1


def test_a_full_disk_keeps_nobody_from_the_picture(
    tmp_path, works, image, monkeypatch, caplog
):
    def refuse(_self, _name, _data):
        raise OSError("No space left on device")

    monkeypatch.setattr(FolderStore, "write", refuse)
    with caplog.at_level(logging.WARNING):
        made = TileCache(tmp_path / "t").obtain(
            image, asked_of(image, "20,"), works, SETTINGS
        )
    assert made.startswith(b"\xff\xd8")
    assert "could not be kept" in caplog.text


def test_a_picture_is_reduced_until_it_fits_into_a_tile():
    assert scale_factors(512, 300) == [1]
    assert scale_factors(513, 300) == [1, 2]
    assert scale_factors(1600, 1200) == [1, 2, 4]
    described = describe_image("a", ReferenceImage(width=1601, height=11))
    assert described["sizes"][0] == {"width": 401, "height": 3}
