import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from app.retrieval.descriptors.style import (
    COLOUR_LENGTH,
    PATTERNS,
    RADII_PX,
    TEXTURE_LENGTH,
    Style,
    appearance,
    colour_histogram,
)
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.types import Description
from tests.support.fakes import draw_picture
from tests.support.pictures import plain

MEANS = np.arange(5, dtype=np.float32)


@pytest.fixture
def style():
    length = COLOUR_LENGTH + TEXTURE_LENGTH + len(MEANS)
    rng = np.random.default_rng(0)
    projection = rng.normal(size=(7, length)).astype(np.float32)
    return Style(rng.random(length, np.float32), projection)


def slow_patterns(lightness, radius):
    """Local binary patterns pixel by pixel, as the paper says them."""
    height, width = lightness.shape
    counts = np.zeros(PATTERNS)
    steps = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    for y in range(height):
        for x in range(width):
            code = 0
            for bit, (down, right) in enumerate(steps):
                row = min(max(y + radius * down, 0), height - 1)
                column = min(max(x + radius * right, 0), width - 1)
                code |= int(lightness[row, column] >= lightness[y, x]) << bit
            counts[code] += 1
    return counts / counts.sum()


def test_patterns_are_those_of_the_definition():
    rng = np.random.default_rng(1)
    # Grey, and so large that nothing is resized: what is seen is what is given.
    grey = rng.integers(0, 256, (6, 9), np.uint8)
    image = np.repeat(grey[..., None], 3, axis=2)
    parts = appearance(image, MEANS)[COLOUR_LENGTH : COLOUR_LENGTH + TEXTURE_LENGTH]
    for radius, part in zip(RADII_PX, parts.reshape(-1, PATTERNS), strict=True):
        expected = slow_patterns(grey, radius)
        assert part**2 == pytest.approx(expected, abs=1e-6)


def test_the_colours_alone_are_the_beginning_of_an_appearance():
    image = draw_picture(4)
    colours = colour_histogram(image)
    assert np.array_equal(colours, appearance(image, MEANS)[:COLOUR_LENGTH])
    assert np.linalg.norm(colours) == pytest.approx(1, abs=1e-5)


def test_an_appearance_is_two_histograms_and_the_means():
    vector = appearance(draw_picture(3), MEANS)
    assert np.sum(vector[:COLOUR_LENGTH] ** 2) == pytest.approx(1, abs=1e-5)
    texture = vector[COLOUR_LENGTH : COLOUR_LENGTH + TEXTURE_LENGTH] ** 2
    assert texture.reshape(-1, PATTERNS).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert vector[-5:] ** 2 == pytest.approx(MEANS)


@given(
    npst.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))
)
def test_every_picture_has_an_appearance(image):
    assert np.isfinite(appearance(image, MEANS)).all()


def test_a_style_has_unit_length_and_depends_on_colour(style):
    description = Description(MEANS, feature_means=MEANS)
    one = style.describe(draw_picture(1), description)
    other = style.describe(plain((30, 40), 90), description)
    assert one.shape == (7,)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ other < 0.999


def test_a_style_comes_back_from_its_file(style, tmp_path):
    style.save(tmp_path / "style.npz")
    kept = Style.load(tmp_path / "style.npz")
    vector = np.random.default_rng(2).random(len(style.mean), np.float32)
    assert kept.apply(vector) @ style.apply(vector) > 0.99999


def test_files_that_are_no_style_are_refused(tmp_path):
    path = tmp_path / "style.npz"
    with pytest.raises(MissingArtefactError):
        Style.load(path)
    path.write_bytes(b"not a style")
    with pytest.raises(DamagedArtefactError):
        Style.load(path)
    with path.open("wb") as file:
        np.savez(file, mean=np.zeros(3), projection=np.zeros((2, 4)))
    with pytest.raises(DamagedArtefactError, match="do not belong together"):
        Style.load(path)


def test_an_appearance_of_another_network_is_refused(style):
    with pytest.raises(ValueError, match="appearance must be"):
        style.apply(np.zeros(3, np.float32))
