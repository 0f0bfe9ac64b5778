"""Batches of photo pairs, two photos of each of many works, simulated in parallel.

A batch is a pure function of seed and step, so training that is stopped and resumed
sees the same photos as training that never was.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.letterbox import frame
from app.retrieval.runtime.threads import limit_threads
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.training.data.pictures import PictureBank
from app.retrieval.types import Image

HARD_SHARE = 0.75
"""Of the first photos; the others are mild."""
REFERENCE_SHARE = 0.4
"""Of the second ones that are the picture as it will be indexed. Comparing photos
with references is the task; comparing photos with photos teaches more."""
AHEAD = 4
"""Batches simulated in advance."""


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Two views of each of B works."""

    positions: NDArray[np.int64]
    """(B,) of the works, in the bank."""
    pictures: NDArray[np.uint8]
    """(2B, S, S, 3), first all first views, then all second ones in the same order."""


def choose_works(
    candidates: NDArray[np.int64], pair_count: int, *, seed: int, step: int
) -> NDArray[np.int64]:
    """Choose the works of one step: every one once before any comes again.

    Parameters
    ----------
    candidates : (N,) int64
    pair_count : int
        No work comes twice in a batch, so fewer are chosen if N is smaller.
    seed, step : int

    Returns
    -------
    positions : (min(pair_count, N),) int64
    """
    pair_count = min(pair_count, len(candidates))
    round_number, turn = divmod(step, len(candidates) // pair_count)
    shuffled = np.random.default_rng([seed, 0, round_number]).permutation(candidates)
    return shuffled[turn * pair_count : (turn + 1) * pair_count]


def draw_pairs(
    bank: PictureBank,
    positions: NDArray[np.int64],
    *,
    side_px: int,
    rng: np.random.Generator,
) -> PairBatch:
    """Simulate two views of each work, framed in squares of ``side_px``."""
    first = [
        _photo(bank[p], side_px, rng, hard=rng.random() < HARD_SHARE) for p in positions
    ]
    second = [
        bank[p]
        if rng.random() < REFERENCE_SHARE
        else _photo(bank[p], side_px, rng, hard=rng.random() < 0.5)
        for p in positions
    ]
    square = (side_px, side_px)
    pictures = np.stack([frame(view, square).image for view in (*first, *second)])
    return PairBatch(positions, pictures)


@contextmanager
def pair_stream(
    bank: PictureBank, candidates: NDArray[np.int64], pair_count: int, seed: int
) -> Iterator[Callable[[int, int], PairBatch]]:
    """Simulate batches in threads, a few steps ahead.

    Nearly all of it runs in OpenCV and NumPy, outside Python's lock.

    Yields
    ------
    batch_of : callable
        From step and side in pixels to the batch. Asked for consecutive steps it
        mostly has the answer already; when the side changes, what was simulated in
        advance is thrown away.
    """
    waiting: dict[tuple[int, int], Future[PairBatch]] = {}
    limit_threads(1)  # per simulation: there are already as many as cores
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:

        def batch_of(step: int, side_px: int) -> PairBatch:
            wanted = [(step + ahead, side_px) for ahead in range(AHEAD)]
            for key in waiting.keys() - set(wanted):
                waiting.pop(key).cancel()
            for key in wanted:
                if key not in waiting:
                    waiting[key] = pool.submit(simulate, *key)
            return waiting.pop(wanted[0]).result()

        def simulate(step: int, side_px: int) -> PairBatch:
            positions = choose_works(candidates, pair_count, seed=seed, step=step)
            rng = np.random.default_rng([seed, 1, step])
            return draw_pairs(bank, positions, side_px=side_px, rng=rng)

        try:
            yield batch_of
        finally:
            pool.shutdown(cancel_futures=True)


def _photo(
    image: Image, side_px: int, rng: np.random.Generator, *, hard: bool
) -> Image:
    profile = PROFILES["hard" if hard else "mild"]
    return perturb(image, profile, rng, output_side_px=side_px).image
