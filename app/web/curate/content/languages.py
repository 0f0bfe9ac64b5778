"""Languages that curators choose from."""

from flask_babel import get_locale

from app.models.keys import plain_text

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
