"""Regions of a compared work that disagree though their surroundings agree.

A visitor's head, a finger, a frame's shadow disagree as well. They come in from the
edge: where the photo goes on across the edge of the work without a step, something is
in front of both.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BlockState, BoolArray, FloatArray

LEAST_BLOCKS = 6
"""Blocks of a region that surely disagree."""
LEAST_SHARE = 0.012
"""Of the visible blocks that a region must take."""
LEAST_SURE = 0.4
"""Share of a region's blocks that surely disagree."""
LEAST_AGREEING = 0.5
"""Share of the known surroundings that agree."""
MAX_UNKNOWN = 0.45
"""Share of the surroundings that lie outside the work or are hidden."""
MAX_HIDDEN = 0.3
"""Share of the surroundings that are hidden or outside the photo."""
MAX_CONTINUING = 0.04
"""Share of the surroundings in which the photo goes on across the work's edge."""
STEP = 0.25
"""Least change of grey values across an edge of the work, in standard deviations."""

_OUTSIDE, _CONTINUING = -2, -3
_AROUND = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Compared blocks of a work.

    Attributes
    ----------
    states : (R, C) int8
        A `BlockState` each.
    surely_disagree : (R, C) bool
        Those that disagree beyond doubt.
    steps : (R + 2, C + 2) float32
        How much the photo changes across the work's edge beside each outermost block,
        in standard deviations of the photo; NaN where it shows nothing.
    """

    states: NDArray[np.int8]
    surely_disagree: BoolArray
    steps: FloatArray


def find_regions(blocks: Blocks) -> list[BoolArray]:
    """Find the regions that disagree though their surroundings agree.

    Returns
    -------
    regions : list of (R, C) bool
        The largest first.
    """
    disagrees = (blocks.states == BlockState.DISAGREES).astype(np.uint8)
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(disagrees, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0),
        cv2.MORPH_CLOSE,
        _AROUND,
    )[2:-2, 2:-2]
    closed[blocks.states == BlockState.HIDDEN] = 0
    # The outermost blocks are often disturbed by a frame: they belong to regions, and
    # do not join them.
    inner = np.zeros_like(closed)
    inner[1:-1, 1:-1] = closed[1:-1, 1:-1]
    count, labels = cv2.connectedComponents(inner, connectivity=4)
    surroundings = _with_edges(blocks)
    visible = int(np.count_nonzero(blocks.states != BlockState.HIDDEN))
    regions = []
    for label in range(1, count):
        core = labels == label
        near = cv2.dilate(core.astype(np.uint8), _AROUND) > 0
        region = core | (near & (closed > 0) & (inner == 0))
        if _stands_out(region, blocks.surely_disagree, surroundings, visible):
            regions.append(region)
    return sorted(regions, key=np.count_nonzero, reverse=True)


def outline_of(region: BoolArray) -> FloatArray:
    """Draw the outline of a region of blocks.

    Parameters
    ----------
    region : (R, C) bool
        Connected, not empty.

    Returns
    -------
    outline : (K, 2) float32
        Corners, x right and y down, as shares of the work's width and height.
    """
    # A block stands for the cell around its middle, and at an edge for the rest.
    padded = np.pad(region, 1, mode="edge").astype(np.uint8)
    cells = padded.repeat(4, axis=0).repeat(4, axis=1)[2:-2, 2:-2]
    found, _ = cv2.findContours(cells, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(found, key=cv2.contourArea)
    corners = cv2.approxPolyDP(longest, 1.5, closed=True)[:, 0]
    rows, columns = cells.shape
    return np.asarray((corners + 0.5) / (columns, rows), np.float32)


def _with_edges(blocks: Blocks) -> NDArray[np.int8]:
    """Return states with what lies around the work: (R + 2, C + 2)."""
    around = np.pad(blocks.states, 1, constant_values=_OUTSIDE)
    is_outside = around == _OUTSIDE
    around[is_outside & np.isnan(blocks.steps)] = BlockState.HIDDEN
    around[is_outside & (blocks.steps < STEP)] = _CONTINUING
    around[:: len(around) - 1, :: around.shape[1] - 1] = _OUTSIDE
    return around


def _stands_out(
    region: BoolArray,
    surely: BoolArray,
    surroundings: NDArray[np.int8],
    visible: int,
) -> bool:
    """Tell whether a region is one that its surroundings do not explain."""
    size, sure = np.count_nonzero(region), np.count_nonzero(region & surely)
    if sure < max(LEAST_BLOCKS, LEAST_SURE * size) or size < LEAST_SHARE * visible:
        return False
    padded = np.pad(region, 1).astype(np.uint8)
    ring = surroundings[(cv2.dilate(padded, _AROUND) > 0) & (padded == 0)]
    outside, continuing, hidden, agreeing = (
        np.count_nonzero(ring == state) / len(ring)
        for state in (_OUTSIDE, _CONTINUING, BlockState.HIDDEN, BlockState.AGREES)
    )
    unknown = outside + continuing + hidden
    return bool(
        continuing <= MAX_CONTINUING
        and hidden <= MAX_HIDDEN
        and unknown <= MAX_UNKNOWN
        and agreeing >= LEAST_AGREEING * (1 - unknown)
    )
