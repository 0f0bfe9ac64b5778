import threading

import numpy as np
import pytest

from app.retrieval.errors import ImageTooSmallError, UnreadableImageError
from app.retrieval.files.atomic import try_lock, wait_for_lock
from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.settings import ImageSettings
from app.services.search.admission import QueueFullError
from app.services.search.photo_decoder import PhotoDecoder
from tests.support.museum import encoded
from tests.support.waiting import WAIT_SECONDS, ended

SMALL = encoded(np.full((40, 60, 3), 90, np.uint8), "PNG")
HEAVY = encoded(np.full((300, 400, 3), 90, np.uint8), "PNG")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "turnstile"


@pytest.fixture
def decoder(folder):
    """One place; what takes more than 100 kB is heavy."""
    settings = ImageSettings(heavy_bytes=100_000, heavy_lock=folder / "heavy.lock")
    return PhotoDecoder(settings, folder, places=1, waiting=1)


def refused(decoder, data):
    with pytest.raises(QueueFullError), decoder.in_turn(data, sender="late"):
        pass


def test_a_turn_lasts_until_the_block_ends(folder):
    decoder = PhotoDecoder(ImageSettings(), folder, places=1, waiting=0)
    with decoder.in_turn(SMALL) as photo:
        assert photo.image.shape == (40, 60, 3)
        refused(decoder, SMALL)
    with decoder.in_turn(HEAVY, side_px=200) as photo:
        assert photo.image.shape == (150, 200, 3)


def test_heavy_photos_hold_up_no_usual_one(folder, decoder):
    decoded = threading.Event()

    def send():
        with decoder.in_turn(HEAVY, sender="stranger"):
            decoded.set()

    stranger = threading.Thread(target=send, daemon=True)
    folder.mkdir()
    with wait_for_lock(folder / "heavy.lock"):  # a heavy one is being decoded
        stranger.start()
        with decoder.in_turn(SMALL, sender="visitor") as photo:
            assert photo.image.shape == (40, 60, 3)
        assert not decoded.is_set()
    assert decoded.wait(WAIT_SECONDS)
    ended(stranger)


def test_heavy_photos_wait_for_each_other(folder):
    settings = ImageSettings(heavy_bytes=100_000, heavy_lock=folder / "heavy.lock")
    decoder = PhotoDecoder(settings, folder, places=1, waiting=0)
    folder.joinpath("heavy").mkdir(parents=True)
    with wait_for_lock(folder / "heavy" / "0.place"):
        refused(decoder, HEAVY)
        with decoder.in_turn(SMALL):
            pass


def test_a_heavy_photo_leaves_its_place_to_the_next_when_it_is_searched(decoder):
    with decoder.in_turn(HEAVY):
        place = try_lock(decoder._heavy._folder / "0.place")
        assert place is not None
        place.close()


def test_bad_photos_are_refused_without_a_turn(folder):
    decoder = PhotoDecoder(ImageSettings(), folder, places=1, waiting=0)
    with decoder.in_turn(SMALL):
        with pytest.raises(UnreadableImageError), decoder.in_turn(b"Dear museum"):
            pass
        refused(decoder, SMALL)


def test_what_a_crop_leaves_may_be_too_small(decoder):
    sliver = PhotoEdits(crop=Box(0, 0, 0.1, 1))
    with pytest.raises(ImageTooSmallError), decoder.in_turn(SMALL, edits=sliver):
        pass
    with decoder.in_turn(SMALL):
        pass  # the turn was given back
