"""What a stopped training needs to go on, in one file that is never half written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import save_arrays


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
    named: dict[str, Any] = {
        f"{number:05}": array for number, array in enumerate(arrays)
    }
    save_arrays(path, facts=np.array(json.dumps(facts)), **named)


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
