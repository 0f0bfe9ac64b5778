"""Remuxing by FFmpeg: sound and picture copied into a new file, nothing else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import BinaryIO

import av
from av.audio import AudioStream
from av.container import InputContainer, OutputContainer
from av.video import VideoStream

from app.models import MediaKind
from app.services.collection.content import recordings
from app.services.collection.content.recordings import (
    CODECS,
    MP3,
    Container,
    RecordingError,
    RecordingFault,
)

MOST_COPIED = 2
"""Times that what is copied may be larger than the file: an index may name the same
bytes again and again."""


def write_anew(
    file: BinaryIO, path: Path, kind: MediaKind, container: Container
) -> float:
    """Copy sound and picture into a new file; return how long it lasts, in seconds.

    Raises
    ------
    RecordingError
        If the file cannot be taken.
    OSError
        If the disk is full.
    """
    try:
        return _copy(file, path, kind, container)
    except (av.FFmpegError, ValueError, IndexError) as error:
        if isinstance(error, OSError) and error.errno == ENOSPC:
            raise OSError(error.errno, "no space left") from error
        raise RecordingError(RecordingFault.BROKEN) from error


def _copy(file: BinaryIO, path: Path, kind: MediaKind, container: Container) -> float:
    left = MOST_COPIED * file.seek(0, os.SEEK_END)
    file.seek(0)
    with _reading(file, container) as source:
        wanted: list[AudioStream | VideoStream] = [*source.streams.audio[:1]]
        if kind is MediaKind.VIDEO:
            wanted = [*source.streams.video[:1], *wanted]
        kinds = {stream.type for stream in wanted}
        if kind.value not in kinds:
            raise RecordingError(RecordingFault.SILENT)
        for stream in wanted:
            if stream.codec_context.name not in CODECS[MediaKind(stream.type)]:
                raise RecordingError(RecordingFault.CODEC)
        options = {"fflags": "+bitexact"}
        if container.muxer == "mp4":
            options["movflags"] = "+faststart"  # played before all of it is there
        if container is MP3:
            options |= {"id3v2_version": "0", "write_xing": "0"}
        last = 0.0
        with _writing(path, container, options) as written:
            copies = {one.index: _copied_stream(written, one) for one in wanted}
            for packet in source.demux(*wanted):
                if packet.dts is None or packet.time_base is None:
                    continue
                left -= packet.size
                if packet.is_corrupt or left < 0:
                    raise RecordingError(RecordingFault.BROKEN)
                end = (packet.pts or packet.dts) + (packet.duration or 0)
                last = max(last, float(end * packet.time_base))
                if last > recordings.LONGEST_SECONDS:
                    raise RecordingError(RecordingFault.LENGTH)
                packet.stream = copies[packet.stream.index]
                written.mux(packet)
    if not last:
        raise RecordingError(RecordingFault.BROKEN)
    return round(last, 1)


def _copied_stream(
    written: OutputContainer, one: AudioStream | VideoStream
) -> AudioStream | VideoStream:
    copy = written.add_stream_from_template(one)
    copy.metadata.clear()
    if isinstance(copy, VideoStream) and (rate := one.average_rate):
        # WebM says how long a picture lasts once for all of them. Without that the
        # last one lasts no time, and a copy of the copy is shorter by a picture.
        copy.codec_context.framerate = rate
    return copy


@contextmanager
def _reading(file: BinaryIO, container: Container) -> Iterator[InputContainer]:
    with av.open(file, "r", format=container.demuxer, metadata_errors="replace") as one:
        yield one


@contextmanager
def _writing(
    path: Path, container: Container, options: dict[str, str]
) -> Iterator[OutputContainer]:
    with av.open(str(path), "w", format=container.muxer, options=options) as one:
        yield one
