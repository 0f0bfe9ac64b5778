import os
import socket
import subprocess
import sys

import pytest

from app.services.system.media import STAGING


def test_a_written_file_is_whole_and_nothing_is_left_staged(media):
    media.write("ab/c.jpg", b"picture")
    assert media.path("ab/c.jpg").read_bytes() == b"picture"
    assert not list((media.root / STAGING).iterdir())


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(media, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    media.write("ab/c.jpg", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        media.write("ab/c.jpg", b"new")
    assert media.path("ab/c.jpg").read_bytes() == b"old"
    assert not list((media.root / STAGING).iterdir())


def test_sweep_removes_what_the_dead_left_and_only_that(media):
    media.write("ab/c.jpg", b"picture")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = socket.gethostname()
    dead = media.root / STAGING / f"{host}~{ended.pid}~aa"
    alive = media.root / STAGING / f"{host}~{os.getpid()}~bb"
    elsewhere = media.root / STAGING / "other~1~cc"
    old = media.root / STAGING / "other~1~dd"
    for draft in (dead, alive, elsewhere, old):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert media.sweep() == 2
    assert alive.exists()
    assert elsewhere.exists()


def test_sweeping_a_new_folder_finds_nothing(media):
    assert media.sweep() == 0
