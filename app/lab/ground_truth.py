"""Restricted unpickler for the ground truth of Oxford and Paris revisited.

The file is a pickle, which could run any program when it is opened as such. Here it is
read by an unpickler that makes only plain containers, texts, numbers and arrays of
numbers, the arrays not by NumPy's own means; anything else in it is refused.
"""

import io
import pickle  # noqa: TID251 - the benchmark's format; see GroundTruthReader
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from app.lab.errors import LabError

Box: TypeAlias = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels."""
MAX_BYTES = 64 << 20
"""Of the file; that of RParis6k has less than one megabyte."""


_BROKEN = (
    pickle.UnpicklingError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    OverflowError,
    MemoryError,
    RecursionError,
    AssertionError,
    struct.error,
)
"""What unpickling stumbles over in a file that is no pickle, or is cut short."""


@dataclass(frozen=True, slots=True)
class RevisitedQuery:
    """Query of the benchmark, and the positions that answer it.

    Attributes
    ----------
    name : str
        Of its picture, without suffix.
    box : Box
        Of the part that is asked.
    easy, hard, junk : tuple of int
        Positions in the gallery.
    """

    name: str
    box: Box
    easy: tuple[int, ...]
    hard: tuple[int, ...]
    junk: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """Names of the gallery's pictures, without suffix, and the queries."""

    names: tuple[str, ...]
    queries: tuple[RevisitedQuery, ...]


def read_ground_truth(path: Path) -> GroundTruth:
    """Read ``gnd_roxford5k.pkl`` or ``gnd_rparis6k.pkl``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LabError(
                f"{path} has more than {MAX_BYTES >> 20} MB and is no ground truth of "
                "Oxford or Paris. Name gnd_roxford5k.pkl or gnd_rparis6k.pkl."
            )
        file = io.BytesIO(path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LabError(f"{path} cannot be read: {reason}.") from error
    try:
        return _truth_of(GroundTruthReader(file, encoding="latin1").load())
    except ForbiddenError as error:
        raise LabError(
            f"{path} is refused: it asks for {error}, which a ground truth does not "
            "need and which could do harm. Fetch the file anew from the benchmark's "
            "own site."
        ) from error
    except _BROKEN as error:
        raise LabError(
            f"{path} is no ground truth of Oxford or Paris revisited: it should hold "
            "imlist, qimlist and gnd. Name gnd_roxford5k.pkl or gnd_rparis6k.pkl."
        ) from error


class ForbiddenError(Exception):
    """Request of a pickle for what is not plain data; the message names it."""


class _Type:
    """Stand-in for a NumPy data type while unpickling: numbers only."""

    def __init__(self, code: object = "", *_options: object) -> None:
        # Byte order comes later, with the state; of one byte there is none.
        if not isinstance(code, str) or code not in _CODES:
            raise ForbiddenError(f"an array of {code!r}")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] == ">":
            self.dtype = self.dtype.newbyteorder(">")


class _Array:
    """Stand-in for a NumPy array while unpickling."""

    def __init__(self, *_options: object) -> None:
        self.numbers: list[Any] = []

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _version, _shape, kind, _is_fortran, data = state
        self.numbers = _numbers(kind, data)


def _scalar(kind: object, data: object) -> object:
    (number,) = _numbers(kind, data)
    return number


def _numbers(kind: object, data: object) -> list[Any]:
    if isinstance(data, str):  # bytes of Python 2, read as latin1
        data = data.encode("latin1")
    if not isinstance(kind, _Type) or not isinstance(data, bytes):
        raise ForbiddenError("an array of objects")
    numbers: list[Any] = np.frombuffer(data, kind.dtype).tolist()
    return numbers


def _text_bytes(text: str, encoding: str) -> bytes:
    """Stand for ``_codecs.encode``, by which old protocols write bytes."""
    if encoding != "latin1":
        raise ForbiddenError(f"text as {encoding}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """Stand for ``bytes``, by which old protocols write that there are none."""
    return b""


_CODES = frozenset(f"{kind}{size}" for kind in "iuf" for size in (1, 2, 4, 8)) | {"b1"}
_STAND_INS: Mapping[tuple[str, str], Any] = {
    ("numpy", "dtype"): _Type,
    ("numpy", "ndarray"): _Array,
    **{
        (f"numpy.{core}.multiarray", name): stand_in
        for core in ("core", "_core")
        for name, stand_in in (("_reconstruct", _Array), ("scalar", _scalar))
    },
    ("_codecs", "encode"): _text_bytes,
    ("__builtin__", "bytes"): _no_bytes,
}


class GroundTruthReader(pickle._Unpickler):
    """Unpickler of plain data; whatever else is asked for is not even imported.

    Of the unpickler in Python, not the one in C: a mangled file can make that one
    give back a bytearray whose buffer is in use (CPython 3.11, opcode BYTEARRAY8).
    """

    def find_class(self, module: str, name: str) -> Any:
        """Return a stand-in for what NumPy's arrays are made of, and nothing else."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise ForbiddenError(f"{module}.{name}") from None


def _truth_of(content: Any) -> GroundTruth:
    names, asked = tuple(content["imlist"]), tuple(content["qimlist"])
    if not all(isinstance(name, str) for name in (*names, *asked)):
        raise TypeError("a name that is no text")
    queries = []
    for name, facts in zip(asked, content["gnd"], strict=True):
        left, top, right, bottom = (round(float(edge)) for edge in _plain(facts["bbx"]))
        found = [
            tuple(int(position) for position in _plain(facts[role]))
            for role in ("easy", "hard", "junk")
        ]
        if any(not 0 <= position < len(names) for own in found for position in own):
            raise ValueError("a position outside the gallery")
        queries.append(RevisitedQuery(name, (left, top, right, bottom), *found))
    return GroundTruth(names, tuple(queries))


def _plain(values: Any) -> Any:
    return values.numbers if isinstance(values, _Array) else values
