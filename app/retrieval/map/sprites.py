"""Sprite sheets: many small pictures in one, as graphics cards like them.

Every picture fills its square cell, stretched: whoever draws it knows its true shape.
Cells are whole blocks of the JPEG, so that no block mixes two pictures.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray, Image


@dataclass(frozen=True, slots=True)
class Grid:
    """Division of sprite sheets into square cells.

    Attributes
    ----------
    cell_px : int
        Side of a cell.
    sheet_px : int
        Width of a sheet, and its height at most.
    """

    cell_px: int
    sheet_px: int

    @property
    def columns(self) -> int:
        """Cells side by side."""
        return self.sheet_px // self.cell_px

    @property
    def cells(self) -> int:
        """Cells on a full sheet."""
        return self.columns**2

    def sheet_count(self, cells: int) -> int:
        """Return how many sheets some cells need."""
        return -(-cells // self.cells)

    def cut(self, sheet: Image, cell: int) -> Image:
        """Return a cell of a sheet: (P, P, 3) uint8, P = ``cell_px``."""
        row, column = divmod(cell, self.columns)
        top, left = row * self.cell_px, column * self.cell_px
        return sheet[top : top + self.cell_px, left : left + self.cell_px]


COARSE = Grid(cell_px=16, sheet_px=2048)
"""Seen with all the others: three sheets hold 44,000. The weakest cards take this."""
FINE = Grid(cell_px=64, sheet_px=1024)
"""Looked at: a sheet is fetched for 256 pictures that lie close together."""
WALL = 118
"""The grey between the pictures of a mosaic."""


def cell_of(picture: Image) -> Image:
    """Stretch a picture, (H, W, 3) uint8, to a fine cell."""
    size = FINE.cell_px, FINE.cell_px
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def shrink(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring fine cells (N, 64, 64, 3) to coarse ones (N, 16, 16, 3)."""
    side = COARSE.cell_px
    times = FINE.cell_px // side
    blocks = cells.reshape(-1, side, times, side, times, 3)
    means = blocks.mean(axis=(2, 4), dtype=np.float32)
    return np.asarray(np.rint(means), np.uint8)


def sheet(cells: NDArray[np.uint8], grid: Grid) -> Image:
    """Lay cells side by side, row by row from the top left.

    Parameters
    ----------
    cells : (N, P, P, 3) uint8, 0 < N <= ``grid.cells``, P = ``grid.cell_px``
    grid : Grid

    Returns
    -------
    sheet : (H, ``grid.sheet_px``, 3) uint8
        As high as its rows; grey where the last row has no cell.

    Raises
    ------
    ValueError
        If they are of another size, or do not fit on one sheet.
    """
    count, side = len(cells), grid.cell_px
    if not 0 < count <= grid.cells or cells.shape[1:] != (side, side, 3):
        raise ValueError(f"{cells.shape} does not fit on a sheet of {grid}")
    rows = -(-count // grid.columns)
    full = np.full((rows * grid.columns, side, side, 3), 128, np.uint8)
    full[:count] = cells
    laid = full.reshape(rows, grid.columns, side, side, 3).swapaxes(1, 2)
    return np.ascontiguousarray(laid.reshape(rows * side, grid.sheet_px, 3))


def mosaic(
    cells: Iterable[Image],
    places: NDArray[np.integer],
    shapes: FloatArray,
    side_px: int,
) -> Image:
    """Put pictures into the places of a grid, in their true shapes, on a grey wall.

    Parameters
    ----------
    cells : iterable of (P, P, 3) uint8, N of them
        Pictures stretched to squares, as of `Grid.cut`.
    places : (N, 2) int
        Column and row of each, from 0.
    shapes : (N,) float32, > 0
        Width by height of each.
    side_px : int, > 1
        Of a place; one pixel is left between pictures.

    Returns
    -------
    picture : (H, W, 3) uint8
        As large as the places need.
    """
    columns, rows = (places.max(axis=0, initial=0) + 1).tolist()
    picture = np.full((rows * side_px, columns * side_px, 3), WALL, np.uint8)
    for cell, (column, row), shape in zip(
        cells, places.tolist(), shapes.tolist(), strict=True
    ):
        width = max(1, round((side_px - 1) * min(1.0, shape)))
        height = max(1, round((side_px - 1) * min(1.0, 1 / shape)))
        x = column * side_px + (side_px - width) // 2
        y = row * side_px + (side_px - height) // 2
        small = cv2.resize(cell, (width, height), interpolation=cv2.INTER_AREA)
        picture[y : y + height, x : x + width] = small
    return picture
