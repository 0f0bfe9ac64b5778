"""What exports say of a work beyond its label: texts by field and by language."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.models import Artwork
from app.models.languages import parted
from app.services.collection.content.fields import Text
from app.services.collection.labels import LABEL_COLUMNS
from app.services.collection.vocabulary.codes import COLUMNS

IsPublic = Callable[[str], bool]
"""Tells of the name of a fact whether everybody may read it."""


class FieldTexts(NamedTuple):
    """Field and its texts, each with its language."""

    field: str
    texts: list[Text]


def everything(_name: str) -> bool:
    """Tell of every fact that it may be read: in exports of the museum's own."""
    return True


def fields_said(work: Artwork, is_public: IsPublic = everything) -> list[FieldTexts]:
    """Return a work's fields beyond its label and its codes, with their texts."""
    found: dict[str, list[Text]] = {}
    for field, text in _said(work, is_public):
        if field not in LABEL_COLUMNS and field not in COLUMNS:
            found.setdefault(field, []).append(text)
    return [FieldTexts(*one) for one in found.items()]


def labels_said(work: Artwork, field: str) -> list[Text]:
    """Return what a label says in a field: first itself, then in other languages."""
    others = [text for name, text in _said(work, everything) if name == field]
    said = str(getattr(work, field) or "")
    alike = next((text for text in others if text.value == said), None)
    if alike is not None:
        others.remove(alike)
        return [alike, *others]
    return [Text("", said), *others] if said else others


def _said(work: Artwork, is_public: IsPublic) -> Iterator[tuple[str, Text]]:
    for name, value in (work.details or {}).items():
        if str(value).strip() and is_public(name):
            field, language = parted(name)
            yield field, Text(language, str(value))
