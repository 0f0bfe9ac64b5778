"""Invented artists: a style, a palette and a brush each, two to a style."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Artist:
    """An invented artist; brush and density are those of a ``Canvas``."""

    name: str
    style: str
    school: str
    years: tuple[int, int]
    """First and last of the active life."""
    palette: str
    """Name of the colours."""
    brush: float
    density: float

    @property
    def colours(self) -> NDArray[np.float64]:
        """RGB from 0 to 255, darkest first: (6, 3)."""
        numbers = bytes.fromhex(_PALETTES[self.palette])
        return np.frombuffer(numbers, np.uint8).reshape(-1, 3).astype(np.float64)


_PALETTES = {
    "meadow": "2b2a33 4f6d4a 8a9a5b c9a86a d9c8a0 f0e6cf",
    "harbour": "1c2b3a 2f5d7c 6f9fb0 d98e5f e8c9a0 f5ead8",
    "brick": "3a1f2b 8c3b3f c96f4a 5f7f8f d9b88f f3e9dc",
    "dusk": "20242b 53406b 9c5f8f d98f6f e9c46a f6edda",
    "autumn": "2a1d14 7a4a22 b5742f d8a545 9aa05a f1e2bd",
    "frost": "1f2a38 4a6580 8aa6b8 b8c4c2 d8b9a8 f4f2ee",
    "orchard": "22301f 3f7048 93b35c e0b84c d9694a f7eed4",
    "lagoon": "10303a 1f7a80 5fb7a6 e8d3a2 ee8a5c fbf3e2",
    "plum": "26142b 5a2a5c 94508a c98a9e e2b9a6 f6e8e4",
    "slate": "17191d 3b4754 6d7c86 a3a79c c7a56b efe9da",
    "poppy": "1d1b26 274b6d c33a2e e8893b f0c64a f9f0dd",
    "olive": "23241a 575a2c 8c8a4a b9a76a c77f4f f0e8cf",
}
ARTISTS = (
    Artist("Osric Vellum", "hills", "Lower Morrow", (1862, 1891), "meadow", 1.0, 0.5),
    Artist("Ada Thornquist", "seascape", "Sund", (1878, 1912), "harbour", 1.1, 0.4),
    Artist("Benedikta Sorrel", "garden", "Ferry", (1884, 1920), "orchard", 1.2, 0.9),
    Artist(
        "Émile Gravelot-Roux", "pointillism", "Ferry", (1887, 1903), "lagoon", 1, 0.5
    ),
    Artist("Jonas Ketterby", "nocturne", "Sund", (1890, 1925), "harbour", 1.0, 0.6),
    Artist("Perpetua Vane", "still_life", "Ostrana", (1611, 1649), "autumn", 1, 0.6),
    Artist("Caspar Oudewater", "portrait", "Ostrana", (1630, 1668), "slate", 1, 0.4),
    Artist("Shinpei Arakida", "woodcut", "Three Blocks", (1829, 1858), "frost", 1, 0.6),
    Artist("Lazaro Bembi", "plan", "Ostrana", (1588, 1620), "olive", 1.0, 0.7),
    Artist("Marthe Dacquin", "cubist", "Rue Oblique", (1909, 1921), "olive", 0.8, 0.5),
    Artist("Ilya Strogov", "construction", "Workshop 9", (1919, 1932), "poppy", 1, 0.7),
    Artist(
        "Ruth Ansbacher", "colour_field", "Tenth Pier", (1951, 1970), "plum", 1, 0.4
    ),
    Artist("Workshop of Aquila Bruna", "mosaic", "Isola", (210, 260), "brick", 1, 0.6),
    Artist("Maud Penhallow", "hills", "Lower Morrow", (1901, 1938), "dusk", 1.5, 0.9),
    Artist("Bartolo Sereni", "seascape", "Isola", (1742, 1780), "lagoon", 0.7, 0.9),
    Artist("Colette Amaury", "garden", "Ferry", (1891, 1926), "plum", 0.9, 0.6),
    Artist("Wim Aldergrove", "pointillism", "Sund", (1895, 1915), "dusk", 1.4, 0.8),
    Artist("Ottilie Brandt", "nocturne", "Workshop 9", (1922, 1949), "slate", 1.3, 0.9),
    Artist("Hendrick Pauw", "still_life", "Ferry", (1902, 1940), "poppy", 1.4, 0.9),
    Artist("Giulia Montaldo", "portrait", "Isola", (1905, 1944), "orchard", 1.3, 0.8),
    Artist("Otsune Hanabusa", "woodcut", "Three Blocks", (1861, 1889), "poppy", 1, 0.9),
    Artist("Piers Hallam", "plan", "Lower Morrow", (1701, 1733), "brick", 1.0, 1.0),
    Artist(
        "Joaquim Ferrer-Sala", "cubist", "Rue Oblique", (1911, 1930), "frost", 1.1, 1
    ),
    Artist(
        "Lotte Wiesengrund", "construction", "Workshop 9", (1924, 1939), "meadow", 1, 1
    ),
    Artist(
        "Amos Tillery", "colour_field", "Tenth Pier", (1958, 1981), "lagoon", 1.4, 0.8
    ),
    Artist("Sister Radegund", "mosaic", "Nether Wick", (1925, 1960), "frost", 1.2, 0.9),
)
"""The first artists have a style each, in the order of the styles; so have the rest."""
