import numpy as np
import pytest

from app.retrieval.images.codec import encode_jpeg, read
from app.services.collection.picture_sizes import make_middle, middle_name
from app.services.system.media import MediaFolder

NAME = "ab/abcdef.jpg"


@pytest.fixture
def media(tmp_path):
    media = MediaFolder(tmp_path)
    ramp = np.linspace(0, 255, 1200, dtype=np.uint8)
    media.write(NAME, encode_jpeg(np.tile(ramp[None, :, None], (600, 1, 3))))
    return media


def test_the_middle_size_is_made_once(media):
    name = middle_name(NAME)
    assert name == "ab/abcdef.m.jpg"
    make_middle(media, name)
    assert read(media.path(name)).shape == (400, 800, 3)
    media.write(name, b"kept")
    make_middle(media, name)
    assert media.path(name).read_bytes() == b"kept"


def test_there_is_no_middle_size_of_nothing(media):
    with pytest.raises(FileNotFoundError):
        make_middle(media, "ab/other.m.jpg")
