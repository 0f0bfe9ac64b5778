"""Regions of a compared work that disagree though their surroundings agree.

A visitor's head, a finger, a frame's shadow disagree as well. They come in from the
edge: where the photo goes on across the edge of the work without a step, or the frame
beside it is broken, something is in front of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray, FloatArray
from app.retrieval.verification.evidence import BlockState

LEAST_BLOCKS = 12
"""Blocks of a region that surely disagree."""
LEAST_SHARE, LARGEST_SHARE = 0.02, 0.25
"""Of the visible blocks that a region must take, and may: of a version, most is the
same."""
LEAST_SURE = 0.55
"""Share of a region's blocks that surely disagree."""
LEAST_AGREEING, PLAIN_WEIGHT = 0.85, 0.7
"""Share of the known surroundings that agree, and what plain ones count of that: they
are plain in both pictures."""
MAX_UNKNOWN = 0.4
"""Share of the surroundings that lie outside the work or are hidden."""
MAX_CONTINUING = 0.04
"""Share of the surroundings in which the photo goes on across the work's edge."""
MAX_BARE = 0.5
"""Share of a region at the edge in which the reference image shows nothing."""
MAX_REST = 1.0
"""Disagreeing blocks beside all regions, per block of these."""
LEAST_REST_AGREEING = 0.85
"""Share of the other comparable blocks that agree. Of a version they do; of a solid
seen from another side, most blocks are shifted or show something else behind it."""
STEP = 0.25
"""Least change of grey values across an edge of the work, in standard deviations."""
BREAK, BREAK_REACH = 1.2, 2
"""Unevenness of what lies beside the work, against the usual, from which on something
is in front of it; and of a region so many blocks from the edge."""

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
    is_bare : (R, C) bool
        Where the reference image shows nothing, and beside it.
    steps : (R + 2, C + 2) float32
        How much the photo changes across the work's edge beside each outermost block,
        in standard deviations of the photo; NaN where it shows nothing.
    breaks : (R + 2, C + 2) float32
        How unlike the usual along its edge the photo is outside the work beside each
        outermost block, as a multiple of how uneven it is there as a rule; 0 where that
        is not known.
    """

    states: NDArray[np.int8]
    surely_disagree: BoolArray
    is_bare: BoolArray
    steps: FloatArray
    breaks: FloatArray


def find_regions(blocks: Blocks) -> list[BoolArray]:
    """Find the regions that disagree though their surroundings agree.

    Returns
    -------
    regions : list of (R, C) bool
        The largest first; none where much else disagrees for other reasons, such as
        people in front, or because the work is a solid: then they are a part of that,
        as a rule.
    """
    disagrees = (blocks.states == BlockState.DISAGREES).astype(np.uint8)
    closed = _morphed(disagrees, cv2.MORPH_CLOSE)
    closed[blocks.states == BlockState.HIDDEN] = 0
    # The outermost blocks are often disturbed by a frame: they belong to regions, and
    # do not join them; nor does what is thinner than three blocks.
    inner = np.zeros_like(closed)
    inner[1:-1, 1:-1] = closed[1:-1, 1:-1]
    inner = _morphed(inner, cv2.MORPH_OPEN)
    count, labels = cv2.connectedComponents(inner, connectivity=4)
    surroundings = _with_edges(blocks)
    visible = int(np.count_nonzero(blocks.states != BlockState.HIDDEN))
    regions = []
    for label in range(1, count):
        core = labels == label
        region = core | (grown(core) & (closed > 0) & (inner == 0))
        if _stands_out(region, blocks, surroundings, visible):
            regions.append(region)
    if not regions:
        return []
    found = np.any(regions, axis=0)
    rest = (blocks.states == BlockState.DISAGREES) & ~grown(found)
    rest &= ~background_of(blocks)
    others, agreeing = (
        int(np.count_nonzero(each))
        for each in (rest, (blocks.states == BlockState.AGREES) & ~found)
    )
    if others > MAX_REST * np.count_nonzero(found):
        return []
    if agreeing < LEAST_REST_AGREEING * (agreeing + others):
        return []
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


def grown(mask: BoolArray) -> BoolArray:
    """Add their neighbours to the blocks of a mask (R, C)."""
    return cv2.dilate(mask.astype(np.uint8), _AROUND) > 0


def filled(outlines: Iterable[FloatArray], size: tuple[int, int]) -> BoolArray:
    """Fill outlines of regions in a picture of (height, width).

    Parameters
    ----------
    outlines : iterable of (K, 2) float32
        As shares of the picture's width and height.
    size : tuple of int

    Returns
    -------
    mask : (height, width) bool
    """
    mask = np.zeros(size, np.uint8)
    for outline in outlines:
        corners = (outline * size[::-1]).round().astype(np.int32)
        cv2.fillPoly(mask, [corners], 1)
    return mask > 0


def background_of(blocks: Blocks) -> BoolArray:
    """Find what a reference image shows beside the work, and a photo does not.

    Oval canvases, statues, books are often photographed on white: from the edges on,
    nothing is there, and in the photo a wall or a frame is.

    Returns
    -------
    background : (R, C) bool
        Blocks that disagree for this reason.
    """
    nothing = blocks.is_bare & (blocks.states == BlockState.DISAGREES)
    _, labels = cv2.connectedComponents(nothing.astype(np.uint8), connectivity=4)
    reaching = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray(nothing & np.isin(labels, reaching), np.bool_)


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
    blocks: Blocks,
    surroundings: NDArray[np.int8],
    visible: int,
) -> bool:
    """Tell whether a region is one that its surroundings do not explain."""
    size = np.count_nonzero(region)
    sure = np.count_nonzero(region & blocks.surely_disagree)
    if sure < max(LEAST_BLOCKS, LEAST_SURE * size):
        return False
    if not LEAST_SHARE * visible <= size <= LARGEST_SHARE * visible:
        return False
    ring = surroundings[grown(np.pad(region, 1)) & ~np.pad(region, 1)]
    outside, continuing, hidden, plain, agreeing = (
        np.count_nonzero(ring == state) / len(ring)
        for state in (
            _OUTSIDE,
            _CONTINUING,
            BlockState.HIDDEN,
            BlockState.PLAIN,
            BlockState.AGREES,
        )
    )
    if outside + continuing > 0:
        bare = np.count_nonzero(region & blocks.is_bare)
        if bare > MAX_BARE * size:
            return False
    unknown = outside + continuing + hidden
    return bool(
        continuing <= MAX_CONTINUING
        and unknown <= MAX_UNKNOWN
        and agreeing + PLAIN_WEIGHT * plain >= LEAST_AGREEING * (1 - unknown)
        and _break_beside(region, blocks.breaks) < BREAK
    )


def _break_beside(region: BoolArray, breaks: FloatArray) -> float:
    """Measure how broken what lies beside the work is, where a region comes near."""
    broken = [0.0]
    for turn in range(4):
        # The edge in question comes to the top.
        near = np.rot90(region, turn)[:BREAK_REACH].any(axis=0)
        if near.any():
            broken.append(float(np.rot90(breaks, turn)[0, 1:-1][near].mean()))
    return max(broken)


def _morphed(mask: NDArray[np.uint8], operation: int) -> NDArray[np.uint8]:
    """Close or open a mask by 3 by 3, with nothing around it."""
    padded = np.pad(mask, 3)
    morphed = cv2.morphologyEx(padded, operation, _AROUND)
    return np.asarray(morphed, np.uint8)[3:-3, 3:-3]
