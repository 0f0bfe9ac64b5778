"""Puts a generation into a vector store, and is killed in the middle of it."""

import sys
from dataclasses import replace

import numpy as np

from app.services.vectors.opening import open_vectors
from tests.support.killing import die
from tests.support.vectors import draw_generation

COUNT = 2500


class Deadly(np.ndarray):
    """Descriptors of which the second half is never reached."""

    def __iter__(self):
        for number in range(len(self)):
            if number == COUNT // 2:
                die()
            yield np.asarray(self[number])


if __name__ == "__main__":
    whole = draw_generation("half", range(COUNT))
    half = replace(whole, descriptors=whole.descriptors.view(Deadly))
    store = open_vectors(sys.argv[1])
    assert store is not None
    store.put(half, {})
