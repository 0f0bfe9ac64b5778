"""Difference between what a catalogue says of a work's media and what is there.

Nothing is ever taken away, and what a catalogue leaves blank stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.models import MediaKind, WorkMedia
from app.services.collection.content.recordings import StoredRecording, is_generated
from app.services.curation.work_media import Said, said_of
from app.services.importing.media.said import SaidMedia, normal
from app.services.importing.messages import Remark
from app.services.system.links.connections import Refusal

SEPARATOR = "; "
"""Between what is kept as a text."""


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """Recording that a catalogue names, and what was found of it.

    Attributes
    ----------
    kind : MediaKind
        What it is: video without a picture is audio.
    sha256 : str
        Of the file as it was given; "" where none was had.
    stored : StoredRecording or None
        Where it was brought into the store; None where the work has it.
    fault : Remark or None
        Why it cannot be had.
    """

    kind: MediaKind
    sha256: str = ""
    stored: StoredRecording | None = None
    fault: Remark | None = None

    @property
    def is_page(self) -> bool:
        """Whether there is a page where a recording was said to be."""
        return self.fault is not None and self.fault.facts.get("refusal") == (
            Refusal.PAGE.value
        )

    @property
    def is_there(self) -> bool:
        """Whether the work has the same content already."""
        return bool(self.sha256) and self.stored is None and self.fault is None


NOTHING_FOUND: Mapping[SaidMedia, FoundRecording] = {}


@dataclass(slots=True)
class MediaDecision:
    """Decision on what is to be done with a work's media.

    Attributes
    ----------
    new : list of SaidMedia
        What the work has not.
    back : list of WorkMedia
        What was removed, and is named again.
    changed : list of (WorkMedia, Said)
        Of which something else is said.
    untaken : list of SaidMedia
        Recordings that cannot be had.
    is_kept : bool
        Whether the source says something else of what was changed here.
    """

    new: list[SaidMedia] = field(default_factory=list)
    back: list[WorkMedia] = field(default_factory=list)
    changed: list[tuple[WorkMedia, Said]] = field(default_factory=list)
    untaken: list[SaidMedia] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    is_kept: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything of the media changes."""
        return bool(self.new or self.back or self.changed)

    @property
    def recordings(self) -> list[SaidMedia]:
        """New ones that are to be fetched."""
        return [one for one in self.new if not one.is_link]

    def text(self, there: str, said: Iterable[SaidMedia]) -> str:
        """Return what the detail of recordings that were not brought in says then.

        Parameters
        ----------
        there : str
            What it says so far: also what earlier imports wrote, of which some may be
            brought in by now.
        """
        parts = there.split(SEPARATOR) if there else []
        for one in said:
            # A title may hold the separator: its text is several parts.
            own = one.text.split(SEPARATOR)
            place = _place_of(own, parts)
            if one in self.untaken and place is None:
                parts += own
            elif one not in self.untaken and place is not None:
                del parts[place : place + len(own)]
        return SEPARATOR.join(parts)


def judge_media(
    said: Sequence[SaidMedia],
    there: Sequence[WorkMedia],
    found: Mapping[SaidMedia, FoundRecording] = NOTHING_FOUND,
    known: Sequence[SaidMedia] | None = None,
) -> MediaDecision:
    """Say what is to be done with the media that a record names.

    Parameters
    ----------
    said : sequence of SaidMedia
    there : sequence of WorkMedia
        What the work has, and what was removed from it.
    found : mapping
        The recordings that were looked for.
    known : sequence of SaidMedia, optional
        What its source said before; None of what is no source.
    """
    decision = MediaDecision()
    left = sorted(there, key=lambda one: one.is_removed)
    for one in said:
        had = found.get(one)
        own = next((other for other in left if _is_of(other, one, had)), None)
        before = next((old for old in known or () if old.is_same(one)), None)
        if own is not None:
            left.remove(own)
            if own.is_removed and before is not None:
                continue  # a curator took away what the source still names
            _compare(decision, one, own, before if known is not None else one)
            if own.is_removed:
                decision.back.append(own)
        elif had is not None and had.is_page and (page := _page(one)):
            decision.new.append(page)
        elif had is not None and had.fault is not None:
            decision.untaken.append(one)
            decision.remarks.append(had.fault)
        elif had is not None and had.is_there:
            continue  # under another address that the record names, too
        elif before is None:  # else a curator deleted it
            decision.new.append(one)
            if not one.is_link and not one.transcript:
                facts = {"name": one.title or one.name}
                decision.remarks.append(Remark("no_transcript", facts))
    return decision


def _is_of(other: WorkMedia, one: SaidMedia, found: FoundRecording | None) -> bool:
    """Tell whether what a work has is what a catalogue names."""
    if other.kind is MediaKind.LINK:
        is_alike = not one.is_link or other.language == one.language
        return bool(one.address) and other.address == one.address and is_alike
    if one.is_link:
        return False
    if found is not None and found.sha256 and other.sha256 == found.sha256:
        return True
    names = [name for name in (other.source, other.media_name) if name]
    return any(
        place == name or (is_generated(name) and place.endswith(f"/{name}"))
        for place in (one.address, one.file)
        for name in names
    )


def _compare(
    decision: MediaDecision, one: SaidMedia, own: WorkMedia, before: SaidMedia | None
) -> None:
    """Note what a catalogue says otherwise of what is there.

    Parameters
    ----------
    before : SaidMedia or None
        What the source said last; the same as `one` where no curator is to be heeded.
    """
    new, there = one.said, said_of(own.language, own.title, own.transcript)
    old = before.said if before else said_of("", "", "")
    wanted = said_of(own.language, own.title, own.transcript)
    if own.kind is MediaKind.LINK:
        new["transcript"] = ""
    for name in ("language", "title", "transcript"):
        if not new[name] or new[name] == there[name]:
            continue
        if before is one or there[name] == old[name]:
            wanted[name] = new[name]
        elif new[name] != old[name]:
            decision.is_kept = True
    if wanted != there:
        decision.changed.append((own, wanted))


def _page(one: SaidMedia) -> SaidMedia | None:
    """Return the link to the page where a recording is played; None if it is unsafe."""
    return normal(replace(one, kind=MediaKind.LINK, file=""))


def _place_of(own: list[str], parts: list[str]) -> int | None:
    """Return where some parts stand one after the other among others."""
    places = range(len(parts) - len(own) + 1)
    return next((n for n in places if parts[n : n + len(own)] == own), None)
