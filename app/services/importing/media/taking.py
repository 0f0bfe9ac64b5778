"""Taking over of media into works, as was decided."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.models import Artwork, WorkMedia
from app.services.curation.work_media import MEDIA, snapshot
from app.services.importing.judging import RecordJudge
from app.services.importing.media.fetching import WantedRecording
from app.services.importing.media.judging import FoundRecording, MediaDecision
from app.services.importing.media.said import SaidMedia
from app.services.importing.records import Record
from app.services.system.audit import WorkChange


class MediaTaker:
    """Taker of media into the works of a batch."""

    def __init__(self) -> None:
        self._before: dict[Artwork, list[dict[str, Any]]] = {}
        """Media of the works that were there, as they were before."""

    def take(
        self,
        artwork: Artwork,
        decision: MediaDecision | None,
        found: Mapping[SaidMedia, FoundRecording],
    ) -> None:
        """Give a work what is new, after what it has, and change the rest.

        Parameters
        ----------
        found : mapping
            The recordings, brought into the store.
        """
        if decision is None or not decision.changes:
            return
        if artwork.id is not None:  # else making it says so
            self._before.setdefault(artwork, snapshot(artwork))
        for one in decision.back:
            one.removed_at = None
        for one, said in decision.changed:
            one.language, one.title = said["language"], said["title"]
            one.transcript = said["transcript"]
        last = max((one.position for one in artwork.media), default=-1)
        new = (_made(one, found.get(one)) for one in decision.new)
        for position, made in enumerate(filter(None, new), last + 1):
            made.position = position
            artwork.media.append(made)

    def changes(self) -> list[WorkChange]:
        """Return what has changed, once new media have numbers, and forget it."""
        changed = [
            WorkChange(MEDIA, artwork, {MEDIA: before}, {MEDIA: after})
            for artwork, before in self._before.items()
            if (after := snapshot(artwork)) != before
        ]
        self._before.clear()
        return changed


def fetch_recordings(
    judge: RecordJudge, records: Iterable[Record]
) -> dict[str, dict[SaidMedia, FoundRecording]]:
    """Bring the recordings that works are to get into the store, by their works."""
    told = [one for one in records if one.media]
    if not told:
        return {}
    works = judge.works(told)
    wanted: dict[tuple[str, ...], list[WantedRecording]] = {}
    for record in told:
        work = works.get(record.accession)
        there = work.media if work is not None else ()
        hashes = [one.sha256 for one in there if one.sha256]
        for said in judge.wanted_recordings(record, work):
            one = WantedRecording(record.accession, said, hashes)
            # Rows for several pictures may name the same recording each.
            place = (record.accession, said.address, said.file)
            wanted.setdefault(place, []).append(one)
    if not wanted:
        return {}
    # Nothing is read or written while recordings are fetched.
    judge.session.commit()
    found: dict[str, dict[SaidMedia, FoundRecording]] = {}
    taken = judge.recordings.take([first for first, *_same in wanted.values()])
    for first, *same in wanted.values():
        for one in (first, *same):
            had = taken[first.accession, first.said]
            found.setdefault(one.accession, {})[one.said] = had
    return found


def _made(one: SaidMedia, found: FoundRecording | None) -> WorkMedia | None:
    """Return new media of a work; None of a recording that was not fetched."""
    if one.is_link:
        return WorkMedia(kind=one.kind, address=one.address, **one.said)
    if found is None or found.stored is None:
        return None
    return WorkMedia(
        kind=found.kind,
        media_name=found.stored.media_name,
        mimetype=found.stored.mimetype,
        size=found.stored.size,
        seconds=found.stored.seconds,
        source=one.address or one.file,
        sha256=found.sha256,
        **one.said,
    )
