"""Captions and transcripts of recordings, as texts."""

import re
from itertools import groupby

from app.services.importing.standards.texts import plain_text

_TIMES = re.compile(r"^[\d:.,]+\s*-->\s*[\d:.,]+.*$")
# In no place two parts fit the same signs, or unclosed marks would take forever.
_CUE_TAG = re.compile(r"</?(?:(?:v|c|b|i|u|lang|ruby|rt)(?:[. ][^<>]*)?|\d[\d:.]*)>")
_VOICE = re.compile(r"<v(?:\.[^ <>]+)? +([^ <>][^<>]*)>")
_SILENT = ("NOTE", "STYLE", "REGION", "X-TIMESTAMP")
"""What begins a block of WebVTT in which nothing is said."""


def transcript_of(data: bytes) -> str:
    r"""Return what is said, of a file of WebVTT, SubRip or plain text.

    Captions become lines without their times; who speaks stands before them.

    >>> transcript_of(b"WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ann>Look &amp; see")
    'Ann: Look & see'
    """
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    text = re.sub("\r\n?", "\n", text).strip()
    if not text.startswith("WEBVTT") and not any(
        _TIMES.match(line) for line in text.split("\n", 3)[:3]
    ):
        return plain_text(text)
    said: list[str] = []
    for block in re.split(r"\n\s*\n", text.removeprefix("WEBVTT")):
        lines = block.strip().split("\n")
        times = [number for number, line in enumerate(lines) if _TIMES.match(line)]
        if not times or lines[0].startswith(_SILENT):
            continue
        spoken = (_plain(line) for line in lines[times[0] + 1 :])
        said += [line for line in spoken if line]
    # Captions that scroll repeat the line before.
    return "\n".join(line for line, _same in groupby(said))


def _plain(line: str) -> str:
    """Return a line of a caption without its marks."""
    line = _VOICE.sub(lambda found: f"{found[1].strip()}: ", line)
    return plain_text(_CUE_TAG.sub("", line))
