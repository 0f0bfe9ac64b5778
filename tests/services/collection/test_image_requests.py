from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.collection.image_requests import (
    UnclearImageError,
    UnsupportedImageError,
    read_request,
)

FULL = 1000, 600


def canonical(region="full", size="max", rotation="0", quality="default", kind="jpg"):
    return read_request(FULL, region, size, rotation, quality, kind).canonical


@pytest.mark.parametrize(
    ("region", "size", "written"),
    [
        ("full", "max", "full/max"),
        ("square", "max", "200,0,600,600/max"),
        ("0,0,1000,600", "max", "full/max"),
        ("900,500,512,512", "max", "900,500,100,100/max"),
        ("pct:10,20,50,25.5", "max", "100,120,500,153/max"),
        ("full", "^max", "full/max"),
        ("full", "500,", "full/500,300"),
        ("full", ",300", "full/500,300"),
        ("full", "1,", "full/1,1"),
        ("full", "1000,600", "full/max"),
        ("full", "200,600", "full/200,600"),
        ("full", "pct:50", "full/500,300"),
        ("full", "!500,500", "full/500,300"),
        ("full", "!2000,3000", "full/max"),
        ("full", "^!500,500", "full/500,300"),
        ("full", "^500,", "full/500,300"),
        ("0,0,100,100", "!50,80", "0,0,100,100/50,50"),
    ],
)
def test_regions_and_sizes(region, size, written):
    assert canonical(region, size) == f"{written}/0/default.jpg"


@pytest.mark.parametrize(
    ("rotation", "written"),
    [("0", "0"), ("90", "90"), ("!0", "!0"), ("!270.0", "!270"), ("360", "0")],
)
def test_rotations(rotation, written):
    assert canonical(rotation=rotation) == f"full/max/{written}/default.jpg"


def test_colour_is_the_default_and_grey_is_not():
    assert canonical(quality="color") == canonical()
    assert canonical(quality="gray", kind="png") == "full/max/0/gray.png"


@pytest.mark.parametrize(
    "asked",
    [
        {"region": "x"},
        {"region": "1000,0,1,1"},
        {"region": "0,0,0,10"},
        {"region": "-1,0,10,10"},
        {"region": "0.5,0,10,10"},
        {"region": "pct:0,0,0,10"},
        {"region": "1,2,3"},
        {"region": "9" * 30 + ",0,1,1"},
        {"size": "full"},
        {"size": ","},
        {"size": "!100,"},
        {"size": "0,"},
        {"size": "!0,10"},
        {"size": "pct:0"},
        {"size": "pct:101"},
        {"size": "1001,"},
        {"size": ",601"},
        {"rotation": "-90"},
        {"rotation": "361"},
        {"rotation": "x"},
        {"quality": "grey"},
        {"quality": ""},
        {"kind": "exe"},
        {"kind": "JPG"},
    ],
)
def test_what_the_standard_does_not_have_is_unclear(asked):
    with pytest.raises(UnclearImageError):
        canonical(**asked)


@pytest.mark.parametrize(
    "asked",
    [{"size": "^1001,"}, {"size": "^pct:200"}, {"rotation": "22.5"}, {"kind": "tif"}],
)
def test_what_the_standard_has_and_this_program_has_not(asked):
    with pytest.raises(UnsupportedImageError):
        canonical(**asked)


sides = st.integers(1, 3000)


@given(sides, sides, st.integers(0, 3000), st.integers(0, 3000), sides, sides, sides)
def test_a_derivative_lies_within_the_picture_and_is_not_larger(w, h, x, y, a, b, to):
    try:
        region = f"{x},{y},{a},{b}"
        asked = read_request((w, h), region, f"!{to},{to}", "0", "gray", "jpg")
    except UnclearImageError:
        assert x >= w or y >= h
        return
    left, top, across, down = asked.derivative.region
    assert (left, top) == (x, y)
    assert left + across <= w
    assert top + down <= h
    assert 1 <= asked.derivative.size[0] <= min(across, to)
    assert 1 <= asked.derivative.size[1] <= min(down, to)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_any_text_is_read_or_refused(region, size, rotation):
    with suppress(UnclearImageError, UnsupportedImageError):
        canonical(region, size, rotation)
