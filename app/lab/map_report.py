"""Report of a map: the works in their places, their schools, and their neighbours."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.extensions import db
from app.lab.plots import COLOURS, scatter_plot
from app.lab.report import Cell, ReportFolder
from app.models import Artwork
from app.retrieval.images.codec import read
from app.retrieval.map.sprites import FINE, mosaic
from app.retrieval.types import FloatArray, Image
from app.services.collection.works import present_works
from app.services.map.registry import Level, Likeness, StoredMap

PICTURE_SIDE_PX = 1600
"""Of the map as a picture, at most; where works are too many for this, more."""
LEAST_CELL_PX = 6
NEIGHBOURS = 10
LABELS = ("artist", "school")
COLOURED_BY = "school"
OTHERS = "others, or not known"
NAMES = {
    Likeness.STYLE: "by style",
    Likeness.PICTURE: "by recognition",
}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Layout by one likeness, without works that have been withdrawn since.

    Attributes
    ----------
    numbers : (N,) int64
        Of the works, in the order of the map's cells.
    works : sequence of Artwork, length N
    cells : (N, 2) int64
        Column and row, from 0.
    shapes : (N,) float32
        Width by height of the pictures.
    """

    numbers: NDArray[np.int64]
    works: Sequence[Artwork]
    cells: NDArray[np.int64]
    shapes: FloatArray

    def labels(self, name: str) -> NDArray[np.str_]:
        """Return what the catalogue says of each work; "" means unknown."""
        return np.array([getattr(work, name) for work in self.works], np.str_)


def fill(report: ReportFolder, stored: StoredMap) -> None:
    """Bring every likeness of a map into a report. Needs an application context."""
    works = {work.accession: work for work in db.session.scalars(present_works())}
    maps = {
        likeness: read_places(stored, likeness, works) for likeness in stored.likenesses
    }
    count = len(maps[stored.likenesses[0]].works)
    report.paragraph(f"{count:,} works, each beside those that are like it.")
    rows = [
        row
        for likeness, places in maps.items()
        for row in neighbour_rows(NAMES[likeness], places)
    ]
    report.table(
        "Neighbours", ["map", "label", "works", "of the same", "by chance"], rows
    )
    report.paragraph(
        f"Of the same: what share of the {NEIGHBOURS} works that lie nearest have the "
        "same artist, or school, over all works of which it is known. By chance: what "
        "it would be if the works lay anywhere."
    )
    for likeness, places in maps.items():
        name = NAMES[likeness]
        report.heading(f"{name[0].upper()}{name[1:]}")
        report.picture(
            f"Map {name}",
            overview(stored, likeness, places),
            "Every work in its place.",
            f"The {len(places.works):,} works of the collection as small pictures, "
            f"arranged {name}.",
        )
        report.plot(
            f"Schools {name}",
            scatter_plot(groups_of(places)),
            f"The same places, coloured by {COLOURED_BY}.",
            f"One dot per work; the most frequent ones of {COLOURED_BY} in colours of "
            "their own.",
        )
        report.rows(
            f"Places {name}",
            ("accession", "title", "artist", "school", "column", "row"),
            [
                [work.accession, work.title, work.artist, work.school, *cell]
                for work, cell in zip(places.works, places.cells.tolist(), strict=True)
            ],
        )


def read_places(
    stored: StoredMap, likeness: Likeness, works: Mapping[str, Artwork]
) -> Places:
    """Read where the works lie that are still on show."""
    accessions = stored.accessions(likeness)
    table = np.frombuffer(stored.places(likeness), "<f4").reshape(-1, 3)
    numbers = np.array(
        [number for number, one in enumerate(accessions) if one in works], np.int64
    )
    return Places(
        numbers,
        [works[accessions[number]] for number in numbers],
        np.rint(table[numbers, :2]).astype(np.int64),
        table[numbers, 2],
    )


def neighbour_rows(name: str, places: Places) -> list[list[Cell]]:
    """Say how often neighbours have the same label, and how often by chance."""
    # Here, because it takes a second to import.
    from sklearn.neighbors import NearestNeighbors

    count = min(NEIGHBOURS, len(places.works) - 1)
    if count < 1:
        return []
    finder = NearestNeighbors(n_neighbors=count).fit(places.cells)
    nearest = finder.kneighbors(return_distance=False)
    rows: list[list[Cell]] = []
    for label in LABELS:
        values = places.labels(label)
        known = values != ""
        same = values[nearest[known]] == values[known, None]
        sizes = np.array(list(Counter(values[known].tolist()).values()))
        pairs = known.sum() * (len(values) - 1)
        chance = float((sizes * (sizes - 1)).sum() / pairs) if pairs else None
        share = float(same.mean()) if known.any() else None
        rows.append([name, label, int(known.sum()), share, chance])
    return rows


def overview(stored: StoredMap, likeness: Likeness, places: Places) -> Image:
    """Draw all works in their places: (H, W, 3) uint8."""
    columns, rows = (places.cells.max(axis=0, initial=0) + 1).tolist()
    side = min(FINE.cell_px, max(LEAST_CELL_PX, PICTURE_SIDE_PX // max(columns, rows)))
    pictures = read_cells(stored, likeness, places.numbers.tolist())
    return mosaic(pictures, places.cells, places.shapes, side)


def read_cells(
    stored: StoredMap, likeness: Likeness, numbers: Sequence[int]
) -> Iterator[Image]:
    """Cut the cells of some works, in ascending order, from the map's sheets."""
    sheet, opened = np.empty((0, 0, 3), np.uint8), -1
    for number in numbers:
        needed, cell = divmod(number, FINE.cells)
        if needed != opened:
            sheet = read(stored.sheet_path(likeness, Level.FINE, needed))
            opened = needed
        yield FINE.cut(sheet, cell)


def groups_of(places: Places) -> dict[str, NDArray[np.int64]]:
    """Part the places by the most frequent schools; the last group is all others."""
    values = places.labels(COLOURED_BY)
    frequent = Counter(value for value in values.tolist() if value)
    names = [name for name, _ in frequent.most_common(len(COLOURS) - 1)]
    groups = {name: places.cells[values == name] for name in names}
    return {**groups, OTHERS: places.cells[~np.isin(values, names)]}
