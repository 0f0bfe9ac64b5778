"""Learning of the visual vocabulary by k-means: words, medians, codebooks."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.retrieval.local.product_quantiser import (
    CENTRES,
    CODE_BYTES,
    PART_LENGTH,
    ProductQuantiser,
)
from app.retrieval.local.vocabulary import DESCRIPTOR_LENGTH, SIGNATURE_BITS, Vocabulary
from app.retrieval.types import FloatArray

WORD_COUNT = 20_000
CELL_COUNT = 64
"""Cells that the words are grouped into for a quick search."""
SAMPLES_PER_PICTURE = 250
SAMPLES_PER_WORD = 5
"""Fewer samples than this per word and the words are made fewer."""
ITERATIONS = 12
CELL_ITERATIONS = 8
CODE_SAMPLES = 100_000
"""Descriptors that codebooks are learnt from at most: 400 for each centre."""
MEMBERS_FOR_A_MEDIAN = 8
"""With fewer descriptors the word's own projection stands in for the median."""


def learn_vocabulary(
    pictures: Sequence[NDArray[np.uint8]],
    *,
    rng: np.random.Generator,
    word_count: int = WORD_COUNT,
    iterations: int = ITERATIONS,
    progress: Callable[[int, int], None] | None = None,
) -> Vocabulary:
    """Learn visual words from the local descriptors of many pictures.

    Lloyd's k-means from random samples. Each round assigns through cells of
    words, as searching does later: that finds the nearest word almost always and
    several times faster. A word that no sample chooses starts again at a random
    one.

    Parameters
    ----------
    pictures : sequence of (M, 128) uint8
        RootSIFT descriptors, one array per picture; an array may be empty.
    rng : numpy.random.Generator
    word_count : int, > 0
        Fewer words are made of a collection that is too small for so many.
    iterations : int, > 0
    progress : callable, optional
        Called with rounds done and rounds to do.

    Returns
    -------
    vocabulary : Vocabulary

    Raises
    ------
    ValueError
        If the pictures have no descriptors at all.
    """
    samples = _sample(pictures, rng)
    if not len(samples):
        raise ValueError("no descriptors to learn visual words from")
    word_count = max(1, min(word_count, len(samples) // SAMPLES_PER_WORD))
    projection = _random_directions(rng)
    words = _rounded(samples[rng.choice(len(samples), word_count, replace=False)])
    for done in range(iterations):
        grouped = _grouped(words, projection, rng)
        members = grouped.assign(samples)[:, 0]
        words = _rounded(_means(samples, members, word_count, rng))
        if progress is not None:
            progress(done + 1, iterations)
    grouped = _grouped(words, projection, rng)
    return replace(
        grouped,
        thresholds=_medians(grouped, samples),
        codebooks=_learn_codebooks(samples, iterations, rng),
    )


def _sample(
    pictures: Sequence[NDArray[np.uint8]], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw as many descriptors from a busy picture as from a calm one."""
    drawn = [np.zeros((0, DESCRIPTOR_LENGTH), np.uint8)]
    for descriptors in pictures:
        count = min(len(descriptors), SAMPLES_PER_PICTURE)
        drawn.append(descriptors[rng.choice(len(descriptors), count, replace=False)])
    return np.concatenate(drawn)


def _random_directions(rng: np.random.Generator) -> FloatArray:
    """Draw 64 orthonormal directions in descriptor space: (64, 128)."""
    basis, _ = np.linalg.qr(rng.normal(size=(DESCRIPTOR_LENGTH, SIGNATURE_BITS)))
    return np.ascontiguousarray(basis.T, dtype=np.float32)


def _rounded(centres: NDArray[np.generic]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(centres), dtype=np.uint8)


def _means(
    values: NDArray[np.uint8],
    members: NDArray[np.int32],
    count: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Average the values of each group; an empty group gets a random value."""
    order = np.argsort(members, kind="stable")
    sizes = np.bincount(members, minlength=count)
    filled = np.flatnonzero(sizes)
    starts = np.searchsorted(members[order], filled)
    means = np.empty((count, values.shape[1]), np.float32)
    means[filled] = np.add.reduceat(values[order], starts, axis=0, dtype=np.float32)
    means[filled] /= sizes[filled, None].astype(np.float32)
    empty = np.flatnonzero(sizes == 0)
    means[empty] = values[rng.choice(len(values), len(empty))]
    return means


def _grouped(
    words: NDArray[np.uint8], projection: FloatArray, rng: np.random.Generator
) -> Vocabulary:
    """Put the words into cells by k-means, in a vocabulary with these alone."""
    cell_count = min(CELL_COUNT, len(words))
    centres = words[rng.choice(len(words), cell_count, replace=False)].astype(
        np.float32
    )
    for _ in range(CELL_ITERATIONS):
        distances = -2 * (words.astype(np.float32) @ centres.T)
        distances += np.einsum("cd,cd->c", centres, centres)
        members = distances.argmin(axis=1).astype(np.int32)
        centres = _means(words, members, cell_count, rng)
    # An empty cell has no number: the others close the gap.
    _, cells = np.unique(members, return_inverse=True)
    order = np.argsort(cells, kind="stable")
    return Vocabulary(
        words[order],
        cells[order].astype(np.uint16),
        projection,
        np.zeros((len(words), SIGNATURE_BITS), np.float16),
        np.zeros((CODE_BYTES, CENTRES, PART_LENGTH), np.uint8),
    )


def _medians(vocabulary: Vocabulary, samples: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Take per word the median of its samples in every direction: (V, 64)."""
    members = vocabulary.assign(samples)[:, 0]
    order = np.argsort(members, kind="stable")
    edges = np.searchsorted(members[order], np.arange(len(vocabulary) + 1))
    projected = samples[order].astype(np.float32) @ vocabulary.projection.T
    medians = vocabulary.words.astype(np.float32) @ vocabulary.projection.T
    for word in np.flatnonzero(np.diff(edges) >= MEMBERS_FOR_A_MEDIAN):
        medians[word] = np.median(projected[edges[word] : edges[word + 1]], axis=0)
    return medians.astype(np.float16)


def _learn_codebooks(
    samples: NDArray[np.uint8], iterations: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Learn, for each part of a descriptor, what stands for it: (16, 256, 8)."""
    count = min(len(samples), CODE_SAMPLES)
    chosen = samples[rng.choice(len(samples), count, replace=False)]
    parts = chosen.reshape(count, CODE_BYTES, PART_LENGTH)
    centres = parts[rng.choice(count, CENTRES, replace=count < CENTRES)]
    codebooks = np.ascontiguousarray(centres.swapaxes(0, 1))
    for _ in range(iterations):
        members = ProductQuantiser(codebooks).encode(chosen).astype(np.int32)
        codebooks = np.stack(
            [
                _rounded(_means(parts[:, i], members[:, i], CENTRES, rng))
                for i in range(CODE_BYTES)
            ]
        )
    return codebooks
