"""Atomic files and folders: lock, stage, write, sync, rename, discard.

What is new is written beside the old under a staged name, synced, and then renamed: a
crash, a full disk or kill -9 at any moment leaves the old file or folder whole. What a
killed process left bears a name that :func:`sweep` knows::

    .<name>.<random>.staged      a file; its writer holds a lock on it while it lives
    .<name>.staged/              a folder being filled
    .<name>.discarded/           a folder being removed
"""

import ctypes
import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

STAGED, DISCARDED = ".staged", ".discarded"
OWNER_ONLY = 0o600
_EVERYONE = 0o666
"""Less what the process's umask takes away, as for every file."""
_LEFTOVER = re.compile(rf"\..+({STAGED}|{DISCARDED})")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def try_lock(
    path: Path, *, create: bool = True, mode: int = _EVERYONE
) -> BinaryIO | None:
    """Take the lock of a file, which is made if it may; None if somebody holds it.

    Closing what is returned gives the lock back, and so does the process's death,
    however it dies. None as well if the file is missing and not to be made.
    """
    try:
        return _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB, create, mode)
    except BlockingIOError:
        return None
    except FileNotFoundError:
        if create:  # it is the folder that is missing
            raise
        return None


def wait_for_lock(
    path: Path, *, create: bool = True, mode: int = _EVERYONE
) -> BinaryIO:
    """Take the lock of a file as soon as nobody else holds it; see `try_lock`.

    Raises
    ------
    FileNotFoundError
        If there is no such file, and it is not to be made.
    """
    return _lock(path, fcntl.LOCK_EX, create, mode)


@contextmanager
def staged_file(
    path: Path, *, mode: int = _EVERYONE, staging: Path | None = None
) -> Iterator[BinaryIO]:
    """Write a file that takes its place when the block ends well.

    Folders are made where they are missing. Of processes that write the same file at
    once, the last one's stays.

    Parameters
    ----------
    path : Path
        As it was if the block raises.
    mode : int
        Of the new file, less the process's umask.
    staging : Path, optional
        A folder on the same file system, to be swept instead of ``path``'s.

    Yields
    ------
    file : open file

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written.
    """
    folder = staging or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = folder / f".{path.name}.{secrets.token_hex(8)}{STAGED}"
    with _begin(staged, mode) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            staged.replace(path)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
    sync(path.parent)


def write_atomically(
    path: Path, data: bytes, *, mode: int = _EVERYONE, staging: Path | None = None
) -> None:
    """Write a file; a reader sees the old content or the new; see `staged_file`."""
    with staged_file(path, mode=mode, staging=staging) as file:
        file.write(data)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """Fill an empty folder that takes its place when the block ends well.

    An older one at ``path`` is replaced, or stays as it was if the block raises. What a
    killed process left staged is removed first, so one process at a time may do this.
    """
    with empty_folder(path) as staged:
        yield staged
        put_in_place(staged, path)


@contextmanager
def empty_folder(path: Path) -> Iterator[Path]:
    """Make an empty staged folder for `path`; remove what is left of it afterwards."""
    staged = path.with_name(f".{path.name}{STAGED}")
    discard(staged)
    staged.mkdir(parents=True)
    try:
        yield staged
    finally:
        discard(staged)


def put_in_place(staged: Path, path: Path) -> None:
    """Give a folder, whose files are whole, its lasting name; an old one goes.

    On a disk that cannot swap two folders in one step (NFS), a kill between two renames
    leaves the old one whole as ``.<name>.previous``.
    """
    # On the disk before any name points to it, or a power cut could leave a folder
    # whose files are still empty.
    for member in staged.rglob("*"):
        sync(member)
    sync(staged)
    replaced = staged  # once they are swapped
    if not path.exists():
        staged.rename(path)
    elif not _exchange(staged, path):
        replaced = path.with_name(f".{path.name}.previous")
        discard(replaced)
        path.rename(replaced)
        staged.rename(path)
    sync(path.parent)
    discard(replaced)


def discard(folder: Path) -> None:
    """Remove a folder, if it is there; killed half-way, it no longer bears its name."""
    discarded = folder.with_name(f".{folder.name}{DISCARDED}")
    if discarded.exists():
        shutil.rmtree(discarded)
    if folder.exists():
        folder.rename(discarded)
        shutil.rmtree(discarded)


def sweep(folder: Path) -> int:
    """Remove what killed processes left staged or half discarded.

    Files that a living process is writing stay. Folders go, so the caller holds the
    lock under which they are made. Returns how many files and folders went.
    """
    swept = 0
    for leftover in list(folder.iterdir()) if folder.is_dir() else ():
        if not _LEFTOVER.fullmatch(leftover.name):
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover)
        elif (held := try_lock(leftover, create=False)) is not None:
            with held:
                leftover.unlink(missing_ok=True)
        else:
            continue
        swept += 1
    return swept


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _begin(staged: Path, mode: int) -> BinaryIO:
    """Make a file and lock it; a sweep may remove it before it is locked, not after."""
    while True:
        file = wait_for_lock(staged, mode=mode)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _lock(path: Path, kind: int, create: bool, mode: int) -> BinaryIO:
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    file = os.fdopen(os.open(path, flags, mode), "r+b")
    try:
        fcntl.flock(file, kind)
    except BaseException:
        file.close()
        raise
    return file


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the disk cannot.

    A folder with content cannot be replaced by a rename, and between two renames there
    would be neither.
    """
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # Linux's
    if swap is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))
