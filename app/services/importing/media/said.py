"""Audio, video and links of a work, as catalogues tell of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Self
from urllib.parse import urlsplit

from app.models import MediaKind
from app.services.curation.work_media import AddressError, Said, safe_address, said_of
from app.services.importing.columns.picture_cells import is_address

OTHER_MEDIA = "Recordings and links"
"""Detail that says where audio, video and pages are that could not be brought in."""
AUDIO_ENDINGS = frozenset(
    (*(".mp3", ".m4a", ".aac", ".wav", ".flac"), *(".ogg", ".oga", ".opus", ".weba"))
)
VIDEO_ENDINGS = frozenset((".mp4", ".m4v", ".mov", ".webm", ".ogv", ".mkv"))
STREAM_ENDINGS = frozenset((".m3u8", ".mpd", ".ism"))
"""Of lists of parts, which players put together and nobody keeps."""
SOUNDS = frozenset(
    (
        *("sound", "audio", "ton", "tondokument", "tonaufnahme", "audiodatei", "son"),
        *("sonido", "suono", "geluid", "hörstück", "audioguide", "podcast"),
    )
)
MOVING = frozenset(
    (
        *("video", "film", "movie", "movingimage", "moving-image", "videodatei"),
        *("vidéo", "vídeo", "filmdokument"),
    )
)
"""Words, in small letters, for types of resources."""
UNTOLD = ("application/ogg", "application/octet-stream")
"""Formats that may be audio, video, or something else."""
PAGE_ENDINGS = frozenset(
    (
        *(".html", ".htm", ".xhtml", ".pdf", ".txt", ".vtt", ".srt", ".xml", ".json"),
        *(".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp", ".doc", ".docx"),
        *(".zip", ".glb", ".obj", ".epub"),
    )
)
PLAYED = (
    *("audio/mpeg", "audio/mp3", "audio/mp4", "audio/aac", "audio/x-m4a"),
    *("audio/wav", "audio/x-wav", "audio/ogg", "audio/flac", "audio/webm"),
    *("video/mp4", "video/webm"),
)
"""Formats that are taken, the likeliest to be played first."""


@dataclass(frozen=True, slots=True)
class SaidMedia:
    """Audio, video or link, as a catalogue names it.

    Attributes
    ----------
    kind : MediaKind
    language : str
        As BCP 47 writes it; "" where nobody said.
    title, transcript : str
    address : str
        Of a link, or where a recording can be fetched; "" where only a file is named.
    file : str
        Name of a recording's file among those that were given; "" where none is named.
    """

    kind: MediaKind
    language: str = ""
    title: str = ""
    transcript: str = ""
    address: str = ""
    file: str = ""

    @property
    def is_link(self) -> bool:
        """Whether it is a page elsewhere, and no recording."""
        return self.kind is MediaKind.LINK

    @property
    def said(self) -> Said:
        """What is said of it, as editors have it."""
        return said_of(self.language, self.title, self.transcript)

    @property
    def text(self) -> str:
        """What it is and where, in words: for what cannot be brought in."""
        return " ".join(filter(None, (self.title, self.address or self.file)))

    @property
    def name(self) -> str:
        """Return where it is, as remarks name it."""
        return self.address or self.file

    @property
    def places(self) -> frozenset[tuple[str, ...]]:
        """What it is known by, whatever is said of it: one of these in common."""
        if self.is_link:
            return frozenset({(self.kind, self.address, self.language)})
        named = (("address", self.address), ("file", self.file))
        return frozenset(place for place in named if place[1])

    def is_same(self, other: "SaidMedia") -> bool:
        """Tell whether another one is the same."""
        return not self.places.isdisjoint(other.places)

    def to_json(self) -> dict[str, str]:
        """Return what rows of imports keep."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from."""
        return cls(**{**kept, "kind": MediaKind(kept["kind"])})


def normal(one: SaidMedia) -> SaidMedia | None:
    """Return media as they can be kept; None of a link that leads to no safe page.

    A link without a title is called by the site that it leads to.
    """
    one = replace(one, **one.said)
    if not one.is_link:
        return one
    try:
        address = safe_address(one.address)
    except AddressError:
        return None
    title = one.title or urlsplit(address).hostname or address
    return replace(one, address=address, title=title, transcript="")


def recording_kind(kind: str, mimetype: str, where: str) -> MediaKind | None:
    """Tell whether a resource is a recording that can be kept; None if it is none.

    Parameters
    ----------
    kind : str
        Words for its type, in whichever language.
    mimetype : str
        Format that is said; "" if none is.
    where : str
        Its address, or a file's name.
    """
    ending, mimetype = ending_of(where), mimetype.strip().lower()
    if ending in STREAM_ENDINGS:
        return None
    if mimetype.startswith("audio/") and "mpegurl" not in mimetype:
        return MediaKind.AUDIO
    if mimetype.startswith("video/"):
        return MediaKind.VIDEO
    words = {word.rpartition(":")[2].strip("(),;") for word in kind.lower().split()}
    if "/" in mimetype and mimetype not in UNTOLD:
        return None  # a page, a document
    if ending in VIDEO_ENDINGS:
        return MediaKind.AUDIO if words & SOUNDS else MediaKind.VIDEO
    if ending in AUDIO_ENDINGS:
        return MediaKind.AUDIO
    if ending in PAGE_ENDINGS:
        return None
    if words & MOVING:
        return MediaKind.VIDEO
    return MediaKind.AUDIO if words & SOUNDS else None


def ending_of(where: str) -> str:
    """Return the ending of an address or a name, in small letters."""
    try:
        path = urlsplit(where).path if is_address(where) else where
    except ValueError:
        return ""
    return PurePosixPath(path.replace("\\", "/")).suffix.lower()


def rank_of(mimetype: str, where: str) -> int:
    """Return how likely a form of a recording is to be played, the likeliest first."""
    mimetype = mimetype.strip().lower()
    if mimetype in PLAYED:
        return PLAYED.index(mimetype)
    is_known = ending_of(where) in AUDIO_ENDINGS | VIDEO_ENDINGS
    return len(PLAYED) + (0 if is_known else 1)
