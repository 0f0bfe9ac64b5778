"""Languages that curators choose from, and how they are typed."""

from flask_babel import get_locale, gettext

from app.models.keys import plain_text
from app.models.languages import normal_tag
from app.services.importing.columns.content import language_called

USUAL_LANGUAGES = (
    *("de", "en", "fr", "es", "it", "nl", "pt", "pl", "cs", "da", "sv", "uk", "ru"),
    *("tr", "ar", "he", "fa", "zh", "ja", "ko", "la"),
)
"""Offered as one types; any other may be typed."""


def languages_offered() -> list[tuple[str, str]]:
    """Return languages to choose from: the usual ones by their names."""
    names = get_locale().languages
    pairs = [(tag, str(names.get(tag, tag))) for tag in USUAL_LANGUAGES]
    return sorted(pairs, key=lambda pair: plain_text(pair[1]))


def tag_typed(typed: str) -> str:
    """Return the tag of a language that was typed, by its code or its name.

    "" where nothing was typed, or no language is called so.
    """
    return normal_tag(typed) or language_called(typed)


def fault_of_language(typed: str) -> str:
    """Return what is wrong with a language that was typed; "" if nothing is."""
    if not typed.strip() or tag_typed(typed):
        return ""
    sentence = gettext(
        "%(language)s is no language that is known. Please write its code, such as "
        "de, en or pt-BR.",
        language=typed.strip(),
    )
    return str(sentence)
