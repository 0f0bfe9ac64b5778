"""Which language a page speaks: the visitor’s choice, the browser’s, or English."""

from flask import Flask, has_request_context, request, session

from app.extensions import babel

LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
}
"""Each by its own name, as a visitor looks for it."""
CHOICE = "language"
"""Key of the visitor's choice in the session."""


def register(app: Flask) -> None:
    """Let Flask-Babel ask here for every request."""
    babel.init_app(app, locale_selector=select_language)


def select_language() -> str:
    """Return the code of the language for this request; commands speak English."""
    if not has_request_context():
        return "en"
    chosen = session.get(CHOICE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"
