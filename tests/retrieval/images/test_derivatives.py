from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow

from app.retrieval.errors import UnreadableImageError
from app.retrieval.images.derivatives import Derivative, Quality, derive
from app.retrieval.settings import ImageSettings

WIDTH, HEIGHT = 96, 64
FULL = WIDTH, HEIGHT
WHOLE = 0, 0, WIDTH, HEIGHT


@pytest.fixture(scope="module")
def picture():
    """A red left half and a blue right half, with a white strip on top."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : WIDTH // 2, 0] = pixels[:, WIDTH // 2 :, 2] = 200
    pixels[:8] = 255
    file = BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def made(picture, *facts, **asked):
    data = derive(picture, FULL, Derivative(*facts, **asked), settings=ImageSettings())
    with Pillow.open(BytesIO(data)) as image:
        return image.format, image.mode, np.asarray(image.convert("RGB")).astype(int)


def test_a_region_is_cut_and_resized(picture):
    kind, _mode, pixels = made(picture, (48, 16, 32, 32), (16, 8))
    assert kind == "JPEG"
    assert pixels.shape == (8, 16, 3)
    assert np.abs(pixels - (0, 0, 200)).max() < 12


def test_a_region_of_a_reduced_picture_is_where_it_was(picture):
    _kind, _mode, pixels = made(picture, (0, 32, 96, 32), (24, 8), format="png")
    assert np.abs(pixels[:, :10] - (200, 0, 0)).max() < 12
    assert np.abs(pixels[:, 14:] - (0, 0, 200)).max() < 12


def test_mirrored_first_and_then_turned_with_the_clock(picture):
    kind, _mode, pixels = made(picture, WHOLE, FULL, True, 90, format="png")
    assert kind == "PNG"
    assert pixels.shape == (WIDTH, HEIGHT, 3)
    # What was on top is right; what was right came left, and so above.
    assert pixels[:, -8:].min() == 255
    assert np.array_equal(pixels[0, 0], (0, 0, 200))
    assert np.array_equal(pixels[-1, 0], (200, 0, 0))


@pytest.mark.parametrize(
    ("quality", "values"), [(Quality.GRAY, 3), (Quality.BITONAL, 2)]
)
def test_qualities_without_colour(picture, quality, values):
    facts = made(picture, WHOLE, FULL, quality=quality, format="png")
    assert facts[1] == "L"
    assert len(np.unique(facts[2])) == values


def test_what_is_no_picture_is_refused():
    with pytest.raises(UnreadableImageError):
        derive(b"x", FULL, Derivative(WHOLE, FULL), settings=ImageSettings())
