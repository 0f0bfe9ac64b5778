import ctypes
import errno
import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from app.retrieval.files.atomic import (
    OWNER_ONLY,
    discard,
    staged_file,
    staged_folder,
    sweep,
    try_lock,
    wait_for_lock,
    write_atomically,
)
from tests.support.waiting import SCRIPT_SECONDS, WAIT_SECONDS, ended

ROOT = Path(__file__).resolve().parents[3]


def names_in(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() or mount is None or umount is None:
        pytest.skip("only root may mount a file system")
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs"]
    made = subprocess.run([mount, *options, disk], check=False, timeout=WAIT_SECONDS)
    if made.returncode:
        pytest.skip("no file system may be mounted here")
    yield disk
    subprocess.run([umount, disk], check=True, timeout=WAIT_SECONDS)


def test_a_lock_is_for_one_at_a_time(tmp_path):
    path = tmp_path / "LOCK"
    held = try_lock(path)
    assert held is not None
    with held:
        assert try_lock(path) is None
    again = try_lock(path)
    assert again is not None
    again.close()


def test_a_lock_that_is_not_there_is_not_made(tmp_path):
    assert try_lock(tmp_path / "LOCK", create=False) is None
    with pytest.raises(FileNotFoundError):
        wait_for_lock(tmp_path / "LOCK", create=False)
    assert not names_in(tmp_path)


def test_who_waits_for_a_lock_gets_it_once_it_is_given_back(tmp_path):
    path, got_it = tmp_path / "LOCK", Event()

    def wait():
        with wait_for_lock(path):
            got_it.set()

    with wait_for_lock(path):
        waiting = Thread(target=wait, daemon=True)
        waiting.start()
        assert not got_it.wait(0.05)
    assert got_it.wait(WAIT_SECONDS)
    ended(waiting)


def test_a_file_is_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "file"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert names_in(path.parent) == {"file"}


def test_the_old_file_is_read_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with staged_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_private_file_is_private_from_the_first(tmp_path):
    path = tmp_path / "key"
    with staged_file(path, mode=OWNER_ONLY) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_error_of_the_caller_leaves_the_old_ones(tmp_path):
    path, folder = tmp_path / "file", tmp_path / "folder"
    write_atomically(path, b"old")
    with staged_folder(folder) as staged:
        (staged / "old").touch()
    for context in (staged_file(path), staged_folder(folder)):
        with pytest.raises(KeyError), context:
            raise KeyError
    assert path.read_bytes() == b"old"
    assert names_in(folder) == {"old"}
    assert names_in(tmp_path) == {"file", "folder"}


def test_a_full_disk_leaves_the_old_file(small_disk):
    path = small_disk / "file"
    write_atomically(path, b"o" * 20_000)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(path, b"n" * 100_000)
    assert caught.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"o" * 20_000
    assert names_in(small_disk) == {"file"}


def test_a_full_disk_leaves_the_old_folder(small_disk):
    folder = small_disk / "folder"
    with staged_folder(folder) as staged:
        (staged / "old").write_bytes(b"o" * 20_000)
    with pytest.raises(OSError, match="No space left"), staged_folder(folder) as staged:
        (staged / "new").write_bytes(b"n" * 100_000)
    assert (folder / "old").read_bytes() == b"o" * 20_000
    assert names_in(small_disk) == {"folder"}


def test_a_disk_that_fails_to_sync_leaves_the_old_file(tmp_path, monkeypatch):
    def fail(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    write_atomically(tmp_path / "file", b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names_in(tmp_path) == {"file"}


def test_where_folders_cannot_be_swapped_the_new_one_takes_the_place(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    for name in ("one", "two", "three"):
        with staged_folder(tmp_path / "folder") as staged:
            (staged / name).touch()
    assert names_in(tmp_path / "folder") == {"three"}
    assert names_in(tmp_path) == {"folder"}


def test_what_the_dead_left_is_swept_and_only_that(tmp_path):
    write_atomically(tmp_path / "file", b"whole")
    (tmp_path / ".hidden").touch()
    (tmp_path / ".file.0123456789abcdef.staged").touch()
    for name in (".folder.staged", ".folder.discarded"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").touch()
    with staged_file(tmp_path / "other") as file:
        file.write(b"whole")
        assert sweep(tmp_path) == 3
    assert names_in(tmp_path) == {"file", ".hidden", "other"}
    assert (tmp_path / "other").read_bytes() == b"whole"


def test_a_sweep_before_the_first_write_finds_nothing(tmp_path):
    assert sweep(tmp_path / "none") == 0


def test_a_file_that_is_swept_before_it_is_locked_is_begun_again(tmp_path, monkeypatch):
    real, swept = fcntl.flock, list[bool]()

    def sweep_first(file, kind):
        if not swept:
            swept.append(True)
            assert sweep(tmp_path) == 1
        real(file, kind)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    write_atomically(tmp_path / "file", b"whole")
    assert swept
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert names_in(tmp_path) == {"file"}


def test_a_folder_is_discarded_with_what_a_killed_discarding_left(tmp_path):
    for name in ("folder", ".folder.discarded"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    discard(tmp_path / "folder")
    discard(tmp_path / "folder")
    assert not names_in(tmp_path)


def test_killed_at_any_call_the_old_or_the_new_is_whole(tmp_path):
    # In a process of its own, which must not have started any thread before it forks
    # the writers that it then kills.
    killer = subprocess.run(
        [sys.executable, "-m", "tests.retrieval.kill_writes", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SCRIPT_SECONDS,
    )
    assert killer.returncode == 0, killer.stderr
    for outcomes in json.loads(killer.stdout).values():
        assert len(outcomes) > 8
        assert outcomes[0] == "old"
        assert outcomes == sorted(outcomes, reverse=True)  # once new, it stays so
        assert outcomes[-1] == "new"
