"""Languages that a visitor reads, and how texts in others are marked."""

from flask import g, has_request_context, request, session
from flask_babel import get_locale
from markupsafe import Markup

from app.extensions import db
from app.models import Artwork
from app.models.languages import direction_of, normal_tag, primary
from app.services.collection.content.layout import LabelLayout, layout_of
from app.web.shell.languages import CHOICE, page_language

ASKED = "in"
"""Parameter of an address: the language that texts are wanted in."""


def layout() -> LabelLayout:
    """Return the layout that is in force; a page asks for it once."""
    if "label_layout" not in g:
        g.label_layout = layout_of(db.session())
    found: LabelLayout = g.label_layout
    return found


def public_fact(work: Artwork, name: str) -> str:
    """Return what a work's label says in a field; "" where visitors do not see it."""
    return str(getattr(work, name) or "") if layout().is_public(name) else ""


def wishes() -> list[str]:
    """Return the languages that whoever asks reads, the best first.

    What the address asks for, the language that was chosen, the browser's in their
    order, and that of the page.
    """
    asked = [page_language()]
    if has_request_context():
        browser = [tag for tag in request.accept_languages.values() if tag != "*"]
        chosen = session.get(CHOICE, "")
        asked = [request.args.get(ASKED, ""), chosen, *browser, *asked]
    return list(dict.fromkeys(filter(None, map(normal_tag, asked))))


def said_in(language: str) -> Markup:
    """Return the attributes of an element whose text is in a language."""
    if not language:
        return Markup(' dir="auto"')
    return Markup(' lang="{}" dir="{}"').format(language, direction_of(language))


def is_foreign(language: str) -> bool:
    """Tell whether a language is known, and another than the page's."""
    return bool(language) and primary(language) != primary(page_language())


def language_name(language: str) -> str:
    """Return what a language is called in that of the page."""
    names = get_locale().languages
    whole = names.get(language.replace("-", "_"))
    if whole:
        return str(whole)
    name = str(names.get(primary(language)) or language)
    return f"{name} ({language})" if "-" in language else name
