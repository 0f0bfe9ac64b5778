"""Audited, undoable merging of works: one pair, or many in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    AuditEntry,
    ImageFeatures,
    MergedNumber,
    User,
    now,
)
from app.models.words import write_words_of
from app.services.collection.labels import fact_of, set_facts, version_of
from app.services.collection.subjects import settle
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.merging import references
from app.services.curation.merging.choosing import FieldRule, field_pairs, taken_facts
from app.services.curation.work_images import arrange_pictures, pictures_of
from app.services.index.changes import announce
from app.services.system import audit
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import COUNT, WORKS, EventKind, works_data

MERGE, MERGE_ALL = "merge", "merge_all"
"""Actions in the audit trail: of a pair, and of many in one go."""
ACTIONS = (MERGE, MERGE_ALL)
MOST_NAMED = 5
"""Pairs that the entry of many names."""


class Merger:
    """Merger of works in somebody's name; commits.

    The merged work is withdrawn and keeps what it says and shows, its number leads to
    the kept one, and so does all that named it.
    """

    def __init__(self, session: Session, user: User | None) -> None:
        self._session = session
        self._user = user

    def merge(
        self,
        kept: Artwork,
        gone: Artwork,
        facts: Mapping[str, str],
        *,
        seen: tuple[str, str] | None = None,
    ) -> AuditEntry:
        """Merge a work into another one.

        Parameters
        ----------
        facts : mapping of str to str
            What the kept work is to say otherwise, by names as of ``labels.fact_of``.
        seen : (str, str), optional
            The ``labels.version_of`` both when they were read.

        Raises
        ------
        ChangedMeanwhileError
            If one of them is withdrawn, both are the same, or one was changed since.
        """
        versions = version_of(kept), version_of(gone)
        if not _are_two(kept, gone) or (seen is not None and seen != versions):
            raise ChangedMeanwhileError(gone.accession)
        entry = self._merge(kept, gone, facts)
        self._tell_merged([(kept, gone)])
        self._session.commit()
        return entry

    def merge_all(
        self, pairs: Sequence[tuple[Artwork, Artwork]], rule: FieldRule
    ) -> AuditEntry | None:
        """Merge the second of each pair into the first, all or none; None of none.

        Pairs whose works are not both on show any more are passed over.
        """
        entries, merged = [], []
        for kept, gone in pairs:
            if _are_two(kept, gone):
                facts = taken_facts(field_pairs(kept, gone, rule))
                entries.append(self._merge(kept, gone, facts))
                merged.append((kept, gone))
        if not entries:
            return None
        self._tell_merged(merged)
        self._session.flush()
        together = audit.record(
            self._session,
            MERGE_ALL,
            user=self._user,
            subject=", ".join(entry.subject for entry in entries[:MOST_NAMED]),
            after={"entries": [entry.id for entry in entries]},
        )
        self._session.commit()
        return together

    def undo(self, entry: AuditEntry) -> int:
        """Take a merge back, or those of many that can be; return how many that is.

        Raises
        ------
        ChangedMeanwhileError
            If it was taken back already, or what it changed has changed since; of
            many, if that is so of each.
        """
        if audit.is_undone(self._session, entry):
            raise ChangedMeanwhileError(entry.subject)
        if entry.action == MERGE:
            self._tell_parted([self._undo(entry)])
            self._session.commit()
            return 1
        parted: list[Artwork] = []
        # The last first: one work may have taken up several.
        for number in reversed(entry.after["entries"]):
            one = self._session.get(AuditEntry, number)
            if one is not None and not audit.is_undone(self._session, one):
                try:
                    parted.append(self._undo(one))
                except ChangedMeanwhileError:
                    continue
        if not parted:
            raise ChangedMeanwhileError(entry.subject)
        audit.record(
            self._session,
            MERGE_ALL,
            user=self._user,
            subject=entry.subject,
            after={"entries": []},
            undoes=entry,
        )
        self._tell_parted(parted)
        self._session.commit()
        return len(parted)

    def _tell_merged(self, pairs: Sequence[tuple[Artwork, Artwork]]) -> None:
        """Let webhooks know which works were merged, as one event."""
        works = [
            one
            for kept, gone in pairs
            for one in works_data([gone], {"merged_into": kept.accession})[WORKS]
        ]
        data = {COUNT: len(works), WORKS: works}
        outbox.tell(self._session, EventKind.WORK_MERGED, data)

    def _tell_parted(self, works: Sequence[Artwork]) -> None:
        """Let webhooks know which works are on show again, as one event."""
        outbox.tell(self._session, EventKind.WORK_ADDED, works_data(works))

    def _merge(
        self, kept: Artwork, gone: Artwork, facts: Mapping[str, str]
    ) -> AuditEntry:
        session = self._session
        before = {name: fact_of(kept, name) for name in facts}
        changed = {name: new for name, new in facts.items() if before[name] != new}
        pictures = pictures_of(kept)
        hashes = {picture["sha256"] for picture in pictures}
        taken = [one for one in pictures_of(gone) if one["sha256"] not in hashes]
        with session.no_autoflush:
            set_facts(kept, changed)
            arrange_pictures(kept, [*pictures, *taken])
            _copy_features(gone, kept)
            settle(kept)
            gone.withdrawn_at = kept.updated_at = gone.updated_at = now()
        session.flush()
        moved = references.move(session, gone, kept)
        session.merge(MergedNumber(accession=gone.accession, artwork_id=kept.id))
        session.flush()
        write_words_of(session, [kept])
        announce(session, [kept, gone])
        return audit.record(
            session,
            MERGE,
            user=self._user,
            artwork=kept,
            subject=f"{gone.accession} → {kept.accession}",
            before={
                "facts": {name: before[name] for name in changed},
                "images": pictures,
            },
            after={
                "facts": changed,
                "images": pictures_of(kept),
                "work": gone.id,
                "moved": moved,
            },
        )

    def _undo(self, entry: AuditEntry) -> Artwork:
        """Take one merge back, or change nothing; return the work that is back."""
        session, kept = self._session, entry.artwork
        gone = (
            session.get(Artwork, entry.after["work"]) if "work" in entry.after else None
        )
        if kept is None or gone is None or not gone.is_withdrawn:
            raise ChangedMeanwhileError(entry.subject)
        merged = session.get(MergedNumber, gone.accession)
        said = {name: fact_of(kept, name) for name in entry.after["facts"]}
        if (
            merged is None
            or merged.artwork_id != kept.id
            or said != entry.after["facts"]
            or pictures_of(kept) != entry.after["images"]
        ):
            raise ChangedMeanwhileError(entry.subject)
        references.move_back(session, gone, kept, entry.after["moved"])
        session.delete(merged)
        with session.no_autoflush:
            set_facts(kept, entry.before["facts"])
            arrange_pictures(kept, entry.before["images"])
            settle(kept)
            gone.withdrawn_at = None
            kept.updated_at = gone.updated_at = now()
        session.flush()
        write_words_of(session, [kept, gone])
        announce(session, [kept, gone])
        audit.record(
            session,
            MERGE,
            user=self._user,
            artwork=kept,
            subject=entry.subject,
            undoes=entry,
        )
        session.flush()
        return gone


def _are_two(kept: Artwork, gone: Artwork) -> bool:
    return kept is not gone and not (kept.is_withdrawn or gone.is_withdrawn)


def _copy_features(gone: Artwork, kept: Artwork) -> None:
    """Give pictures that were taken over what was computed of them."""
    known = {image.sha256: image for image in gone.images}
    for image in kept.images:
        source = known.get(image.sha256)
        if source is not None and not inspect(image).persistent:
            image.seen_subjects = source.seen_subjects
            image.features = [ImageFeatures(**_columns(one)) for one in source.features]


def _columns(features: ImageFeatures) -> dict[str, Any]:
    """Return what features are, without whose they are."""
    names = {one.key for one in inspect(ImageFeatures).column_attrs}
    return {
        name: getattr(features, name)
        for name in sorted(names - {"id", "image_id", "created_at"})
    }
