"""Fields of a work's content, each in any number of languages, and who gets which.

A field of the label says the same in other languages in details that are called by its
name and the language: ``title`` beside ``title@de``. All other fields are details:
``story@en``, ``Provenienz``. What names no language is in the museum's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.models import Artwork
from app.models.languages import parted, primary, wider
from app.services.collection.labels import LABEL_COLUMNS

STORY, DESCRIPTION, DIMENSIONS, CREDIT = "story", "description", "dimensions", "credit"
TEXT_FIELDS = (STORY, DESCRIPTION, DIMENSIONS, CREDIT)
"""Details that are ours and mean the same in every museum."""
LONGEST_TEXT = 100_000
"""Characters of a text in one language: forty pages."""


class Text(NamedTuple):
    """Text and the language that it is in; "" where that is not known."""

    language: str
    value: str


def texts_of(work: Artwork, field: str, language: str = "") -> dict[str, str]:
    """Return what a work says in a field, by language.

    Parameters
    ----------
    field : str
        Of the label, or of a detail without its language.
    language : str
        The museum's own, in which what names none is.
    """
    found = {
        tag: str(value)
        for name, value in (work.details or {}).items()
        if str(value).strip()
        for named, tag in (parted(name),)
        if named == field
    }
    if field in LABEL_COLUMNS and (said := getattr(work, field)):
        found[""] = said
    unsaid = found.pop("", "")
    # A label often repeats what one of the languages says.
    if unsaid and unsaid not in found.values() and language not in found:
        found[language] = unsaid
    return found


def fields_of(work: Artwork) -> list[str]:
    """Return the fields of a work that are no fields of the label, each once."""
    return list(dict.fromkeys(parted(name)[0] for name in work.details))


def best(
    texts: Mapping[str, str], wishes: Iterable[str], language: str = ""
) -> Text | None:
    """Return the text that suits a visitor best; None if there is none.

    Parameters
    ----------
    texts : mapping of str to str
        By language.
    wishes : iterable of str
        Languages that the visitor reads, the best first.
    language : str
        The museum's own, for whoever reads none of the others.
    """
    for wish in (*wishes, language):
        if (tag := nearest(list(texts), wish)) is not None:
            return Text(tag, texts[tag])
    if "" in texts:
        return Text("", texts[""])
    return next((Text(*one) for one in texts.items()), None)


def nearest(tags: Sequence[str], wish: str) -> str | None:
    """Return the language that serves a wish; None if none does.

    >>> nearest(["de", "pt"], "pt-BR"), nearest(["pt-BR"], "pt"), nearest(["de"], "en")
    ('pt', 'pt-BR', None)
    """
    for tag in wider(wish):
        if tag in tags:
            return tag
    code = primary(wish)
    return next((tag for tag in tags if code and primary(tag) == code), None)
