"""Contrast of accent colours with what they lie on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.configuration.load import ROOT
from app.services.site.colours import (
    LEAST_CONTRAST,
    SURFACES,
    Scheme,
    accent_contrast,
    contrast,
    nearest_accent,
    read_colour,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        # Of WebAIM's contrast checker.
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffff00", 3.72),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#7B2D26", "#7b2d26"),
        ("7b2d26", "#7b2d26"),
        (" #abc ", "#aabbcc"),
        ("#abcd", None),
        ("red", None),
        ("#7b2d26;}", None),
        ("", None),
    ],
)
def test_colours_are_read(text, colour):
    assert read_colour(text) == colour


@given(colours, st.sampled_from(Scheme))
def test_the_nearest_colour_has_contrast_enough(colour, scheme):
    nearest = nearest_accent(colour, scheme)
    assert accent_contrast(nearest, scheme) >= LEAST_CONTRAST
    if accent_contrast(colour, scheme) >= LEAST_CONTRAST:
        assert nearest == colour


def test_the_nearest_colour_is_no_darker_than_it_must_be():
    assert accent_contrast(nearest_accent("#ffcc00", Scheme.LIGHT), Scheme.LIGHT) < 4.6


def test_the_surfaces_are_those_of_the_style_sheet():
    sheet = (ROOT / "static" / "morelli.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.S)[:2]
    for scheme, text in ((Scheme.LIGHT, light), (Scheme.DARK, dark)):
        found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))
        surfaces = SURFACES[scheme]
        names = ("wall", "mat", "on-accent", "accent")
        assert [found[name] for name in names] == [
            surfaces.wall,
            surfaces.mat,
            surfaces.on_accent,
            surfaces.accent,
        ]
