"""Memory of a server process: kept during searches, given back after them, not swept.

A search takes some 60 MB for a moment. glibc maps large blocks one by one, and the
system clears their pages each time, a sixth of all that a search costs. Kept for the
next search, they would make every server process that much larger for good, in as many
heaps as there are threads. So there is one heap, which keeps what is freed until nobody
searches.

A full garbage collection looks at all objects, 230,000 once a server has started, and
holds whoever asks up for 0.1 s. Nearly all of them live as long as the process.
"""

import atexit
import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Numbers of mallopt(3)."""
ARENAS = 1
"""Heaps: what one search has freed serves the next, whichever thread it is in."""
MAPPED_BYTES = 32 << 20
"""From this size on a block is mapped for itself: pixels of a large photo. All that a
search needs is smaller; glibc takes no larger number."""
KEPT_BYTES = 128 << 20
"""What is free at the end of the heap beyond this goes back at once."""

MAPPINGS = Path("/proc/self/smaps")
READ_ONLY = ("r-xp", "r--p")
"""How code and constants of libraries are mapped, by proc(5)."""
MADV_DONTNEED = 4
"""Number of madvise(2)."""

_libc = ctypes.CDLL(None)
_lock = Lock()
_borrowers = 0


def keep_freed_memory() -> None:
    """Let this process keep freed memory; without glibc nothing happens.

    To be called before threads are started. `give_back_memory` is the counterpart.
    """
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_ARENA_MAX, ARENAS)
    # Either threshold, once set, no longer adapts to what was freed.
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def give_back_memory() -> None:
    """Give back all freed pages to the system (10 ms for 60 MB)."""
    trim = getattr(_libc, "malloc_trim", None)
    if trim is not None:
        trim(0)


def give_back_libraries() -> None:
    """Give back the pages of libraries that are as their files have them.

    To be called after what runs through much code once. They stay in the system's cache
    of files as long as it has room, and come from there when they are needed.
    """
    madvise = getattr(_libc, "madvise", None)
    if madvise is None or not MAPPINGS.exists():
        return
    for start, end in _unwritten_libraries():
        madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_DONTNEED)


def _unwritten_libraries() -> Iterator[tuple[int, int]]:
    """Yield where libraries lie in which no page differs from the file."""
    place, is_library = "", False
    for line in MAPPINGS.read_text().splitlines():
        name, _, value = line.partition(":")
        if " " in name:  # a mapping's first line, with its file as the last field
            place, mode, *others = line.split(maxsplit=5)
            is_library = mode in READ_ONLY and ".so" in Path(others[-1]).suffixes
        elif name == "Anonymous" and is_library and int(value.split()[0]) == 0:
            start, end = place.split("-")
            yield int(start, 16), int(end, 16)


def spare_started_objects() -> None:
    """Leave what this process has made until now out of all garbage collections.

    To be called when it has started, before it is asked anything. When the process
    ends they are collected again: libraries that look for what is left then (nanobind,
    of zxing-cpp) would print pages about objects that nobody could collect.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


@contextmanager
def borrowed_memory() -> Iterator[None]:
    """Keep freed memory during the block, or the function, that takes much of it.

    The last of several at the same time gives it back, at once: a server that is asked
    how much it holds must not answer for a search that is over.
    """
    global _borrowers
    with _lock:
        _borrowers += 1
    try:
        yield
    finally:
        with _lock:
            _borrowers -= 1
            is_last = not _borrowers
        if is_last:
            give_back_memory()
