"""Columns that say something to visitors, and the language that they say it in.

Names such as ``title_de``, ``title@pt-BR``, ``Beschreibung`` and ``Story (fr)`` tell
both. What they mean is the name of a detail: ``title@de``, ``description@fr``.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from app.models.languages import named, normal_tag
from app.services.collection.content.fields import (
    CREDIT,
    DESCRIPTION,
    DIMENSIONS,
    STORY,
)
from app.services.collection.labels import DETAIL, LABEL_COLUMNS
from app.services.importing.columns.codes import code_column
from app.services.importing.columns.words import field_named, plain, squeezed

TEXT_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    STORY: {
        "": ("story", "wall text", "label text", "gallery text", "curator comment"),
        "de": ("geschichte", "saaltext", "werktext", "objekttext"),
        "fr": ("histoire", "recit"),
        "es": ("historia", "relato"),
        "it": ("storia", "racconto"),
        "nl": ("verhaal", "zaaltekst"),
    },
    DESCRIPTION: {
        # In French it is the same word: the table does not tell.
        "": ("description", "descriptions", "object description"),
        "de": ("beschreibung", "objektbeschreibung", "werkbeschreibung"),
        "fr": ("descriptif",),
        "es": ("descripcion",),
        "it": ("descrizione",),
        "nl": ("beschrijving", "omschrijving"),
    },
    DIMENSIONS: {
        "": ("dimensions", "dimension", "measurements", "measurement", "extent"),
        "de": ("masse", "mase", "abmessungen", "maszangaben", "massangaben"),
        "es": ("dimensiones", "medidas"),
        "it": ("dimensioni", "misure"),
        "nl": ("afmetingen",),
    },
    CREDIT: {
        "": ("credit line", "creditline", "credit"),
        "fr": ("mention obligatoire",),
        "es": ("linea de credito",),
        "it": ("linea di credito",),
    },
}
"""Words for fields of ours, by the language whose they are; "" for several."""
SITE_LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
"""In which columns name languages."""
NAMED_LANGUAGES = (
    *("en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs", "da", "sv", "fi", "hu"),
    *("el", "ru", "uk", "tr", "ar", "he", "fa", "zh", "ja", "ko", "la", "ca"),
)
ENDINGS = frozenset((*NAMED_LANGUAGES, "nb", "ro", "hr", "sk", "sl", "bg", "eu", "gl"))
"""Codes that end a name after a sign: others are as often words (id, no, to, is)."""
VOCABULARY = re.compile(r"^(?:dcterms|dc|dublin core):\s*", re.IGNORECASE)
"""Begins the names of Dublin Core's properties."""
_MARKED = re.compile(
    r"(?P<base>.+?)\s*(?:@\s*(?P<tag>[\w-]+)|[([](?P<word>[^()\[\]]+)[)\]])"
)
_ENDED = re.compile(
    r"(?P<base>.+?)[\s_.:/-]+(?P<word>[A-Za-zÀ-ÿ]{2,12}(?:[-_][A-Za-z]{2})?)"
)


def content_of(column: str) -> str:
    """Return the detail that a column means by its name; "" if only its own.

    >>> content_of("title_de"), content_of("Beschreibung"), content_of("Story (fr)")
    ('title@de', 'description@de', 'story@fr')
    >>> content_of("artist_id"), content_of("Provenienz [Englisch]"), content_of("x_de")
    ('', 'Provenienz@en', '')
    """
    if coded := code_column(column):
        return coded
    for base, tag, is_marked in _parts(column.strip()):
        field, own_tag = field_meant(base)
        if field in LABEL_COLUMNS:
            if tag:
                return named(field, tag)
        elif field:
            return named(field, tag or own_tag)
        elif tag and is_marked:
            return named(base, tag)
    return ""


def field_meant(name: str) -> tuple[str, str]:
    """Return the field that a name means, and its language; "" where there is none."""
    words = squeezed(VOCABULARY.sub("", name))
    for field, by_language in TEXT_WORDS.items():
        for language, known in by_language.items():
            if words in (word.replace(" ", "") for word in known):
                return field, language
    field = field_named(name)
    return (field, "") if field in LABEL_COLUMNS else ("", "")


def meant_by(name: str) -> str:
    """Return how a reading writes that a column means a detail of a name."""
    return f"{DETAIL}{name}"


def _parts(column: str) -> Iterator[tuple[str, str, bool]]:
    """Yield what a name may be made of: field, language, and whether it is marked."""
    if marked := _MARKED.fullmatch(column):
        word = marked["tag"] or marked["word"] or ""
        if tag := normal_tag(word) or language_called(word):
            yield marked["base"].strip(), tag, True
    if ended := _ENDED.fullmatch(column):
        tag = normal_tag(ended["word"])
        if tag.partition("-")[0] not in ENDINGS:
            tag = language_called(ended["word"])
        if tag:
            yield ended["base"].strip(), tag, False
    yield column, "", False


def language_called(name: str) -> str:
    """Return the tag of a language by its name, in one of the site's; "" for none."""
    return _languages().get(plain(name), "")


@cache
def _languages() -> Mapping[str, str]:
    """Return languages by what the site's languages, and they themselves, call them."""
    found = {}
    for code in NAMED_LANGUAGES:
        for site in (*SITE_LANGUAGES, code):
            found[plain(str(Locale(site).languages.get(code, code)))] = code
    return found
