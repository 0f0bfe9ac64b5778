"""Accent colours of the site, and their contrast with what they lie on (WCAG 2.2).

A colour is written as ``#rrggbb``. Words in the accent colour lie on the wall and on
the mat of a page, and words on buttons lie on the accent: all must differ enough.
"""

import colorsys
import re
from dataclasses import dataclass
from enum import StrEnum

LEAST_CONTRAST = 4.5
"""Of text of usual size: WCAG 2.2, 1.4.3, level AA."""
LIGHTNESS_STEPS = 1_000
"""How finely the nearest colour is looked for: finer than eight bits show."""

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class Scheme(StrEnum):
    """Colour scheme that the visitor's device asks for."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Colours of a scheme, as ``static/morelli.css`` has them.

    Attributes
    ----------
    wall, mat : str
        What words in the accent colour lie on.
    on_accent : str
        Of words that lie on the accent colour.
    accent : str
        Where the museum has chosen none.
    """

    wall: str
    mat: str
    on_accent: str
    accent: str


SURFACES = {
    Scheme.LIGHT: Surfaces("#f5f2ec", "#fffdf9", "#fffdf9", "#7b2d26"),
    Scheme.DARK: Surfaces("#161411", "#211e1a", "#221410", "#e3a58d"),
}


def read_colour(text: str) -> str | None:
    """Return a colour as ``#rrggbb``; None if a text is none."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def accent_contrast(accent: str, scheme: Scheme) -> float:
    """Return the least contrast of words in an accent colour, and of words on it."""
    surfaces = SURFACES[scheme]
    around = (surfaces.wall, surfaces.mat, surfaces.on_accent)
    return min(contrast(accent, one) for one in around)


def nearest_accent(accent: str, scheme: Scheme) -> str:
    """Return the nearest colour of the same hue and saturation with contrast enough.

    Darker for the light scheme and lighter for the dark one: at the end of that way are
    black and white, which are always enough.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_shares(accent))
    end = 0.0 if scheme is Scheme.LIGHT else 1.0
    for step in range(LIGHTNESS_STEPS + 1):
        tried = lightness + (end - lightness) * step / LIGHTNESS_STEPS
        colour = _colour(colorsys.hls_to_rgb(hue, tried, saturation))
        if accent_contrast(colour, scheme) >= LEAST_CONTRAST:
            break
    return colour


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour in sRGB, from 0 to 1."""
    red, green, blue = map(_linear, _shares(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _shares(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _colour(shares: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * share):02x}" for share in shares)
