"""Media of a work as visitors get them, and in exports."""

from collections.abc import Callable
from typing import Any

from app.models import Artwork, WorkMedia

AddressOf = Callable[[str], str]
"""From the name of a recording to its address."""


def shown_media(work: Artwork) -> list[WorkMedia]:
    """Return what visitors hear, see and follow, in its order."""
    shown = (one for one in work.media if not one.is_removed)
    return sorted(shown, key=lambda one: (one.position, one.id or 0))


def described_media(work: Artwork) -> list[dict[str, Any]]:
    """Return a work's audio, video and links as values for an export."""
    return [
        {
            "kind": one.kind.value,
            "language": one.language,
            "title": one.title,
            "transcript": one.transcript,
            "address": one.address,
            "name": one.media_name,
            "format": one.mimetype,
            "seconds": one.seconds,
        }
        for one in shown_media(work)
    ]
