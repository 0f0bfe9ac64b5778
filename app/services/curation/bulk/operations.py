"""Operations of edits of many works: what becomes of a fact of each of them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.models.collection import AnyWork
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.content.fields import LONGEST_TEXT
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, fact_of
from app.services.collection.subjects import SHOWS, subjects_of, write_statement

PRESENCE = "presence"
"""Field of operations that withdraw works, or let them be found again."""
LONGEST_LINE, LONGEST_TITLE = 1_000, 10_000
"""Characters of a label's field, and of its title."""


class OperationKind(StrEnum):
    """Kind of what is done to a field of many works."""

    SET = "set"
    FILL = "fill"
    """Set where nothing is said."""
    CLEAR = "clear"
    REPLACE = "replace"
    UNIFY = "unify"
    """Give some values another spelling, each its own."""
    ADD_SUBJECT = "add_subject"
    REMOVE_SUBJECT = "remove_subject"
    AS_SEEN = "as_seen"
    """Leave it to the program again what works show."""
    WITHDRAW = "withdraw"
    RESTORE = "restore"


class OperationFault(StrEnum):
    """Reason why an operation cannot be done."""

    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_SUBJECT = "unknown_subject"
    NO_VALUE = "no_value"
    NOTHING_SOUGHT = "nothing_sought"
    TOO_LONG = "too_long"
    NO_WORKS = "no_works"


class OperationError(ValueError):
    """Operation that cannot be done.

    Attributes
    ----------
    fault : OperationFault
    most : int
        Characters that the field may have, where the text is too long.
    """

    def __init__(self, fault: OperationFault, most: int = 0) -> None:
        self.fault, self.most = fault, most
        super().__init__(fault.value)


TEXT_KINDS = (
    OperationKind.SET,
    OperationKind.FILL,
    OperationKind.CLEAR,
    OperationKind.REPLACE,
    OperationKind.UNIFY,
)
SUBJECT_KINDS = (
    OperationKind.ADD_SUBJECT,
    OperationKind.REMOVE_SUBJECT,
    OperationKind.AS_SEEN,
)


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """What is done to each of many works.

    Attributes
    ----------
    kind : OperationKind
    field : str
        By its name as of ``labels.fact_of``; ``PRESENCE`` where works are withdrawn or
        let be found again.
    value : str
        What is set, what the sought text becomes, or a subject.
    sought : str
        What is replaced, letter by letter.
    readings : mapping of str to str
        What values become, where some are unified.
    """

    kind: OperationKind
    field: str
    value: str = ""
    sought: str = ""
    readings: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def check(self) -> None:
        """Do nothing where it can be done.

        Raises
        ------
        OperationError
            If it cannot.
        """
        if self.kind in TEXT_KINDS:
            self._check_text()
        names_subject = (OperationKind.ADD_SUBJECT, OperationKind.REMOVE_SUBJECT)
        if self.kind in names_subject and self.value not in SUBJECTS:
            raise OperationError(OperationFault.UNKNOWN_SUBJECT)

    def after(self, work: AnyWork) -> str:
        """Return what the field of a work says afterwards.

        Raises
        ------
        OperationError
            If that is longer than the field may be.
        """
        before = fact_of(work, self.field)
        kind = self.kind
        if kind is OperationKind.SET or (kind is OperationKind.FILL and not before):
            return self.value
        if kind in (OperationKind.CLEAR, OperationKind.AS_SEEN):
            return ""
        if kind is OperationKind.REPLACE and self.sought in before:
            replaced = before.replace(self.sought, self.value).strip()
            if len(replaced) > longest(self.field):
                raise OperationError(OperationFault.TOO_LONG, longest(self.field))
            return replaced
        if kind is OperationKind.UNIFY:
            return self.readings.get(before, before)
        if kind in SUBJECT_KINDS:
            return self._stated(work, before)
        return before

    def changes_presence(self, work: AnyWork) -> bool:
        """Tell whether it withdraws a work, or lets a withdrawn one be found."""
        if self.kind is OperationKind.WITHDRAW:
            return not work.is_withdrawn
        return self.kind is OperationKind.RESTORE and work.is_withdrawn

    def to_json(self) -> dict[str, Any]:
        """Return what an edit keeps."""
        return {
            "kind": self.kind.value,
            "field": self.field,
            "value": self.value,
            "sought": self.sought,
            "readings": dict(self.readings),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "BulkOperation":
        """Return what :meth:`to_json` was made from."""
        return cls(**{**kept, "kind": OperationKind(kept["kind"])})

    def _check_text(self) -> None:
        is_detail = self.field.startswith(DETAIL) and self.field != DETAIL
        if self.field not in LABEL_COLUMNS and not is_detail:
            raise OperationError(OperationFault.UNKNOWN_FIELD)
        if self.kind in (OperationKind.SET, OperationKind.FILL) and not self.value:
            raise OperationError(OperationFault.NO_VALUE)
        if self.kind is OperationKind.REPLACE and not self.sought:
            raise OperationError(OperationFault.NOTHING_SOUGHT)
        if self.kind is OperationKind.UNIFY and not self.readings:
            raise OperationError(OperationFault.NO_VALUE)
        most = longest(self.field)
        if any(len(text) > most for text in (self.value, *self.readings.values())):
            raise OperationError(OperationFault.TOO_LONG, most)

    def _stated(self, work: AnyWork, before: str) -> str:
        shown = subjects_of(work)
        adds = self.kind is OperationKind.ADD_SUBJECT
        if (self.value in shown) is adds:
            return before
        others = [subject for subject in shown if subject != self.value]
        return write_statement([*others, self.value] if adds else others)


def longest(name: str) -> int:
    """Return how many characters a field may have."""
    if name.startswith(DETAIL):
        return LONGEST_TEXT
    return LONGEST_TITLE if name == "title" else LONGEST_LINE


def subject_operation(kind: OperationKind, subject: str = "") -> BulkOperation:
    """Return an operation on what works show."""
    return BulkOperation(kind, SHOWS, subject)


def presence_operation(kind: OperationKind) -> BulkOperation:
    """Return an operation that withdraws works, or lets them be found again."""
    return BulkOperation(kind, PRESENCE)
