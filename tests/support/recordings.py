"""Short recordings as curators send them, with what should not be kept of them."""

from io import BytesIO

import av
import numpy as np
from av.audio import AudioStream

SECRET = "Taken by Anna at +48.1372+011.5756/"
RATE = 48_000
CODECS = {
    "webm": "libopus",
    "ogg": "libopus",
    "mp3": "libmp3lame",
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp4": "aac",
    "adts": "aac",
}


def make_recording(kind, *, picture="", seconds=1, cover=False):
    """Return the bytes of a recording of a container's name, with metadata."""
    file = BytesIO()
    with av.open(file, "w", format=kind) as written:
        written.metadata.update({"title": SECRET, "comment": SECRET, "artist": SECRET})
        streams = []
        if picture:
            seen = written.add_stream(picture, rate=10)
            seen.width, seen.height, seen.pix_fmt = 64, 48, "yuv420p"
            streams.append((seen, _pictures(10 * seconds)))
        heard = written.add_stream(CODECS[kind], rate=RATE)
        assert isinstance(heard, AudioStream)
        heard.layout = "mono"
        streams.append((heard, _tone(heard, seconds)))
        for stream, frames in streams:
            for frame in (*frames, None):
                for packet in stream.encode(frame):
                    written.mux(packet)
    return file.getvalue()


def _pictures(count):
    for number in range(count):
        grey = np.full((48, 64, 3), number * 20 % 255, np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
        frame.pts = number
        yield frame


def _tone(stream, seconds):
    times = np.arange(RATE * seconds) / RATE
    tone = (np.sin(2 * np.pi * 440 * times) * 8000).astype(np.int16)
    fitting = av.AudioResampler(format=stream.format, layout="mono", rate=RATE)
    for start in range(0, len(tone), 1024):
        part = tone[None, start : start + 1024]
        frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        yield from fitting.resample(frame)


def made_of(data):
    """Return the kinds of streams of a file, and all metadata in it."""
    with av.open(BytesIO(data)) as read:
        said = [read.metadata, *(stream.metadata for stream in read.streams)]
        return [stream.type for stream in read.streams], said
