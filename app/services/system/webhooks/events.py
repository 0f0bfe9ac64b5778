"""Events that webhooks are told of: their kinds, what they say, and their bodies.

A body names works, imports and indexes, and counts searches. It never says who did
something, nor anything of a visitor.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from app.models import Artwork, WebhookEvent

COUNT, WORKS, PATH = "count", "works", "path"
"""Keys of what is kept of an event. The path is that of the page that tells more."""
ACCESSION = "accession"


class EventKind(StrEnum):
    """Kind of an event, as its body names it."""

    WORK_ADDED = "work.added"
    """Recorded, or shown again."""
    WORK_CHANGED = "work.changed"
    """Its label, texts, recordings or pictures."""
    WORK_WITHDRAWN = "work.withdrawn"
    WORK_MERGED = "work.merged"
    IMPORT_RECORDED = "import.recorded"
    IMPORT_UNDONE = "import.undone"
    INDEX_LIVE = "index.live"
    PHOTOS_NOT_FOUND = "photos.not_found"
    """Once a day, if there was one."""
    TEST = "webhook.test"


CHOICES = tuple(kind for kind in EventKind if kind is not EventKind.TEST)
"""What a webhook may be told of; a test comes when somebody wants it."""


def works_data(
    works: Iterable[Artwork], more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what an event says of works.

    Parameters
    ----------
    more : mapping, optional
        What it says of each.
    """
    named = [
        {ACCESSION: one.accession, "title": one.title or "", **(more or {})}
        for one in works
    ]
    return {COUNT: len(named), WORKS: named}


def body_of(event: WebhookEvent, public_url: str) -> bytes:
    """Return the body of an event: its kind, its moment, and what it says.

    The same event has the same body, however often it is sent.
    """
    site = public_url.rstrip("/")
    data = dict(event.data)
    if PATH in data:
        data["url"] = f"{site}/{data.pop(PATH)}"
    if WORKS in data:
        data[WORKS] = [{**one, **_addresses(one, site)} for one in data[WORKS]]
    said = {
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "data": data,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _addresses(work: Mapping[str, Any], site: str) -> dict[str, str]:
    number = quote(str(work[ACCESSION]))
    return {
        "url": f"{site}/works/{number}",
        "api_url": f"{site}/api/v1/works/{number}",
    }
