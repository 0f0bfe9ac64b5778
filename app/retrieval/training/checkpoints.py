"""What a stopped training needs to go on, in one file that is never half written."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save(
    path: Path, facts: Mapping[str, Any], arrays: Sequence[NDArray[np.generic]]
) -> None:
    """Replace a checkpoint at one stroke.

    Parameters
    ----------
    path : Path
        ``.npz``
    facts : mapping
        Whatever JSON can hold.
    arrays : sequence of ndarray
        Their order is kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    named: dict[str, Any] = {
        f"{number:05}": array for number, array in enumerate(arrays)
    }
    with partial.open("wb") as file:
        np.savez(file, facts=np.array(json.dumps(facts)), **named)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load(path: Path) -> tuple[dict[str, Any], list[NDArray[np.generic]]]:
    """Read what `save` wrote.

    Returns
    -------
    facts : dict
    arrays : list of ndarray
        In the order they were given.
    """
    with np.load(path, allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        return facts, [stored[name] for name in sorted(stored) if name != "facts"]
