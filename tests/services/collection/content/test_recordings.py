"""Recordings: their bytes tell what they are; nothing but sound and picture stays."""

import struct
from io import BytesIO

import pytest

from app.models import MediaKind
from app.retrieval.runtime.extras import Extra
from app.services.collection.content import recordings
from app.services.collection.content.recordings import (
    RecordingError,
    RecordingFault,
    container_of,
    store_recording,
)
from tests.support.extras import leave_out
from tests.support.recordings import SECRET, made_of, make_recording

AUDIO, VIDEO = MediaKind.AUDIO, MediaKind.VIDEO


def stored(data, media, kind=AUDIO):
    found = store_recording(BytesIO(data), kind, media)
    return found, media.read(found.media_name)


def fault_of(data, media, kind=AUDIO):
    with pytest.raises(RecordingError) as caught:
        store_recording(BytesIO(data), kind, media)
    assert not list(media.list())
    return caught.value.fault


@pytest.mark.parametrize(
    ("kind", "mimetype"),
    [
        ("webm", "audio/webm"),
        ("ogg", "audio/ogg"),
        ("mp3", "audio/mpeg"),
        ("wav", "audio/wav"),
        ("flac", "audio/flac"),
        ("mp4", "audio/mp4"),
        ("adts", "audio/mp4"),
    ],
)
def test_sound_is_kept_and_nothing_else(media, kind, mimetype):
    data = make_recording(kind)
    found, kept = stored(data, media)
    assert found.mimetype == mimetype
    assert found.size == len(kept)
    assert found.seconds == pytest.approx(1, abs=0.15)
    if kind != "adts":  # which has no room for metadata
        assert SECRET.encode() in data
    assert SECRET[:10].encode() not in kept
    kinds, said = made_of(kept)
    assert kinds == ["audio"]
    assert SECRET not in str(said)


@pytest.mark.parametrize(
    ("kind", "codec"), [("mp4", "libx264"), ("webm", "libvpx-vp9")]
)
def test_video_is_kept_with_its_sound(media, kind, codec):
    found, kept = stored(make_recording(kind, picture=codec), media, VIDEO)
    assert found.mimetype == f"video/{kind}"
    assert sorted(made_of(kept)[0]) == ["audio", "video"]
    assert SECRET[:10].encode() not in kept


@pytest.mark.parametrize(
    ("kind", "picture"),
    [("webm", "libvpx"), ("webm", "libvpx-vp9"), ("mp4", "libx264"), ("ogg", "")],
)
def test_a_copy_of_what_is_kept_is_the_same_to_the_byte(media, kind, picture):
    medium = VIDEO if picture else AUDIO
    first, kept = stored(make_recording(kind, picture=picture), media, medium)
    second, again = stored(kept, media, medium)
    assert again == kept
    assert second.seconds == first.seconds


def test_of_a_video_only_the_sound_is_kept_where_audio_is_wanted(media):
    found, kept = stored(make_recording("mp4", picture="libx264"), media)
    assert found.mimetype == "audio/mp4"
    assert made_of(kept)[0] == ["audio"]


def test_a_video_is_played_before_all_of_it_is_there(media):
    _found, kept = stored(make_recording("mp4", picture="libx264"), media, VIDEO)
    assert kept.index(b"moov") < kept.index(b"mdat")


def test_names_are_generated_anew_each_time(media):
    data = make_recording("mp3")
    names = {stored(data, media)[0].media_name for _ in range(2)}
    assert len(names) == 2
    assert all(name.endswith(".mp3") for name in names)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"x", b"<html><audio>", b"#EXTM3U\nfile:///etc/passwd\n"),
        *(b"ffconcat version 1.0\nfile /etc/passwd\n", b"\xff\xd8\xff\xe0JFIF"),
        b"RIFF\0\0\0\0AVI ",
    ],
)
def test_what_is_no_recording_is_refused(media, data):
    assert fault_of(data, media) is RecordingFault.FORMAT


@pytest.mark.parametrize("kind", ["webm", "mp4", "ogg", "flac"])
def test_a_damaged_file_is_refused(media, kind):
    data = make_recording(kind)
    assert fault_of(data[:200], media) is RecordingFault.BROKEN
    assert fault_of(data[:40] + bytes(len(data)), media) is RecordingFault.BROKEN


def test_what_not_all_browsers_play_is_refused(media):
    data = make_recording("mp4", picture="mpeg4")
    assert fault_of(data, media, VIDEO) is RecordingFault.CODEC


def test_sound_alone_is_no_video(media):
    assert fault_of(make_recording("mp4"), media, VIDEO) is RecordingFault.SILENT
    assert fault_of(make_recording("mp3"), media, VIDEO) is RecordingFault.FORMAT


def test_a_recording_that_lasts_too_long_is_refused(media, monkeypatch):
    monkeypatch.setattr(recordings, "LONGEST_SECONDS", 0.5)
    assert fault_of(make_recording("mp3"), media) is RecordingFault.LENGTH


def test_mp3_and_aac_are_told_apart_by_their_layer():
    assert container_of(b"\xff\xfb\x90\x00") is recordings.MP3
    assert container_of(b"\xff\xf1\x50\x80") is recordings.AAC


def test_a_video_stays_turned_as_the_phone_was_held(media):
    upright = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    before, _upright, after = make_recording("mp4", picture="libx264").partition(
        b"tkhd"
    )
    data = before + b"tkhd" + after.replace(upright, turned, 1)
    assert turned in stored(data, media, VIDEO)[1]


def test_without_the_extra_that_takes_them_none_is_kept(media, monkeypatch):
    leave_out(monkeypatch, Extra.VIDEO)
    for kind, data in ((AUDIO, b"ID3"), (VIDEO, b"\x1aE\xdf\xa3")):
        assert fault_of(data, media, kind) is RecordingFault.SWITCHED_OFF


def test_a_small_file_that_would_fill_a_disk_is_refused(media):
    assert fault_of(_repeating(packets=3_000, size=8_000), media) == (
        RecordingFault.BROKEN
    )


def _repeating(packets, size):
    """A sound of MP4 whose index names the same bytes again and again."""
    index = {
        b"stts": (0, 1, packets, 1024),
        b"stsz": (0, size, packets),
        b"stsc": (0, 1, 1, 1, 1),
        b"stco": (0, packets, *[48] * packets),
    }

    def rewritten(data):
        boxes = b""
        while data:
            length, kind = struct.unpack(">I4s", data[:8])
            body, data = data[8:length], data[length:]
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                body = rewritten(body)
            elif kind in index:
                body = struct.pack(f">{len(index[kind])}I", *index[kind])
            elif kind == b"edts":  # else only the first second is read
                kind = b"free"
            boxes += struct.pack(">I4s", len(body) + 8, kind) + body
        return boxes

    return rewritten(make_recording("mp4"))
