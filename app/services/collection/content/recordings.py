"""Recordings of works: audio and video, checked and written anew without metadata.

What a file is, its first bytes tell, not its name. FFmpeg's demuxer for that format,
and no other, takes it apart, and its sound and picture are put together again as they
are: nothing is encoded, and names, places, covers and further tracks stay behind.
"""

import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.models import MediaKind
from app.retrieval.runtime.extras import Extra, is_installed
from app.services.media.store import MediaStore

HEAD_BYTES = 64
LONGEST_SECONDS = 4 * 3600
"""A recording claims at most to last so long."""
CODECS: Mapping[MediaKind, frozenset[str]] = {
    MediaKind.AUDIO: frozenset(
        (*("aac", "flac", "mp3", "mp3float", "opus", "vorbis"), "pcm_s16le")
    ),
    MediaKind.VIDEO: frozenset(("av1", "h264", "libdav1d", "vp8", "vp9")),
}
"""That all browsers play."""
_GENERATED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[0-9a-z]{3,4}")
"""Folder, random name and ending."""


class RecordingFault(StrEnum):
    """Why a file cannot be taken."""

    FORMAT = "format"
    """It is none of the formats that are known."""
    CODEC = "codec"
    """Not all browsers play what is in it."""
    BROKEN = "broken"
    """It is damaged, or breaks off."""
    LENGTH = "length"
    """It lasts too long."""
    SILENT = "silent"
    """It has no sound, and was to be audio; or no picture, and was to be video."""
    SWITCHED_OFF = "switched off"
    """What takes recordings is not installed."""


class RecordingError(Exception):
    """File that cannot be taken as a recording.

    Attributes
    ----------
    fault : RecordingFault
    """

    def __init__(self, fault: RecordingFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


class Container(NamedTuple):
    """Format of a file: FFmpeg's demuxer and muxer, ending and media types."""

    demuxer: str
    muxer: str
    ending: str
    audio: str
    video: str = ""


MP3 = Container("mp3", "mp3", "mp3", "audio/mpeg")
WAV = Container("wav", "wav", "wav", "audio/wav")
FLAC = Container("flac", "flac", "flac", "audio/flac")
OGG = Container("ogg", "ogg", "ogg", "audio/ogg")
AAC = Container("aac", "mp4", "m4a", "audio/mp4")
MP4 = Container("mov", "mp4", "mp4", "audio/mp4", "video/mp4")
WEBM = Container("matroska", "webm", "webm", "audio/webm", "video/webm")
ENDINGS = tuple(one.ending for one in (MP3, WAV, FLAC, OGG, AAC, MP4, WEBM))


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """Recording in the store.

    Attributes
    ----------
    media_name : str
        Generated; its file never changes.
    size : int
        In bytes.
    seconds : float or None
        How long it lasts, where the file tells.
    """

    media_name: str
    mimetype: str
    size: int
    seconds: float | None


def container_of(head: bytes) -> Container | None:
    """Return the format that the first bytes of a file tell; None if none is known."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return MP4
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"ID3"):
        return MP3
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Both begin so; layer 0 is no layer of MPEG audio.
        return MP3 if head[1] & 0x06 else AAC
    return None


def is_generated(name: str) -> bool:
    """Tell whether a name is one that recordings get in a store, and no other."""
    return _GENERATED.fullmatch(name) is not None


def store_recording(
    file: BinaryIO, kind: MediaKind, store: MediaStore
) -> StoredRecording:
    """Bring a file that was sent into the store, without its metadata.

    Raises
    ------
    RecordingError
        If it cannot be taken.
    OSError
        If the disk is full.
    StorageAwayError
        If the storage does not answer.
    """
    if not is_installed(Extra.VIDEO):
        raise RecordingError(RecordingFault.SWITCHED_OFF)
    # Only here: FFmpeg takes 20 MB in every process, and few ever need it.
    from app.services.collection.content.remuxing import write_anew

    file.seek(0)
    container = container_of(file.read(HEAD_BYTES))
    mimetype = "" if container is None else getattr(container, kind.value)
    if container is None or not mimetype:
        raise RecordingError(RecordingFault.FORMAT)
    file.seek(0)
    token = secrets.token_hex(16)
    name = f"{token[:2]}/{token}.{container.ending}"
    with tempfile.TemporaryDirectory(prefix="morelli-recording-") as folder:
        path = Path(folder) / f"recording.{container.ending}"
        seconds = write_anew(file, path, kind, container)
        size = path.stat().st_size
        with path.open("rb") as written:
            store.write(name, written)
    return StoredRecording(name, mimetype, size, seconds)
