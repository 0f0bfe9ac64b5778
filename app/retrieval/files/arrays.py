"""Reading and atomic writing of ``.npz`` files."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def load_arrays(path: Path, *names: str) -> list[NDArray[Any]]:
    """Read some arrays of an ``.npz`` file; see `app.retrieval.errors.reading`."""
    # NumPy leaves a file open that it opened itself and then cannot read.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return [arrays[name] for name in names]


def map_array(path: Path) -> NDArray[Any]:
    """Map a ``.npy`` file read-only, as a plain array.

    A slice of a ``numpy.memmap`` runs Python code each time; of its plain view, not.
    """
    return np.asarray(np.load(path, mmap_mode="r"))
