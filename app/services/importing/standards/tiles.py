"""Stitching of IIIF tiles, where no picture of the whole is prepared."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from app.retrieval.errors import UnreadableImageError
from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import STORED_SIDE_PX

MOST_TILES = 256
"""Fetched for one picture."""
QUALITY = 95


@dataclass(frozen=True, slots=True)
class TilePlan:
    """Tiles of which a picture is put together.

    Attributes
    ----------
    address : str
        Of the service.
    version : int
        Of the Image API.
    full : (int, int)
        Width and height of the whole picture.
    tile : (int, int)
        Width and height of one tile.
    scale : int
        By which the picture is reduced.
    """

    address: str
    version: int
    full: tuple[int, int]
    tile: tuple[int, int]
    scale: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what is put together."""
        return ceil(self.full[0] / self.scale), ceil(self.full[1] / self.scale)

    @property
    def count(self) -> int:
        """How many tiles there are."""
        columns, rows = (
            ceil(side / (one * self.scale))
            for side, one in zip(self.full, self.tile, strict=True)
        )
        return columns * rows

    def parts(self) -> Iterator[tuple[str, int, int, int, int]]:
        """Yield each tile: address, left, top, width and height in what is made."""
        width, height = self.full
        step_x, step_y = (side * self.scale for side in self.tile)
        for top in range(0, height, step_y):
            for left in range(0, width, step_x):
                w, h = min(step_x, width - left), min(step_y, height - top)
                out_w, out_h = ceil(w / self.scale), ceil(h / self.scale)
                region = "full" if (w, h) == self.full else f"{left},{top},{w},{h}"
                size = f"{out_w},{out_h}" if self.version == 3 else f"{out_w},"
                yield (
                    f"{self.address}/{region}/{size}/0/default.jpg",
                    left // self.scale,
                    top // self.scale,
                    out_w,
                    out_h,
                )


def plan_tiles(
    address: str, version: int, full: tuple[int, int], tiles: Sequence[dict[str, Any]]
) -> TilePlan | None:
    """Choose the tiles that make a picture large enough; None if there are none.

    The fewest that make one as large as pictures are stored, or else the largest one
    that takes no more than ``MOST_TILES``.
    """
    plans = [
        TilePlan(address, version, full, (width, height), scale)
        for one in tiles
        if (width := _side(one.get("width")))
        and (height := _side(one.get("height")) or width)
        for factor in one.get("scaleFactors") or ()
        if (scale := _side(factor))
    ]
    plans = [plan for plan in plans if plan.count <= MOST_TILES]
    large = [plan for plan in plans if max(plan.size) >= STORED_SIDE_PX]
    if large:
        return max(large, key=lambda plan: plan.scale)
    return min(plans, key=lambda plan: plan.scale, default=None)


def stitched(
    plan: TilePlan, read: Callable[[str], bytes], limits: ImageSettings
) -> bytes:
    """Fetch tiles and put them together; the same tiles give the same bytes.

    Parameters
    ----------
    read : callable
        Fetches by address; what it raises comes out.
    limits : ImageSettings

    Returns
    -------
    data : bytes
        A JPEG.

    Raises
    ------
    UnreadableImageError
        If a tile is no picture, or of another size than it should be.
    """
    width, height = plan.size
    whole = np.zeros((height, width, 3), np.uint8)
    # Those at the edge may be as narrow as a pixel.
    limits = replace(limits, min_side_px=1)
    for address, left, top, tile_width, tile_height in plan.parts():
        tile = decode(read(address), settings=limits)
        if tile.shape[:2] != (tile_height, tile_width):
            raise UnreadableImageError(
                f"{address} is {tile.shape[1]} × {tile.shape[0]} pixels, not "
                f"{tile_width} × {tile_height}."
            )
        whole[top : top + tile_height, left : left + tile_width] = tile
    return encode_jpeg(whole, quality=QUALITY)


def _side(value: Any) -> int:
    """Return a number of pixels; 0 if it is none."""
    return value if isinstance(value, int) and value > 0 else 0
