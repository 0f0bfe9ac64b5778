import numpy as np
import pytest

from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.map.sprites import COARSE, FINE, WALL, cell_of, mosaic, sheet, shrink


def coloured(count, side):
    """Cells of one colour each: green counts them."""
    cells = np.zeros((count, side, side, 3), np.uint8)
    cells[..., 1] = (np.arange(count) % 256)[:, None, None]
    return cells


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_every_cell_lies_where_its_number_says(grid):
    cells = coloured(grid.columns + 3, grid.cell_px)
    laid = sheet(cells, grid)
    assert laid.shape == (2 * grid.cell_px, grid.sheet_px, 3)
    side = grid.cell_px
    for number in (0, 1, grid.columns - 1, grid.columns, grid.columns + 2):
        row, column = divmod(number, grid.columns)
        cell = laid[row * side : (row + 1) * side, column * side : (column + 1) * side]
        assert (cell == cells[number]).all()
    assert (laid[-1, -1] == 128).all()


def test_a_full_sheet_is_square_and_nothing_more_fits():
    full = coloured(FINE.cells, FINE.cell_px)
    assert sheet(full, FINE).shape == (FINE.sheet_px, FINE.sheet_px, 3)
    with pytest.raises(ValueError, match="does not fit"):
        sheet(coloured(FINE.cells + 1, FINE.cell_px), FINE)
    with pytest.raises(ValueError, match="does not fit"):
        sheet(coloured(1, COARSE.cell_px), FINE)


def test_a_picture_of_any_shape_fills_its_cell():
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:, 150:] = 200
    cell = cell_of(picture)
    assert cell.shape == (64, 64, 3)
    assert (cell[:, :31] == 0).all()
    assert (cell[:, 33:] == 200).all()


def test_coarse_cells_are_means_of_fine_ones():
    cells = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    small = shrink(cells)
    assert small.shape == (2, 16, 16, 3)
    assert abs(float(small[1, 2, 3, 1]) - cells[1, 8:12, 12:16, 1].mean()) <= 0.5


def test_neighbours_do_not_run_into_each_other_in_the_jpeg():
    cells = coloured(2, 64)
    cells[0] = (255, 0, 0)
    cells[1] = (0, 0, 255)
    read = decode(encode_jpeg(sheet(cells, FINE), quality=76))
    # Decoders smooth colours over one pixel, blocks would over eight.
    assert (np.abs(read[:64, 62].astype(int) - (255, 0, 0)) < 4).all()
    assert (np.abs(read[:64, 65].astype(int) - (0, 0, 255)) < 4).all()


def test_sheets_are_counted():
    assert [FINE.sheet_count(works) for works in (1, 256, 257)] == [1, 1, 2]
    assert COARSE.sheet_count(44_000) == 3


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_what_is_cut_is_what_was_laid(grid):
    cells = coloured(grid.columns + 3, grid.cell_px)
    laid = sheet(cells, grid)
    for number in (0, grid.columns - 1, grid.columns, grid.columns + 2):
        assert (grid.cut(laid, number) == cells[number]).all()


def test_a_mosaic_shows_pictures_in_their_places_and_shapes():
    cells = [np.full((64, 64, 3), tone, np.uint8) for tone in (10, 200)]
    places = np.array([[2, 0], [0, 1]])
    picture = mosaic(cells, places, np.array([2.0, 0.5], np.float32), side_px=21)
    assert picture.shape == (42, 63, 3)
    wide, high = picture == 10, picture == 200
    assert wide[:21, 42:].sum() == wide.sum() == 20 * 10 * 3
    assert high[21:, :21].sum() == high.sum() == 10 * 20 * 3
    assert (picture[~wide & ~high] == WALL).all()


def test_a_mosaic_of_nothing_is_wall():
    nothing = mosaic([], np.empty((0, 2), np.int64), np.empty(0, np.float32), 9)
    assert nothing.shape == (9, 9, 3)
    assert (nothing == WALL).all()
