"""Atomic writing of ``.npz`` files."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from app.retrieval.files.atomic import staged_file


def save_arrays(path: Path, **arrays: ArrayLike) -> None:
    """Write an ``.npz`` file, which replaces an earlier one when it is whole.

    Raises
    ------
    OSError
        If the disk does not take it; an earlier file stays.
    """
    with staged_file(path) as file:
        np.savez(file, allow_pickle=False, **arrays)
