"""Memory for what tests compute of the same values again and again."""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from app.retrieval.files.atomic import staged_file

P = ParamSpec("P")
R = TypeVar("R")

MOST_RESULTS = 1000


def remembering(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that gives what it gave for equal values before.

    Of a function without side effects, of pictures, numbers and texts, whose results
    nobody changes.
    """
    results: dict[object, R] = {}

    def look_up(*args: P.args, **kwargs: P.kwargs) -> R:
        key = tuple(map(_key, (*args, *sorted(kwargs.items()))))
        if key not in results:
            if len(results) == MOST_RESULTS:
                results.clear()
            results[key] = function(*args, **kwargs)
        return results[key]

    return look_up


def sharing(
    function: Callable[P, np.ndarray[Any, Any]], folder: Path
) -> Callable[P, np.ndarray[Any, Any]]:
    """Return a function that gives what any process's gave for equal values before.

    As `remembering`, but of one array, and from a folder that processes share. A
    generator of random numbers counts by its state, which stays as it is.
    """
    folder.mkdir(exist_ok=True)

    @wraps(function)
    def look_up(*args: P.args, **kwargs: P.kwargs) -> np.ndarray[Any, Any]:
        key = repr(tuple(map(_key, (*args, *sorted(kwargs.items())))))
        path = folder / f"{hashlib.blake2b(key.encode()).hexdigest()[:32]}.npy"
        if not path.exists():
            result = function(*deepcopy(args), **deepcopy(kwargs))
            with staged_file(path) as file:
                np.save(file, result)
        return np.asarray(np.load(path))

    return look_up


def _key(value: object) -> object:
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, np.ndarray):
        bytes_ = np.ascontiguousarray(value).data
        return value.shape, value.dtype.str, hashlib.blake2b(bytes_).digest()
    return repr(value)
