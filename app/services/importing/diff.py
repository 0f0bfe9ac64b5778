"""Difference between a record and the stored work, and the decision that follows.

Nothing is changed here. A dry run shows what is found, recording obeys it; each judges
a row once, and in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.models import Artwork, RowState
from app.services.collection.labels import DETAIL, fact_of
from app.services.collection.pictures import StoredPicture
from app.services.collection.vocabulary.codes import COLUMNS, codes_by_column
from app.services.importing.columns.reading import Reading
from app.services.importing.media.judging import (
    NOTHING_FOUND,
    FoundRecording,
    MediaDecision,
    judge_media,
)
from app.services.importing.media.said import OTHER_MEDIA, SaidMedia
from app.services.importing.messages import GONE, Remark
from app.services.importing.records import Record
from app.services.importing.sync.merging import LastSaid, merged


class Policy(StrEnum):
    """Policy for works that are there already."""

    UPDATE = "update"
    """They get the label and the pictures of the table."""
    SKIP = "skip"
    """They stay as they are."""
    CREATE = "create"
    """They are a fault: only new ones are expected."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """Picture that a record names, and what was found of it.

    Attributes
    ----------
    name : str
        As the record has it.
    sha256 : str
        Of the original bytes; "" where it was not looked at.
    stored : StoredPicture or None
        Where it was brought into the media folder.
    fault : Remark or None
        Why it cannot be had.
    remarks : tuple of Remark
        What is to be said of it although it can.
    """

    name: str
    sha256: str = ""
    stored: StoredPicture | None = None
    fault: Remark | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class RowDecision:
    """Decision on what is to be done with a record.

    Attributes
    ----------
    facts : dict of str to str
        What changes, by name as ``labels.fact_of`` has it; of a new work, all.
    pictures : list of FoundPicture
        Those that the work has not.
    described : frozenset of str
        Hashes of those that it has, of which something else is said.
    media : MediaDecision or None
        What becomes of audio, video and links; None where none are named.
    """

    state: RowState
    remarks: list[Remark] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    pictures: list[FoundPicture] = field(default_factory=list)
    described: frozenset[str] = frozenset()
    restores: bool = False
    withdraws: bool = False
    media: MediaDecision | None = None

    @property
    def changes(self) -> bool:
        """Whether anything of the work changes."""
        pictures = self.pictures or self.described
        has_media = self.media is not None and self.media.changes
        return bool(
            self.facts or pictures or self.restores or self.withdraws or has_media
        )


def judge(
    record: Record,
    artwork: Artwork | None,
    found: Sequence[FoundPicture],
    reading: Reading,
    policy: Policy,
    known: LastSaid | None = None,
    recordings: Mapping[SaidMedia, FoundRecording] = NOTHING_FOUND,
) -> RowDecision:
    """Say what is to be done with a record.

    Parameters
    ----------
    record : Record
        Without a fault.
    artwork : Artwork or None
        The work of its number, if there is one.
    found : sequence of FoundPicture
        Its pictures; those that need not be looked at may be missing.
    reading : Reading
    policy : Policy
    known : LastSaid, optional
        What its source said of the work before.
    recordings : mapping of SaidMedia to FoundRecording
        Those that were looked for.
    """
    if record.is_gone:
        return _let_go(artwork)
    faults = [one.fault for one in found if one.fault is not None]
    remarks = [*record.remarks, *faults]
    there = [image.sha256 for image in artwork.images] if artwork is not None else []
    said = [remark for one in found for remark in one.remarks]
    pictures = _distinct(found, there)
    decision = RowDecision(RowState.UNCHANGED, [*remarks, *said], pictures=pictures)
    if artwork is None and not record.is_further:
        decision.state, decision.facts = RowState.CREATED, record.facts
        decision.withdraws = bool(record.withdrawn)
    elif artwork is not None and not record.is_further:
        if policy is Policy.SKIP:
            return RowDecision(RowState.SKIPPED, [Remark("is_there")])
        if policy is Policy.CREATE:
            return RowDecision(RowState.FAILED, [Remark("exists")])
        decision.facts = differences(record, artwork, reading)
        decision.restores = artwork.is_withdrawn and not record.withdrawn
        if known is not None:
            _heed(decision, record, artwork, known)
        decision.withdraws = bool(record.withdrawn) and not artwork.is_withdrawn
    if artwork is not None and record.about:
        named = {one.sha256 for one in found}
        decision.described = frozenset(
            image.sha256
            for image in artwork.images
            if image.sha256 in named and image.about != record.about
        )
    if record.media:
        there_media = artwork.media if artwork is not None else ()
        before = known.media if known else None
        decision.media = judge_media(record.media, there_media, recordings, before)
        decision.remarks += decision.media.remarks
        _settle_text(decision, decision.media, record, artwork)
    decision.remarks += _told(decision)
    # The work of a further row that is not there is made by an earlier row.
    if decision.state is RowState.UNCHANGED and (artwork is None or decision.changes):
        decision.state = RowState.UPDATED
    return decision


def differences(record: Record, artwork: Artwork, reading: Reading) -> dict[str, str]:
    """Return what the table says otherwise: a cell that is blank clears.

    Columns that the table has not are left alone, and so are those that the row is too
    short for.
    """
    names = (*reading.details.values(), *reading.left)
    blank = {f"{DETAIL}{name}": "" for name in names}
    # What manifests tell goes by no columns.
    said = {**record.label, **blank, **record.facts}
    return {
        name: value
        for name, value in said.items()
        if name not in record.absent
        and fact_of(artwork, name) != value
        and not _is_shared(artwork, name, value)
    }


def _is_shared(artwork: Artwork, name: str, value: str) -> bool:
    """Tell whether a code is that of a work's term: it need not state it itself."""
    column = name.removeprefix(DETAIL)
    return column in COLUMNS and codes_by_column(artwork).get(column) == value


