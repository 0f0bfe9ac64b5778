"""Settings of the C library's allocator: what is freed goes back to the system.

glibc gives each thread a heap of its own and keeps in all of them what one search took
at most, and after the first large block that is freed it takes later ones from these
heaps as well. A server would keep the memory of the largest photo for good.
"""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Numbers of mallopt(3)."""
ARENAS = 2
"""Heaps: threads search one after another, and pages are shown beside that."""
MAPPED_BYTES = 1 << 20
"""From this size on a block is mapped for itself, and given back when it is freed."""


def give_back_memory() -> None:
    """Let this process keep little of what it frees; without glibc nothing happens.

    To be called before threads are started.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_ARENA_MAX, ARENAS)
    # Either threshold, once set, no longer adapts to what was freed.
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)
    mallopt(M_TRIM_THRESHOLD, 2 * MAPPED_BYTES)
