"""Registered comparison: does a photo agree with a reference image, and where not.

Keypoints say that much agrees and never that something does not. Once the photo is
warped into the work, every block of it can be looked at: a shared frame or caption
agrees in a corner of the picture only, and another version of a composition agrees
everywhere but in one place.
"""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray, FloatArray
from app.retrieval.verification.difference import (
    Blocks,
    background_of,
    find_regions,
    grown,
    outline_of,
)
from app.retrieval.verification.evidence import BlockState, Comparison
from app.retrieval.verification.registration import resizing

SIDE_PX = 160
"""Long side at which pictures are compared: what finer detail there is, a visitor's
photo rarely shows. At 320 pixels the same was found for three times the time."""
CELL_PX = 5
"""Blocks are 2 by 2 cells large and begin at every cell."""
REACH_PX = 2
"""A block is looked for as far as this beside its place."""
MARGIN_PX = 8
"""Of the photo's surroundings of the work that are looked at too."""
LIGHT_PX = 21
"""Side of the neighbourhood whose mean is taken out: illumination is smooth."""
SMOOTHING_PX = 0.7
"""Standard deviation: the noise of one of the two is not the other's."""
AGREEING = 0.6
"""Least correlation of a block that agrees."""
DISAGREEING, USUAL_SHARE = 0.4, 0.8
"""Largest correlation of a block that surely does not: of a sharp photo, in which all
that is the same agrees well, 0.2 less than this share of what is usual in it."""
SURELY_AGREEING, LEAST_SURE_BLOCKS = 0.7, 8
"""Correlation of blocks, and their number, that say what is usual in a photo."""
LEAST_TEXTURE = 4.0
"""Standard deviation of grey values below which a block is plain; more in a photo with
noise, less in a faint one."""
BARE_TEXTURE = 2.5
"""The same, below which a reference image shows nothing: paper, or a background."""
GLARE_LEVEL, PAPER_LEVEL = 248, 215
"""Burnt out in the photo, though not even nearly white in the work: glare."""
MAX_GLARE = 0.15
"""Share of a block from which on it counts as hidden."""
FEWEST_CELLS = 6
"""Seen along an edge, from which what is usual there can be told."""
EVEN_SHARE = 0.05
"""Of the photo's standard deviation: less unevenness of a frame or wall is none."""

Grey = NDArray[np.uint8]


def compare(photo: Grey, picture: Grey, homography: NDArray[np.float64]) -> Comparison:
    """Compare a photo with a reference image, block by block.

    Normalised cross-correlation, so brightness and contrast do not matter; of smoothed
    detail at the place, within a few pixels, where a block and its neighbours fit best,
    so neither does what a plane cannot explain.

    Parameters
    ----------
    photo, picture : (H, W) and (h, w) uint8, grey
        The picture without its frame, long side at least about 160 pixels.
    homography : (3, 3) float64
        Photo pixels to picture pixels, a plausible one; see
        `app.retrieval.verification.registration.resizing` where it was found between
        copies of another size.

    Returns
    -------
    comparison : Comparison

    References
    ----------
    .. [1] Lewis, "Fast normalized cross-correlation", Vision Interface 1995.
    """
    blocks = measure(photo, picture, homography)
    regions = find_regions(blocks)
    states = blocks.states.copy()
    states[background_of(blocks)] = BlockState.PLAIN
    hidden, plain, agreeing = (
        int(np.count_nonzero(states == state))
        for state in (BlockState.HIDDEN, BlockState.PLAIN, BlockState.AGREES)
    )
    visible = states.size - hidden
    comparable = visible - plain
    return Comparison(
        comparable=comparable / states.size,
        agreement=agreeing / comparable if comparable else 0.0,
        difference=int(np.count_nonzero(regions[0])) / visible if regions else 0.0,
        outlines=tuple(outline_of(region) for region in regions),
        blocks=states,
    )


