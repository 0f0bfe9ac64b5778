"""Directories of a TIFF, looked through before anything is read by them.

tifffile turns the values of every tag into Python's numbers, which take ten times what
they take in the file. So tags with more values than any picture needs are refused.
"""

import struct
from collections.abc import Iterator

from app.retrieval.errors import UnreadableImageError

MOST_DIRECTORIES = 100
"""That are looked at: a scanned book counts by its first ones."""
MOST_VALUES = 200_000
"""Of one tag: strips or tiles of 200 megapixels, 32 pixels a side."""
MOST_VALUES_IN_ALL = 1_000_000
SUB_DIRECTORIES = 330
_VALUE_BYTES = {3: 2, 4: 4, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8, 5: 8, 10: 8}
"""By type, of those that become numbers; texts and bytes stay as they are."""


def check_directories(data: bytes) -> None:
    """Refuse a TIFF whose tags would take far more memory than the file.

    Raises
    ------
    UnreadableImageError
        If they would.
    struct.error
        If a directory is cut off; then the file has none that can be read.
    """
    order = "<" if data.startswith(b"II") else ">"
    is_big = data[2:4] in (b"+\0", b"\0+")
    word, count, entry = ("Q", "Q", "HHQ8s") if is_big else ("I", "H", "HHI4s")
    [first] = struct.unpack_from(order + word, data, 8 if is_big else 4)
    waiting, seen, values = [first], set[int](), 0
    while waiting and len(seen) < MOST_DIRECTORIES:
        start = waiting.pop()
        if not 0 < start < len(data) or start in seen:
            continue
        seen.add(start)
        [entries] = struct.unpack_from(order + count, data, start)
        place = start + struct.calcsize(order + count)
        size = struct.calcsize(order + entry)
        end = place + entries * size
        for at in range(place, min(end, len(data) - size), size):
            tag, kind, number, where = struct.unpack_from(order + entry, data, at)
            if kind not in _VALUE_BYTES:
                continue
            values += number
            if number > MOST_VALUES or values > MOST_VALUES_IN_ALL:
                raise UnreadableImageError(
                    "The TIFF is cut into too many pieces. Please save it anew."
                )
            if tag == SUB_DIRECTORIES:
                waiting += _offsets(data, order, kind, number, where)
        if end + struct.calcsize(order + word) <= len(data):
            waiting += struct.unpack_from(order + word, data, end)


def _offsets(
    data: bytes, order: str, kind: int, number: int, where: bytes
) -> Iterator[int]:
    """Yield where sub-directories begin: in the entry itself, or where that leads."""
    size = _VALUE_BYTES[kind]
    letter = {2: "H", 4: "I", 8: "Q"}[size]
    if number * size > len(where):
        wide = "Q" if len(where) == 8 else "I"
        [start] = struct.unpack(order + wide, where)
        number = min(number, MOST_DIRECTORIES, max(0, len(data) - start) // size)
        yield from struct.unpack_from(f"{order}{number}{letter}", data, start)
    else:
        yield from struct.unpack_from(f"{order}{number}{letter}", where)
