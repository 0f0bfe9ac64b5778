"""Atomic writing of ``.npz`` files."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike


def save_arrays(path: Path, **arrays: ArrayLike) -> None:
    """Write an ``.npz`` file, which replaces an earlier one when it is whole.

    Raises
    ------
    OSError
        If the disk does not take it; an earlier file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
