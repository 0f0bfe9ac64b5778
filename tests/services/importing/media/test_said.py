"""What resources are: recordings, pages, or nothing that can be kept."""

import pytest

from app.models import MediaKind
from app.services.importing.media.said import (
    SaidMedia,
    normal,
    rank_of,
    recording_kind,
)

HTTP = "https://museum.org/"


@pytest.mark.parametrize(
    ("kind", "mimetype", "where", "meant"),
    [
        ("Sound", "audio/mpeg", f"{HTTP}a", "audio"),
        ("", "audio/x-wav", "a", "audio"),
        ("dctypes:MovingImage", "", f"{HTTP}a", "video"),
        ("Tondokument", "", f"{HTTP}a.php?id=3", "audio"),
        ("http://d-nb.info/gnd/1 video", "", f"{HTTP}film", "video"),
        ("", "", f"{HTTP}a.MP3?x=y", "audio"),
        ("", "", "guide/a.webm", "video"),
        ("Sound", "", f"{HTTP}a.mp4", "audio"),
        ("Sound", "application/ogg", f"{HTTP}a.ogg", "audio"),
        ("Video", "text/html", f"{HTTP}watch", None),
        ("Video", "application/vnd.apple.mpegurl", f"{HTTP}a", None),
        ("Video", "", f"{HTTP}a.m3u8", None),
        ("Video", "audio/mpegurl", f"{HTTP}a", None),
        ("Video", "", f"{HTTP}film.html", None),
        ("Text", "application/pdf", f"{HTTP}a.pdf", None),
        ("Image", "", f"{HTTP}a.jpg", None),
        ("", "", f"{HTTP}page", None),
        ("", "", "https://[", None),
    ],
)
def test_recordings_are_told_from_all_else(kind, mimetype, where, meant):
    assert recording_kind(kind, mimetype, where) == meant


def test_the_form_that_is_likeliest_played_comes_first():
    forms = [("", "a"), ("video/x-flv", "a.flv"), ("", "a.mp4"), ("video/mp4", "a")]
    ranked = sorted(forms, key=lambda one: rank_of(*one))
    assert ranked[:2] == [("video/mp4", "a"), ("", "a.mp4")]


def test_links_that_are_not_safe_are_none():
    for address in ("http://museum.org/", "javascript:alert(1)", ""):
        assert normal(SaidMedia(MediaKind.LINK, title="x", address=address)) is None
    kept = normal(SaidMedia(MediaKind.LINK, "iw", "", "spoken", f" {HTTP}a "))
    assert kept == SaidMedia(MediaKind.LINK, "he", "museum.org", "", f"{HTTP}a")


def test_what_rows_keep_comes_back():
    one = SaidMedia(MediaKind.VIDEO, "de", "Film", "Text", f"{HTTP}a", "a.mp4")
    assert SaidMedia.from_json(one.to_json()) == one
    assert one.text == f"Film {HTTP}a"
