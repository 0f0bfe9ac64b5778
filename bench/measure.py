"""What the measurements share: clocks, memory, tables."""

import os
import re
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from app.retrieval.evaluation.columns import set_columns

MEMORY_FIELDS = ("Rss", "Pss", "Pss_Anon", "Pss_File")
LIBRARY = re.compile(r"\.so(\.|$)")
"""Name of a shared library's file."""


class Clock:
    """Seconds per named stage, in the order of their first mention.

    Parameters
    ----------
    told : callable, optional
        Returns the seconds now: of the wall's clock, or of the processor's.
    """

    def __init__(self, told: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._told = told

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a stage."""
        begun = self._told()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + self._told() - begun


def memory_mb(process: int | str = "self") -> dict[str, float]:
    """Return a process's memory in megabytes.

    ``Rss`` counts shared pages in every process that has them, ``Pss`` divides them
    among these processes: only its sum is what a machine needs.
    """
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    values = dict(line.split(":") for line in lines)
    return {name: int(values[name].split()[0]) / 1024 for name in MEMORY_FIELDS}


def resident_parts_mb(process: int | str = "self") -> dict[str, float]:
    """Return a process's resident memory in megabytes by what it is.

    ``own`` is no file's: objects of Python, weights, heaps; shared with the process
    that it was forked from as long as neither writes to it. Pages of ``libraries`` and
    ``other files``, index and model most of all, are shared by all that map them.
    """
    parts = dict.fromkeys(("own", "libraries", "other files"), 0.0)
    part = ""
    for line in Path(f"/proc/{process}/smaps").read_text().splitlines():
        name, _, value = line.partition(":")
        if " " in name:  # of a mapping's first line, with its file as the last field
            file = line.split(maxsplit=5)[5:]
            is_file = bool(file) and file[0].startswith("/")
            is_library = is_file and LIBRARY.search(file[0])
            part = "libraries" if is_library else "other files" if is_file else "own"
        elif name == "Rss":
            parts[part] += int(value.split()[0]) / 1024
    return parts


def processor_seconds(process: int) -> float:
    """Return how long a process has computed, all its threads together."""
    # The name in brackets may hold spaces; utime and stime follow as 12th and 13th.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory_mb() -> float:
    """Return the most memory that this process ever had in use."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def folder_size_mb(folder: Path) -> float:
    """Return the size of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files) / 1e6


def print_figures(title: str, figures: Mapping[str, object]) -> None:
    """Print names and values as a table; numbers with one digit after the point."""
    lines = [
        (name, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}")
        if isinstance(value, int | float)
        else (name, str(value))
        for name, value in figures.items()
    ]
    print(f"\n{title}\n{set_columns(lines)}", flush=True)


def print_percentiles(title: str, samples: Mapping[str, Sequence[float]]) -> None:
    """Print median and 95th percentile of several series."""
    lines = [("", "p50", "p95")]
    for name, values in samples.items():
        p50, p95 = np.percentile(values, (50, 95))
        lines.append((name, f"{p50:,.1f}", f"{p95:,.1f}"))
    print(f"\n{title}\n{set_columns(lines)}", flush=True)
