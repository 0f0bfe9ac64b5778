"""Synthetic collection: drawn pictures with labels to match.

For the demonstration and the tests, which must work without a single downloaded
picture. Every artist has a style, a palette and a hand, so that "similar works" means
something; every work has its own seed, so that a collection of any size begins with
the same works. Names, places and dates are invented, and the labels say so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from app.retrieval.drawings.styles import abstract, figures, nature, prints, water
from app.retrieval.drawings.styles.artists import ARTISTS
from app.retrieval.drawings.styles.canvas import Hand
from app.retrieval.types import Image

Painter = Callable[[np.random.Generator, tuple[int, int], Hand], Image]


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticWork:
    """One generated work with its label.

    Attributes
    ----------
    accession : str
        Unique in the collection.
    title, artist, date, technique, type, school, location : str
        What a catalogue says; the title is unique too.
    image : (H, W, 3) uint8
        Long side 700 to 1000 pixels.
    """

    accession: str
    title: str
    artist: str
    date: str
    technique: str
    type: str
    school: str
    location: str
    image: Image


@dataclass(frozen=True, slots=True)
class _Style:
    paint: Painter
    technique: str
    titles: tuple[str, ...]
    subjects: tuple[str, ...]
    shapes: tuple[float, float]
    """Least and greatest height by width."""


# Numbers of subjects: one less than a number that shares no factor with the number of
# titles, so that counting through both meets every pair once (see ``_title``).
_PLACES = (
    *("Aldermoor", "Quarrow", "Port Lisle", "Hallingsund", "Brackwater", "Torrevento"),
    *(
        "Sankt Velten",
        "Marrowby",
        "Ostrana",
        "Cap Sauvelle",
        "Nether Wick",
        "Isola Bruna",
    ),
)
_PEOPLE = (
    *("Ilse Corvane", "a Bell-Founder", "Tomaz Ardeley", "the Widow Prane"),
    *("a Cartographer", "Lucasta Vey", "the Ferryman's Son", "Anselm Quoit"),
    *("a Lute Player", "Mirabel Tansy", "the Salt Merchant", "Dorothea Lisk"),
)
_THINGS = (
    *("Quinces", "a Striped Jug", "Late Plums", "a Cracked Vase", "Market Apples"),
    *("Wild Stocks", "the Blue Bottle", "Medlars", "Two Carafes", "Garden Pinks"),
    *("a Folded Cloth", "Russet Pears"),
)
_IDEAS = (
    *(
        "Equinox",
        "Ballast",
        "Counterpoint",
        "Slow Water",
        "Signal",
        "Interval",
        "Drift",
    ),
    *("Harvest", "Undertow", "Lantern", "Threshold", "Weather"),
)
_TYPES: Mapping[tuple[str, ...], str] = {
    _PLACES: "landscape",
    _PEOPLE: "portrait",
    _THINGS: "still life",
    _IDEAS: "abstract",
}
_WIDE, _TALL, _EITHER = (0.68, 0.85), (1.15, 1.4), (0.72, 1.35)
_VIEWS = ("{} from the East", "Evening near {}", "The Road to {}")
_STYLES: Mapping[str, _Style] = MappingProxyType(
    {
        "hills": _Style(nature.hills, "Oil on canvas", _VIEWS, _PLACES, _WIDE),
        "seascape": _Style(
            water.seascape,
            "Oil on canvas",
            ("Boats off {}", "Low Sun, {}", "Calm at {}"),
            _PLACES,
            _WIDE,
        ),
        "garden": _Style(
            nature.garden,
            "Oil on canvas",
            ("The Garden at {}", "Flower Beds, {}", "A Path in {}"),
            _PLACES,
            _EITHER,
        ),
        "pointillism": _Style(
            nature.pointillism,
            "Oil on panel",
            ("The River at {}", "Noon, {}", "Far Bank, {}"),
            _PLACES,
            _WIDE,
        ),
        "nocturne": _Style(
            water.nocturne,
            "Oil on canvas",
            ("{} by Night", "Moon over {}", "Windows, {}"),
            _PLACES,
            _EITHER,
        ),
        "still_life": _Style(
            figures.still_life,
            "Oil on canvas",
            ("Still Life with {}", "Table with {}", "Study of {}"),
            _THINGS,
            _EITHER,
        ),
        "portrait": _Style(
            figures.portrait,
            "Oil on panel",
            ("Portrait of {}", "Head of {}", "{}, Half-Length"),
            _PEOPLE,
            _TALL,
        ),
        "woodcut": _Style(
            prints.woodcut,
            "Colour woodcut",
            ("Peaks above {}", "The Lake at {}", "Pines, {}"),
            _PLACES,
            _EITHER,
        ),
        "plan": _Style(
            prints.plan,
            "Pen and wash on vellum",
            ("Plan of {}", "The Walls of {}", "{} Surveyed"),
            _PLACES,
            _EITHER,
        ),
        "cubist": _Style(
            abstract.cubist,
            "Oil on canvas",
            ("Guitar ({})", "{} in Facets", "Planes: {}"),
            _IDEAS,
            _EITHER,
        ),
        "construction": _Style(
            abstract.construction,
            "Gouache on paper",
            ("Construction ({})", "Suite {}", "Balance: {}"),
            _IDEAS,
            _EITHER,
        ),
        "colour_field": _Style(
            abstract.colour_field,
            "Acrylic on canvas",
            ("Untitled ({})", "{}, Second State", "Field: {}"),
            _IDEAS,
            _TALL,
        ),
        "mosaic": _Style(
            abstract.mosaic,
            "Glass and stone tesserae",
            ("Floor with {}", "Pavement: {}", "{} Medallions"),
            _IDEAS,
            _EITHER,
        ),
    }
)
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
    master = masters[rng.integers(len(masters))]
    return _STYLES[style].paint(rng, size, master.hand)


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
        size = (
            (round(long_side * shape), long_side)
            if shape < 1
            else (long_side, round(long_side / shape))
        )
        yield SyntheticWork(
            accession=f"IM-{number + 1:04d}",
            title=_title(number),
            artist=artist.name,
            date=f"c. {year}" if rng.random() < 0.3 else str(year),
            technique=style.technique,
            type=_TYPES[style.subjects],
            school=f"{artist.school} (invented)",
            location=f"Imaginary Museum, room {1 + STYLES.index(artist.style)}",
            image=style.paint(rng, size, artist.hand),
        )


def _title(number: int) -> str:
    """Give every work of a style another pair of title and subject."""
    style = _STYLES[ARTISTS[number % len(ARTISTS)].style]
    turn = number // len(STYLES)
    subjects = len(style.subjects)
    title = style.titles[(turn + turn // subjects) % len(style.titles)]
    round_number = turn // (subjects * len(style.titles))
    suffix = f" ({round_number + 1})" if round_number else ""
    return title.format(style.subjects[turn % subjects]) + suffix
