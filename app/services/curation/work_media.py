"""Audited, undoable edits of a work's audio, video and links.

What is removed stays, with its file, for undoing, until it is deleted for good.
"""

import re
from collections.abc import Sequence
from typing import Any, BinaryIO, TypedDict
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, MediaKind, User, WorkMedia, now
from app.models.languages import normal_tag
from app.services.collection.content.media import shown_media
from app.services.collection.content.recordings import store_recording
from app.services.media.store import MediaStore
from app.services.system import audit, deletions
from app.services.system.deletions import Area
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import EventKind, works_data

MEDIA = "media"
"""Action in the audit trail, and key of what an entry holds."""
LONGEST_TITLE, LONGEST_TRANSCRIPT, LONGEST_ADDRESS = 300, 50_000, 2_000
"""Characters."""
_LINE_END = re.compile("\r\n?")


class Said(TypedDict):
    """What a curator says of a recording or a link."""

    language: str
    title: str
    transcript: str


class MediaChangedError(Exception):
    """Conflict: what an undo takes back has changed since, or is deleted for good."""


class AddressError(ValueError):
    """Address that no link may have: another than https, or none at all."""


class MediaEditor:
    """Editor of works' media in somebody's name; commits each edit.

    Parameters
    ----------
    store : MediaStore
        Of the recordings.
    user : User or None
        Who changes; None from the shell.
    tells : bool
        Whether webhooks are told of each edit; no where they are told of all together.
    """

    def __init__(
        self,
        session: Session,
        store: MediaStore,
        user: User | None,
        *,
        tells: bool = True,
    ) -> None:
        self._session = session
        self._tells = tells
        self._store = store
        self._user = user

    def add_recording(
        self, artwork: Artwork, kind: MediaKind, file: BinaryIO, said: Said
    ) -> WorkMedia:
        """Add audio or video after the others. Raises as :func:`store_recording`."""
        stored = store_recording(file, kind, self._store)
        one = WorkMedia(
            kind=kind,
            media_name=stored.media_name,
            mimetype=stored.mimetype,
            size=stored.size,
            seconds=stored.seconds,
            **said,
        )
        return self._add(artwork, one)

    def add_link(self, artwork: Artwork, address: str, said: Said) -> WorkMedia:
        """Add a link after the others, or raise ``AddressError``."""
        one = WorkMedia(kind=MediaKind.LINK, address=safe_address(address), **said)
        return self._add(artwork, one)

    def edit(self, one: WorkMedia, said: Said) -> AuditEntry | None:
        """Say something else of a recording or a link; None if nothing differs."""
        before = snapshot(one.artwork)
        one.language, one.title = said["language"], said["title"]
        one.transcript = said["transcript"]
        return self._record(one.artwork, before)

    def remove(self, one: WorkMedia) -> AuditEntry | None:
        """Take a recording or a link away; it can be brought back."""
        before = snapshot(one.artwork)
        one.removed_at = now()
        return self._record(one.artwork, before)

    def move(self, one: WorkMedia, places: int) -> AuditEntry | None:
        """Move it among the work's, towards the end; negative: the beginning."""
        before = snapshot(one.artwork)
        order = shown_media(one.artwork)
        target = min(max(order.index(one) + places, 0), len(order) - 1)
        order.remove(one)
        order.insert(target, one)
        for position, other in enumerate(order):
            other.position = position
        return self._record(one.artwork, before)

    def delete_for_good(self, one: WorkMedia) -> int:
        """Delete what was removed, with its file; returns as `commit_and_delete`."""
        names = [one.media_name] if one.media_name else []
        self._session.delete(one)
        return deletions.commit_and_delete(
            self._session, Area.RECORDINGS, self._store, names
        )

    def undo(self, entry: AuditEntry) -> AuditEntry:
        """Take a change back; that is a change too.

        Raises
        ------
        MediaChangedError
            If it was taken back already, what it changed has changed since, or is
            deleted for good.
        """
        artwork = entry.artwork
        if artwork is None or audit.is_undone(self._session, entry):
            raise MediaChangedError(entry.subject)
        before = snapshot(artwork)
        there = {one.id: one for one in artwork.media}
        wanted = {one["id"]: one for one in entry.before[MEDIA]}
        if before != entry.after[MEDIA] or not wanted.keys() <= there.keys():
            raise MediaChangedError(entry.subject)
        for number, one in there.items():
            if number in wanted:
                _be(one, wanted[number])
                one.removed_at = None
            elif not one.is_removed:
                one.removed_at = now()
        undone = self._record(artwork, before, undoes=entry)
        if undone is None:
            raise MediaChangedError(entry.subject)
        return undone

    def _add(self, artwork: Artwork, one: WorkMedia) -> WorkMedia:
        before = snapshot(artwork)
        last = max((other.position for other in artwork.media), default=-1)
        one.position = last + 1
        artwork.media.append(one)
        self._session.flush()  # the trail names it by its number
        self._record(artwork, before)
        return one

    def _record(
        self,
        artwork: Artwork,
        before: Sequence[dict[str, Any]],
        undoes: AuditEntry | None = None,
    ) -> AuditEntry | None:
        after = snapshot(artwork)
        if after == list(before):
            return None
        artwork.updated_at = now()
        if self._tells:
            outbox.tell(self._session, EventKind.WORK_CHANGED, works_data([artwork]))
        entry = audit.record(
            self._session,
            MEDIA,
            user=self._user,
            artwork=artwork,
            subject=artwork.accession,
            before={MEDIA: list(before)},
            after={MEDIA: after},
            undoes=undoes,
        )
        self._session.commit()
        return entry


def find_recording(session: Session, name: str) -> WorkMedia | None:
    """Return the recording whose file has a name; None if there is none."""
    meant = select(WorkMedia).where(WorkMedia.media_name == name)
    return session.scalars(meant).one_or_none()


def snapshot(artwork: Artwork) -> list[dict[str, Any]]:
    """Return a work's media as the audit trail remembers them."""
    return [
        {
            "id": one.id,
            "position": one.position,
            "language": one.language or "",
            "title": one.title or "",
            "transcript": one.transcript or "",
        }
        for one in shown_media(artwork)
    ]


def safe_address(text: str) -> str:
    """Return the address of a link, or raise ``AddressError`` if it is not https."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        is_good = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good or len(address) > LONGEST_ADDRESS or any(map(str.isspace, address)):
        raise AddressError(address)
    return address


def said_of(language: str, title: str, transcript: str) -> Said:
    """Return what is said of a recording, as far as it can be kept."""
    return {
        "language": normal_tag(language),
        "title": " ".join(title.split())[:LONGEST_TITLE],
        # Forms end lines otherwise than files do.
        "transcript": _LINE_END.sub("\n", transcript).strip()[:LONGEST_TRANSCRIPT],
    }


def _be(one: WorkMedia, was: dict[str, Any]) -> None:
    one.position, one.language = was["position"], was["language"]
    one.title, one.transcript = was["title"], was["transcript"]