def measure(photo: Grey, picture: Grey, homography: NDArray[np.float64]) -> Blocks:
    """Correlate every block; parameters as of :func:`compare`."""
    scale = SIDE_PX / max(picture.shape)
    rows, columns = (max(4, round(side * scale / CELL_PX)) for side in picture.shape)
    size = (rows * CELL_PX, columns * CELL_PX)
    work = _resized(picture, size)
    scene, is_seen = _rectify(photo, resizing(picture.shape, size) @ homography, size)
    inner = slice(MARGIN_PX, -MARGIN_PX)
    view, seen = scene[inner, inner], is_seen[inner, inner]
    correlation, texture, seen_texture = _correlate(_detail(work), _detail(view))
    glare = (view >= GLARE_LEVEL) & (cv2.dilate(work, np.ones((5, 5))) < PAPER_LEVEL)
    hidden = (_blocks(~seen) > 0.02) | (_blocks(glare) > MAX_GLARE)
    # Contrast of the photo relative to the work's, where they surely show the same.
    sure = ~hidden & (texture > LEAST_TEXTURE) & (correlation > SURELY_AGREEING)
    gain, dissent = 1.0, DISAGREEING
    if np.count_nonzero(sure) >= LEAST_SURE_BLOCKS:
        gain = float(np.median(seen_texture[sure] / texture[sure]).clip(0.15, 2.0))
        usual = float(np.quantile(correlation[sure], 0.25))
        dissent = max(dissent, USUAL_SHARE * usual - 0.2)
    bare = texture < BARE_TEXTURE
    least = LEAST_TEXTURE * max(gain, 0.6)
    if np.count_nonzero(bare & ~hidden) >= LEAST_SURE_BLOCKS:
        noise = float(np.median(seen_texture[bare & ~hidden]))
        noise = min(noise, float(np.quantile(seen_texture[~hidden], 0.1)))
        least = max(least, min(1.6 * noise, 3 * LEAST_TEXTURE))
    stronger = np.maximum(gain * texture, seen_texture)
    states = np.full(hidden.shape, BlockState.PLAIN, np.int8)
    states[stronger > least] = BlockState.DISAGREES
    states[(stronger > least) & (correlation > AGREEING)] = BlockState.AGREES
    states[hidden] = BlockState.HIDDEN
    disagrees = states == BlockState.DISAGREES
    surely = disagrees & (correlation < dissent) & (stronger > 1.5 * least)
    return Blocks(states, surely, grown(bare), *_edges(scene, is_seen))


