"""Synthetic collection: drawn pictures with labels to match.

For the demonstration and the tests, which must work without a single downloaded
picture. Every artist has a style, a palette and a hand, so that "similar works" means
something; every work has its own seed, so that a collection of any size begins with
the same works. Names, places and dates are invented, and the labels say so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.retrieval.drawings.styles import abstract, figures, nature, prints, water
from app.retrieval.drawings.styles.artists import ARTISTS, Artist
from app.retrieval.drawings.styles.canvas import Canvas
from app.retrieval.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticWork:
    """One generated work with its label; accession and title are unique."""

    accession: str
    title: str
    artist: str
    date: str
    technique: str
    type: str
    school: str
    location: str
    image: Image
    """Long side 700 to 1000 pixels."""


@dataclass(frozen=True, slots=True)
class _Style:
    paint: Callable[[Canvas], None]
    type: str
    shapes: tuple[float, float]
    """Least and greatest height by width."""
    technique: str = "Oil on canvas"


_SUBJECTS = {
    "landscape": "Aldermoor, Quarrow, Port Lisle, Hallingsund, Brackwater, Torrevento, "
    "Sankt Velten, Marrowby, Ostrana, Cap Sauvelle, Nether Wick, Isola Bruna",
    "portrait": "Ilse Corvane, a Bell-Founder, Tomaz Ardeley, the Widow Prane, "
    "a Cartographer, Lucasta Vey, the Ferryman's Son, Anselm Quoit, a Lute Player, "
    "Mirabel Tansy, the Salt Merchant, Dorothea Lisk",
    "still life": "Quinces, a Striped Jug, Late Plums, a Cracked Vase, Market Apples, "
    "Wild Stocks, the Blue Bottle, Medlars, Two Carafes, Garden Pinks, "
    "a Folded Cloth, Russet Pears",
    "abstract": "Equinox, Ballast, Counterpoint, Slow Water, Signal, Interval, Drift, "
    "Harvest, Undertow, Lantern, Threshold, Weather",
}
"""What a work of each type may show. One less than a number that shares no factor with
the number of titles, so that counting through both meets every pair once."""
_TITLES = {
    "hills": ("{} from the East", "Evening near {}", "The Road to {}"),
    "seascape": ("Boats off {}", "Low Sun, {}", "Calm at {}"),
    "garden": ("The Garden at {}", "Flower Beds, {}", "A Path in {}"),
    "pointillism": ("The River at {}", "Noon, {}", "Far Bank, {}"),
    "nocturne": ("{} by Night", "Moon over {}", "Windows, {}"),
    "still_life": ("Still Life with {}", "Table with {}", "Study of {}"),
    "portrait": ("Portrait of {}", "Head of {}", "{}, Half-Length"),
    "woodcut": ("Peaks above {}", "The Lake at {}", "Pines, {}"),
    "plan": ("Plan of {}", "The Walls of {}", "{} Surveyed"),
    "cubist": ("Guitar ({})", "{} in Facets", "Planes: {}"),
    "construction": ("Construction ({})", "Suite {}", "Balance: {}"),
    "colour_field": ("Untitled ({})", "{}, Second State", "Field: {}"),
    "mosaic": ("Floor with {}", "Pavement: {}", "{} Medallions"),
}
"""What a work of each style may be called; ``{}`` is a subject of its type."""
_WIDE, _TALL, _EITHER = (0.68, 0.85), (1.15, 1.4), (0.72, 1.35)
_STYLES = {
    style.paint.__name__: style
    for style in (
        _Style(nature.hills, "landscape", _WIDE),
        _Style(water.seascape, "landscape", _WIDE),
        _Style(nature.garden, "landscape", _EITHER),
        _Style(nature.pointillism, "landscape", _WIDE, "Oil on panel"),
        _Style(water.nocturne, "landscape", _EITHER),
        _Style(figures.still_life, "still life", _EITHER),
        _Style(figures.portrait, "portrait", _TALL, "Oil on panel"),
        _Style(prints.woodcut, "landscape", _EITHER, "Colour woodcut"),
        _Style(prints.plan, "landscape", _EITHER, "Pen and wash on vellum"),
        _Style(abstract.cubist, "abstract", _EITHER),
        _Style(abstract.construction, "abstract", _EITHER, "Gouache on paper"),
        _Style(abstract.colour_field, "abstract", _TALL, "Acrylic on canvas"),
        _Style(abstract.mosaic, "abstract", _EITHER, "Glass and stone tesserae"),
    )
}
STYLES: tuple[str, ...] = tuple(_STYLES)
"""Names of the styles that :func:`draw_work` paints."""


def draw_work(rng: np.random.Generator, style: str, size: tuple[int, int]) -> Image:
    """Paint one picture by one of the artists of a style.

    Parameters
    ----------
    rng : numpy.random.Generator
        Same state, same picture, bit by bit.
    style : str
        One of :data:`STYLES`.
    size : tuple of int, each >= 120
        (height, width) in pixels.

    Returns
    -------
    image : (height, width, 3) uint8
        RGB.

    Raises
    ------
    ValueError
        If there is no such style.
    """
    if style not in _STYLES:
        raise ValueError(f"no style {style!r}; there are {', '.join(STYLES)}")
    masters = [artist for artist in ARTISTS if artist.style == style]
    return _paint(masters[rng.integers(len(masters))], rng, size)


def generate_collection(count: int, seed: int = 0) -> Iterator[SyntheticWork]:
    """Generate works one after another, a few tenths of a second each.

    Parameters
    ----------
    count : int, >= 0
        The artists take turns, so 26 works show every hand once.
    seed : int
        Another seed, other pictures; the first works of a longer collection are those
        of a shorter one.

    Yields
    ------
    work : SyntheticWork
    """
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        artist = ARTISTS[number % len(ARTISTS)]
        style = _STYLES[artist.style]
        start, end = artist.years
        year = int(rng.integers(start, end))
        long_side, shape = int(rng.integers(700, 1001)), rng.uniform(*style.shapes)
        size = (long_side, round(long_side / shape))
        if shape < 1:
            size = (round(long_side * shape), long_side)
        yield SyntheticWork(
            accession=f"IM-{number + 1:04d}",
            title=_title(number),
            artist=artist.name,
            date=f"c. {year}" if rng.random() < 0.3 else str(year),
            technique=style.technique,
            type=style.type,
            school=f"{artist.school} (invented)",
            location=f"Imaginary Museum, room {1 + STYLES.index(artist.style)}",
            image=_paint(artist, rng, size),
        )


def _paint(artist: Artist, rng: np.random.Generator, size: tuple[int, int]) -> Image:
    canvas = Canvas(rng, size, artist)
    _STYLES[artist.style].paint(canvas)
    return canvas.image


def _title(number: int) -> str:
    """Give every work of a style another pair of title and subject."""
    name = ARTISTS[number % len(ARTISTS)].style
    titles, subjects = _TITLES[name], _SUBJECTS[_STYLES[name].type].split(", ")
    turn = number // len(STYLES)
    title = titles[(turn + turn // len(subjects)) % len(titles)]
    round_number = turn // (len(subjects) * len(titles))
    suffix = f" ({round_number + 1})" if round_number else ""
    return title.format(subjects[turn % len(subjects)]) + suffix
