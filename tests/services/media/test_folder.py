import os

import pytest

from app.services.media.folder import STAGING


def test_a_written_file_is_whole_and_nothing_is_left_staged(media):
    media.write("ab/c.jpg", b"picture")
    assert (media.root / "ab/c.jpg").read_bytes() == b"picture"
    assert not list((media.root / STAGING).iterdir())


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(media, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    media.write("ab/c.jpg", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        media.write("ab/c.jpg", b"new")
    assert (media.root / "ab/c.jpg").read_bytes() == b"old"
    assert not list((media.root / STAGING).iterdir())


def test_sweep_removes_what_the_dead_left(media):
    media.write("ab/c.jpg", b"picture")
    (media.root / STAGING / ".c.jpg.0123456789abcdef.staged").write_bytes(b"half")
    assert media.sweep() == 1
    assert not list((media.root / STAGING).iterdir())
    assert (media.root / "ab/c.jpg").read_bytes() == b"picture"


def test_sweeping_a_new_folder_finds_nothing(media):
    assert media.sweep() == 0
