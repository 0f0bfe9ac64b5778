"""Compare what tells encodings, on tables as museums in many languages have them.

    python -m tools.encodings

Prints the table of docs/formats.md. Libraries that are not installed are left out; all
of them are `chardet`, `charset-normalizer`, `faust-cchardet`, `chardetng-py`, `PyICU`.
A table counts as read if every letter of it is right, whatever the encoding is called.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter

import numpy as np

from app.services.importing.tables.encodings import detect
from tools.encodings.museums import MUSEUMS, Museum

ROWS = {"5 rows": 5, "40 rows": 40, "400 rows": 400}
TABLES = 5
"""Of each language, encoding and size."""

Detector = Callable[[bytes], str | None]


def main() -> int:
    """Print how many tables each detector reads right."""
    detectors = dict(_detectors())
    right: Counter[tuple[str, str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    seconds = dict.fromkeys(detectors, 0.0)
    size = 0
    for family, rows, encoding, text in _tables():
        data = text.encode(encoding)
        size += len(data)
        for kind in (family, rows):
            tried[kind, "all"] += 1
        for name, detector in detectors.items():
            begun = perf_counter()
            found = detector(data)
            seconds[name] += perf_counter() - begun
            is_right = _reads(data, found, text)
            for kind in (family, rows):
                right[name, kind, "all"] += is_right
    _print(detectors, right, tried, {n: s / size * 1e6 for n, s in seconds.items()})
    return 0


def _tables() -> Iterator[tuple[str, str, str, str]]:
    """Yield language with encoding, size, encoding, text."""
    for language, museum in MUSEUMS.items():
        for encoding in museum.encodings:
            for rows, count in ROWS.items():
                for seed in range(TABLES):
                    text = _table(museum, count, seed)
                    yield f"{language}, {encoding}", rows, encoding, text


def _table(museum: Museum, rows: int, seed: int) -> str:
    """Return a table with as many rows, drawn by the seed."""
    rng = np.random.default_rng(seed)

    def draw(words: str) -> str:
        parts = words.split("|")
        return parts[int(rng.integers(len(parts)))]

    lines = [museum.header]
    for number in range(rows):
        year = str(1600 + int(rng.integers(340)))
        date = museum.dates[int(rng.integers(len(museum.dates)))].replace("%", year)
        cells = (
            *(f"{seed}/{number + 1:04}", draw(museum.titles), draw(museum.artists)),
            *(date, draw(museum.techniques), str(int(rng.integers(1, 40)))),
        )
        lines.append(";".join(cells))
    return "\r\n".join(lines) + "\r\n"


def _reads(data: bytes, encoding: str | None, text: str) -> bool:
    try:
        return data.decode(encoding or "ascii") == text
    except (LookupError, UnicodeDecodeError):
        return False


def _detectors() -> Iterator[tuple[str, Detector]]:
    yield "here", lambda data: detect(data).name
    if find_spec("chardet"):
        import chardet

        yield "chardet", lambda data: chardet.detect(data)["encoding"]
    if find_spec("charset_normalizer"):
        import charset_normalizer

        yield (
            "charset-normalizer",
            lambda data: getattr(
                charset_normalizer.from_bytes(data).best(), "encoding", None
            ),
        )
    if find_spec("cchardet"):
        import cchardet

        yield "faust-cchardet", lambda data: cchardet.detect(data)["encoding"]
    if find_spec("chardetng_py"):
        import chardetng_py

        yield "chardetng", chardetng_py.detect
    if find_spec("icu"):
        import icu

        yield "ICU", lambda data: icu.CharsetDetector(data).detect().getName()


def _print(
    detectors: dict[str, Detector],
    right: Counter[tuple[str, str, str]],
    tried: Counter[tuple[str, str]],
    pace: dict[str, float],
) -> None:
    print("|", *detectors, sep=" | ", end=" |\n")
    print("|---" * (len(detectors) + 1) + "|")
    families = [one for one in tried if one[0] not in ROWS]
    for kind, every in (*families, *((rows, "all") for rows in ROWS)):
        count = tried[kind, every]
        shares = (f"{right[name, kind, every]}/{count}" for name in detectors)
        print("|", " | ".join((kind, *shares)), "|")
    figures = (f"{pace[name]:.1f}" for name in detectors)
    print("|", " | ".join(("seconds for a megabyte", *figures)), "|")


if __name__ == "__main__":
    sys.exit(main())
