"""A full disk, without filling one."""

import resource
from contextlib import contextmanager


@contextmanager
def files_of_at_most(length_bytes):
    """What a full disk does to a large write: the kernel refuses it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