def _rectify(
    photo: Grey, homography: NDArray[np.float64], size: tuple[int, int]
) -> tuple[Grey, BoolArray]:
    """Warp a photo into a work of ``size``, with `MARGIN_PX` around; what it shows."""
    height, width = (side + 2 * MARGIN_PX for side in size)
    shift = np.array([[1, 0, MARGIN_PX], [0, 1, MARGIN_PX], [0, 0, 1.0]])
    homography = shift @ homography
    reduction = _photo_pixels_per_pixel(homography, (height, width))
    if reduction > 1.3:
        # Averaged first: the warp alone would skip pixels. A little above the mean
        # scale, for the near side of a tilted work.
        rows, columns = (max(1, round(1.2 * n / reduction)) for n in photo.shape)
        homography = homography @ resizing((rows, columns), photo.shape)
        photo = _resized(photo, (rows, columns))
    scene = cv2.warpPerspective(
        photo, homography, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    inside = np.full(photo.shape, 255, np.uint8)
    seen = cv2.warpPerspective(inside, homography, (width, height))
    return np.asarray(scene, np.uint8), seen > 250


def _photo_pixels_per_pixel(
    homography: NDArray[np.float64], size: tuple[int, int]
) -> float:
    """Measure a homography's reduction in the middle of a result of ``size``."""
    inverse = np.linalg.inv(homography)
    x, y = size[1] / 2, size[0] / 2
    near = np.array([[x, y, 1], [x + 1, y, 1], [x, y + 1, 1]]) @ inverse.T
    origin, right, below = near[:, :2] / near[:, 2:]
    return float(np.sqrt(abs(np.linalg.det([right - origin, below - origin]))))


def _resized(grey: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(
        cv2.resize(grey, size[::-1], interpolation=cv2.INTER_AREA), np.uint8
    )


def _detail(grey: Grey) -> FloatArray:
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SMOOTHING_PX)
    return np.asarray(smooth - cv2.blur(smooth, (LIGHT_PX, LIGHT_PX)), np.float32)


def _correlate(
    work: FloatArray, view: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Find each block of the work in the view, and correlate the two.

    Where a block is found is decided by its neighbours too: alone, it would find
    something that resembles it by chance.

    Parameters
    ----------
    work, view : (H, W) float32

    Returns
    -------
    correlation : (R, C) float32 in [-1, 1]
    texture, view_texture : (R, C) float32
        Standard deviation of the block, and of what it was found to be.
    """
    height, width = work.shape
    means = _blocks(work)
    variances = np.maximum(_blocks(work * work) - means**2, 0)
    wider = np.pad(view, REACH_PX, mode="reflect")
    sums, square_sums = (
        np.asarray(integral, np.float64)
        for integral in cv2.integral2(wider, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    )
    best = np.full(means.shape, -2, np.float32)
    correlation, found = np.empty_like(best), np.empty_like(best)
    shifts = range(2 * REACH_PX + 1)
    for down, across in product(shifts, shifts):
        moved = wider[down : down + height, across : across + width]
        moved_means = _block_means(sums, (down, across), work.shape)
        moved_variances = np.maximum(
            _block_means(square_sums, (down, across), work.shape) - moved_means**2, 0
        )
        covariances = _blocks(work * moved) - means * moved_means
        # At least one grey value of noise each, so that nothing is divided by nothing.
        here = covariances / np.sqrt((variances + 1) * (moved_variances + 1))
        around = cv2.blur(here, (3, 3))
        is_better = around > best
        best[is_better] = around[is_better]
        correlation[is_better] = here[is_better]
        found[is_better] = moved_variances[is_better]
    return correlation, np.sqrt(variances), np.sqrt(found)


def _blocks(pixels: NDArray[np.generic]) -> FloatArray:
    """Average over the blocks of a picture whose sides are whole cells: (R, C)."""
    height, width = pixels.shape
    cells = cv2.resize(
        pixels.astype(np.float32, copy=False),
        (width // CELL_PX, height // CELL_PX),
        interpolation=cv2.INTER_AREA,
    )
    pairs = cells[1:] + cells[:-1]
    return np.asarray((pairs[:, 1:] + pairs[:, :-1]) / 4, np.float32)


def _block_means(
    sums: NDArray[np.float64], start: tuple[int, int], size: tuple[int, ...]
) -> FloatArray:
    """Average over blocks from an integral image, for a picture that begins there."""
    (top, left), (height, width) = start, size
    grid = sums[top : top + height + 1 : CELL_PX, left : left + width + 1 : CELL_PX]
    columns = grid[2:] - grid[:-2]
    means = (columns[:, 2:] - columns[:, :-2]) / (2 * CELL_PX) ** 2
    return np.asarray(means, np.float32)


def _edges(scene: Grey, is_seen: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Look along the edges of the work for what crosses them.

    Returns
    -------
    steps, breaks : (R + 2, C + 2) float32
        As of `Blocks`.
    """
    rows, columns = (
        side // CELL_PX - 1 for side in np.array(scene.shape) - 2 * MARGIN_PX
    )
    steps = np.full((rows + 2, columns + 2), np.nan, np.float32)
    breaks = np.zeros_like(steps)
    spread = max(float(scene[is_seen].std()), 1.0) if is_seen.any() else 1.0
    values = np.where(is_seen, scene, np.nan).astype(np.float32)
    for turn in range(4):
        # The edge in question comes to the top.
        side = np.rot90(values, turn)[:, MARGIN_PX:-MARGIN_PX]
        outside = side[MARGIN_PX - 5 : MARGIN_PX - 2].mean(axis=0)
        inside = side[MARGIN_PX + 2 : MARGIN_PX + 5].mean(axis=0)
        step = _cell_means(np.abs(inside - outside)[None])[0]
        np.rot90(steps, turn)[0, 1:-1] = (step[1:] + step[:-1]) / 2 / spread
        strip = _cell_means(side[: MARGIN_PX - 2])
        is_whole = ~np.isnan(strip).any(axis=0)
        if np.count_nonzero(is_whole) < FEWEST_CELLS:
            continue
        usual = np.median(strip[:, is_whole], axis=1, keepdims=True)
        unlike = np.where(is_whole, np.abs(strip - usual).mean(axis=0), 0)
        # A frame is never quite even; what breaks it is more uneven than that.
        tolerance = np.median(unlike[is_whole]) + EVEN_SHARE * spread
        np.rot90(breaks, turn)[0, 1:-1] = (unlike[1:] + unlike[:-1]) / 2 / tolerance
    return steps, breaks


def _cell_means(pixels: FloatArray) -> FloatArray:
    """Average rows of pixels (H, W) over the width of a cell: (H, W / `CELL_PX`)."""
    height, width = pixels.shape
    cells = pixels.reshape(height, width // CELL_PX, CELL_PX)
    return np.asarray(cells.mean(axis=2), np.float32)