def _heed(
    decision: RowDecision, record: Record, artwork: Artwork, known: LastSaid
) -> None:
    """Let a source change only what nobody else has changed since it last spoke."""
    names = {*record.facts, *known.facts}
    there = {name: fact_of(artwork, name) for name in names}
    decision.facts, kept = merged(record.facts, known.facts, there)
    if kept:
        fields = ", ".join(name.removeprefix(DETAIL) for name in kept)
        decision.remarks.append(Remark("kept", {"fields": fields}))
    # What a curator withdrew stays so; what was gone from the source is there again.
    decision.restores = decision.restores and known.is_gone
    decision.pictures = [
        one for one in decision.pictures if one.name not in known.images
    ]


def _settle_text(
    decision: RowDecision,
    media: MediaDecision,
    record: Record,
    artwork: Artwork | None,
) -> None:
    """Let a detail say where recordings are that could not be brought in."""
    name = f"{DETAIL}{OTHER_MEDIA}"
    there = fact_of(artwork, name) if artwork is not None else ""
    text = media.text(decision.facts.get(name, there), record.media)
    decision.facts.pop(name, None)
    # The work of a further row that is not there gets it once it is.
    if text != there and (artwork is not None or not record.is_further):
        decision.facts[name] = text


def _let_go(artwork: Artwork | None) -> RowDecision:
    """Say what is to be done with what its source has no more."""
    if artwork is None or artwork.is_withdrawn:
        return RowDecision(RowState.SKIPPED)
    return RowDecision(RowState.UPDATED, [Remark(GONE)], withdraws=True)


def _distinct(
    found: Sequence[FoundPicture], there: Sequence[str]
) -> list[FoundPicture]:
    """Return the pictures that are usable and not there, each once."""
    usable = {one.sha256 or one.name: one for one in found if one.fault is None}
    return [one for key, one in usable.items() if key not in there]


def _told(decision: RowDecision) -> list[Remark]:
    remarks = []
    is_new = decision.state is RowState.CREATED
    if decision.facts and not is_new:
        names = ", ".join(name.removeprefix(DETAIL) for name in decision.facts)
        remarks.append(Remark("changed", {"fields": names}))
    if decision.described:
        remarks.append(Remark("described", {"count": len(decision.described)}))
    if decision.pictures and not is_new:
        remarks.append(Remark("new_pictures", {"count": len(decision.pictures)}))
    if decision.media is not None and not is_new:
        media = decision.media
        for code, count in (
            ("new_media", len(media.new) + len(media.back)),
            ("changed_media", len(media.changed)),
        ):
            if count:
                remarks.append(Remark(code, {"count": count}))
        if media.is_kept:
            remarks.append(Remark("kept", {"fields": OTHER_MEDIA}))
    if decision.restores:
        remarks.append(Remark("restored"))
    if decision.withdraws:
        remarks.append(Remark("withdrawn"))
    return remarks
