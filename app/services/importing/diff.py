"""What is to be done with a record: compared with what is there.

Nothing is changed here. A dry run shows what is found, recording obeys it; each judges
a row once, and in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.models import Artwork, RowState
from app.services.collection.labels import DETAIL, fact_of
from app.services.collection.pictures import StoredPicture
from app.services.importing.formats import IMAGE, OURS, Reading
from app.services.importing.messages import Remark
from app.services.importing.records import Record


class Policy(StrEnum):
    """What happens to works that are there already."""

    UPDATE = "update"
    """They get the label and the pictures of the table."""
    SKIP = "skip"
    """They stay as they are."""
    CREATE = "create"
    """They are a fault: only new ones are expected."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture that a record names, and what was found of it.

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
    """

    name: str
    sha256: str = ""
    stored: StoredPicture | None = None
    fault: Remark | None = None


@dataclass(slots=True)
class RowDecision:
    """What is to be done with a record.

    Attributes
    ----------
    state : RowState
    remarks : list of Remark
    facts : dict of str to str
        What changes, by name as ``facts.fact_of`` has it; of a new work, all.
    pictures : list of FoundPicture
        Those that the work has not.
    restores, withdraws : bool
    """

    state: RowState
    remarks: list[Remark] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    pictures: list[FoundPicture] = field(default_factory=list)
    restores: bool = False
    withdraws: bool = False


def judge(
    record: Record,
    artwork: Artwork | None,
    found: Sequence[FoundPicture],
    reading: Reading,
    policy: Policy,
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
    """
    faults = [one.fault for one in found if one.fault is not None]
    if artwork is None and record.is_further:
        # Its work is made by an earlier row.
        made = RowDecision(RowState.UPDATED, faults)
        made.pictures = _distinct(found, ())
        made.remarks += _told(made)
        return made
    if artwork is None:
        made = RowDecision(RowState.CREATED, faults, _all_facts(record))
        made.pictures = _distinct(found, ())
        made.withdraws = bool(record.withdrawn)
        if made.withdraws:
            made.remarks.append(Remark("withdrawn"))
        return made
    if not record.is_further and policy is Policy.SKIP:
        return RowDecision(RowState.SKIPPED, [Remark("is_there")])
    if not record.is_further and policy is Policy.CREATE:
        return RowDecision(RowState.FAILED, [Remark("exists")])
    made = RowDecision(RowState.UNCHANGED, faults)
    made.pictures = _distinct(found, [image.sha256 for image in artwork.images])
    if not record.is_further:
        made.facts = differences(record, artwork, reading)
        made.restores = artwork.is_withdrawn and not record.withdrawn
        made.withdraws = bool(record.withdrawn) and not artwork.is_withdrawn
    made.remarks += _told(made)
    if made.facts or made.pictures or made.restores or made.withdraws:
        made.state = RowState.UPDATED
    return made


def differences(record: Record, artwork: Artwork, reading: Reading) -> dict[str, str]:
    """Return what the table says otherwise: a cell that is blank clears.

    Columns that the table has not are left alone.
    """
    details = reading.details.values()
    said = {**record.label}
    said |= {f"{DETAIL}{name}": record.details.get(name, "") for name in details}
    # What manifests tell goes by no columns.
    said |= {f"{DETAIL}{name}": value for name, value in record.details.items()}
    return {
        name: value for name, value in said.items() if fact_of(artwork, name) != value
    }


def must_fetch(
    record: Record, artwork: Artwork | None, reading: Reading, policy: Policy
) -> bool:
    """Tell whether pictures that are on the web have to be fetched for a record.

    A work that is as the table says and has as many pictures is left in peace, so that
    importing a table again does not fetch everything again.
    """
    if not reading.fetches:
        return False
    if artwork is None or record.is_further:
        return True
    if policy is not Policy.UPDATE:
        return False
    return len(artwork.images) < len(record.images) or bool(
        differences(record, artwork, reading)
    )


def uses_media_names(reading: Reading) -> bool:
    """Tell whether pictures are named as this program stores them."""
    return reading.format == OURS and reading.columns.get(IMAGE) == IMAGE


def _all_facts(record: Record) -> dict[str, str]:
    details = {f"{DETAIL}{name}": value for name, value in record.details.items()}
    return {**record.label, **details}


def _distinct(
    found: Sequence[FoundPicture], there: Sequence[str]
) -> list[FoundPicture]:
    """Return the pictures that are usable and not there, each once."""
    usable: Mapping[str, FoundPicture] = {
        one.sha256 or one.name: one for one in found if one.fault is None
    }
    return [one for key, one in usable.items() if key not in there]


def _told(judged: RowDecision) -> list[Remark]:
    remarks = []
    if judged.facts:
        names = ", ".join(name.removeprefix(DETAIL) for name in judged.facts)
        remarks.append(Remark("changed", {"fields": names}))
    if judged.pictures:
        remarks.append(Remark("new_pictures", {"count": len(judged.pictures)}))
    if judged.restores:
        remarks.append(Remark("restored"))
    if judged.withdraws:
        remarks.append(Remark("withdrawn"))
    return remarks
