"""Layout of labels: which fields visitors see, in which order, under which names.

Curators choose it. Until they do, visitors see the label and our own text fields; the
museum's own columns are hidden, since a table may hold what is nobody's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, StoredSetting, User
from app.models.languages import normal_tag, parted
from app.services.collection.content.fields import (
    DESCRIPTION,
    STORY,
    TEXT_FIELDS,
    Text,
    best,
    texts_of,
)
from app.services.collection.labels import LABEL_COLUMNS
from app.services.system import audit

NAME = "layout"
"""Of the setting, and of the action in the trail of changes."""
ACCESSION = "accession"
LABEL_FIELDS = (
    *("date", "technique", "type", "school", "location", ACCESSION),
    *("rights", "source"),
)
"""Of the label, in the order that they are shown in; title and artist head it."""
HEADING = ("title", "artist")
OURS = (STORY, DESCRIPTION, *LABEL_FIELDS, *TEXT_FIELDS[2:])
RICH = (STORY, DESCRIPTION)
LONGEST_NAME = 200
"""Characters of what a field is called in one language."""
MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a curator chose for a field.

    Attributes
    ----------
    name : str
        Without a language: of the label, of a text field, or of the museum's own.
    is_shown : bool
    is_rich : bool
        Whether its texts are Markdown.
    names : mapping of str to str
        What it is called, by language; where it is not, by its usual name.
    """

    name: str
    is_shown: bool = True
    is_rich: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


class ShownField(NamedTuple):
    """Field of a work as a visitor gets it."""

    choice: FieldChoice
    text: Text
    others: tuple[str, ...]
    """Languages that it is in besides."""


@dataclass(frozen=True, slots=True)
class LabelLayout:
    """Layout of all labels.

    Attributes
    ----------
    fields : tuple of FieldChoice
        Known ones, in their order.
    language : str
        The museum's own, of texts that name none; "" where nobody said.
    """

    fields: tuple[FieldChoice, ...] = ()
    language: str = ""

    def of(self, name: str) -> FieldChoice:
        """Return what was chosen for a field; an unknown one is hidden."""
        found = (one for one in self.fields if one.name == name)
        return next(found, FieldChoice(name, is_shown=False))

    def shown(
        self, work: Artwork, wishes: Sequence[str], *, hidden: Iterable[str] = ()
    ) -> list[ShownField]:
        """Return the fields that a visitor sees of a work, in their order.

        Parameters
        ----------
        wishes : sequence of str
            Languages that the visitor reads, the best first.
        hidden : iterable of str
            Fields that are shown elsewhere.
        """
        found = []
        left_out = {*hidden}
        for choice in self.fields:
            if choice.is_shown and choice.name not in left_out:
                texts = self.texts(work, choice.name)
                if text := best(texts, wishes, self.language):
                    others = tuple(tag for tag in texts if tag != text.language)
                    found.append(ShownField(choice, text, others))
        return found

    def texts(self, work: Artwork, name: str) -> dict[str, str]:
        """Return what a work says in a field, by language."""
        if name == ACCESSION:
            return {"": work.accession}
        return texts_of(work, name, self.language)

    def is_public(self, name: str) -> bool:
        """Tell whether visitors may see a fact, by its name with its language."""
        name = parted(name)[0]
        return name in HEADING or self.of(name).is_shown

    def with_fields(self, names: Iterable[str]) -> "LabelLayout":
        """Return the layout with further fields at its end, hidden."""
        known = {one.name for one in self.fields} | {*HEADING}
        more = (FieldChoice(one, is_shown=False) for one in names if one not in known)
        return replace(self, fields=(*self.fields, *more))

    def to_json(self) -> dict[str, Any]:
        """Return what the setting keeps."""
        return {
            "language": self.language,
            "fields": [
                {
                    "name": one.name,
                    "is_shown": one.is_shown,
                    "is_rich": one.is_rich,
                    "names": dict(one.names),
                }
                for one in self.fields
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "LabelLayout":
        """Return what :meth:`to_json` was made from, with fields that came since."""
        fields = tuple(FieldChoice(**one) for one in kept["fields"])
        known = {one.name for one in fields}
        new = tuple(one for one in USUAL.fields if one.name not in known)
        return cls((*fields, *new), normal_tag(kept["language"]))


USUAL = LabelLayout(tuple(FieldChoice(name, is_rich=name in RICH) for name in OURS))
"""Until a curator chooses another one."""


class LayoutChangedError(Exception):
    """Conflict: the layout is no longer as it was when the change began."""


def layout_of(session: Session) -> LabelLayout:
    """Return the layout that is in force."""
    setting = session.get(StoredSetting, NAME)
    return LabelLayout.from_json(setting.value) if setting else USUAL


def keep_layout(
    session: Session,
    layout: LabelLayout,
    user: User | None,
    *,
    undoes: AuditEntry | None = None,
) -> AuditEntry | None:
    """Put a layout in force and write that down; None if it is; commits."""
    before = layout_of(session)
    if before == layout:
        return None
    session.merge(StoredSetting(name=NAME, value=layout.to_json()))
    entry = audit.record(
        session,
        NAME,
        user=user,
        before=before.to_json(),
        after=layout.to_json(),
        undoes=undoes,
    )
    session.commit()
    return entry


def take_back(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Put the layout in force that was before a change; commits.

    Raises
    ------
    LayoutChangedError
        If it was taken back already, or the layout has changed since.
    """
    is_there = layout_of(session) == LabelLayout.from_json(entry.after)
    if audit.is_undone(session, entry) or not is_there:
        raise LayoutChangedError
    keep_layout(session, LabelLayout.from_json(entry.before), user, undoes=entry)


def known_fields(session: Session) -> dict[str, int]:
    """Count the works that say something in each field beyond the label's own."""
    counts: dict[str, int] = {}
    for details in session.scalars(select(Artwork.details)).yield_per(1000):
        for name in {parted(one)[0] for one in details}:
            if name not in LABEL_COLUMNS:
                counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))
