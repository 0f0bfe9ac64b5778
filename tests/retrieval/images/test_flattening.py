"""Bands: what is flattened piece by piece is the same as the whole at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from app.retrieval.images import flattening
from app.retrieval.images.flattening import ArrayPixels, flatten

MODES = ("L", "RGB", "RGBA", "LA", "CMYK", "1", "P", "I;16", "I", "F", "LAB")


def noise(mode, width, height, seed=0):
    generator = np.random.default_rng(seed)
    if mode in ("I;16", "I", "F"):
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Pillow.fromarray(
            generator.integers(0, 900, (height, width)).astype(kind)
        )
    bands = len(Pillow.new(mode, (1, 1)).getbands())
    values = generator.integers(0, 256, (height, width, 4), np.uint8)
    if mode in ("1", "P"):
        return Pillow.fromarray(values[..., :3]).convert(mode)
    return Pillow.frombytes(mode, (width, height), values[..., :bands].tobytes())


@given(
    st.sampled_from(MODES),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 8),
    st.floats(0.02, 1),
    st.integers(1, 90),
)
def test_bands_make_no_difference(mode, width, height, orientation, scale, pixels):
    picture = noise(mode, width, height)
    upright = (height, width) if orientation in flattening.SIDEWAYS else (width, height)
    target = tuple(max(1, round(side * scale)) for side in upright)
    whole = flatten(picture, orientation=orientation, target=target)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(flattening, "BAND_PIXELS", pixels)
        banded = flatten(picture, orientation=orientation, target=target)
    assert whole.size == target
    assert whole.mode in ("L", "RGB", "CMYK")
    assert np.array_equal(np.asarray(whole), np.asarray(banded))


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0.1, 1))
def test_reducing_is_what_pillow_does_with_the_whole(width, height, scale):
    picture = noise("RGB", width, height)
    target = max(1, round(width * scale)), max(1, round(height * scale))
    expected = picture.resize(target, Pillow.Resampling.BOX, reducing_gap=2.0)
    flat = flatten(picture, orientation=1, target=target)
    assert np.array_equal(np.asarray(flat), np.asarray(expected))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_in_opencvs_order_are_cut_in_pillows(channels):
    shape = (8, 9) if channels == 1 else (8, 9, channels)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    order = {1: "", 3: "BGR", 4: "BGRA"}[channels]
    cut = np.asarray(ArrayPixels(pixels, order=order).crop((2, 1, 7, 5)))
    expected = pixels[1:5, 2:7]
    if channels > 1:
        expected = expected[..., [2, 1, 0, 3][:channels]]
    assert np.array_equal(cut, expected)
