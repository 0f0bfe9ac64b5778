"""Content of works in the visitor's languages, for templates and views."""

from typing import NamedTuple

from flask import Flask, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from app.models import Artwork, MediaKind, WorkMedia
from app.services.collection.content.fields import (
    CREDIT,
    DESCRIPTION,
    DIMENSIONS,
    STORY,
    Text,
    best,
    nearest,
)
from app.services.collection.content.layout import (
    FieldChoice,
    ShownField,
)
from app.services.collection.content.markup import beginning_of, html_of
from app.services.collection.content.media import shown_media
from app.services.collection.labels import DETAIL
from app.services.collection.subjects import SHOWS
from app.services.collection.vocabulary.codes import Code, codes_of
from app.web.shell.content.wishes import (
    is_foreign,
    language_name,
    layout,
    said_in,
    wishes,
)
from app.web.shell.languages import page_language
from app.web.shell.museum import is_kiosk

BEGINNING_CHARACTERS = 200
"""Of a story, on an answer: what a phone shows beneath the title."""
FIELD_NAMES = {
    STORY: _("Story"),
    DESCRIPTION: _("Description"),
    DIMENSIONS: _("Dimensions"),
    CREDIT: _("Credit line"),
    "title": _("Title"),
    "artist": _("Artist"),
    "date": _("Date"),
    "technique": _("Technique"),
    "type": _("Type"),
    "school": _("School"),
    "location": _("Location"),
    "accession": _("Accession number"),
    "rights": _("Rights"),
    "source": _("Source"),
}
"""What fields are called where no curator chose another name."""


class Beginning(NamedTuple):
    """Beginning of a work's story, and whether the work's page tells more."""

    text: Text
    goes_on: bool


def fact_name(name: str) -> str:
    """Name a fact of an audit trail, by its name as of ``labels.fact_of``."""
    if name == SHOWS:
        return str(gettext("Shows"))
    return str(FIELD_NAMES.get(name, name.removeprefix(DETAIL)))


def register(app: Flask) -> None:
    """Give the templates these functions."""
    functions = (
        *(
            story_beginning,
            fact_name,
            field_name,
            is_foreign,
            language_name,
            media_of,
            rich,
            said_in,
        ),
        *(shown_codes, shown_fields, title_words, transcript, work_title),
    )
    app.jinja_env.globals.update({one.__name__: one for one in functions})


def shown_fields(work: Artwork, *, rich: bool | None = None) -> list[ShownField]:
    """Return the fields that the visitor sees of a work, in their order.

    Parameters
    ----------
    rich : bool, optional
        Only stories and the like, or only the others.
    """
    found = layout().shown(work, wishes())
    return [one for one in found if rich is None or one.choice.is_rich is rich]


def shown_codes(work: Artwork) -> list[tuple[str, str, list[Code]]]:
    """Return the codes of what the visitor sees of a label: field, its name, codes."""
    shown = {one.choice.name: field_name(one.choice) for one in shown_fields(work)}
    names = {"artist": str(FIELD_NAMES["artist"]), **shown}
    found: dict[str, list[Code]] = {}
    for code in codes_of(work):
        if code.field in names:
            found.setdefault(code.field, []).append(code)
    return [(field, names[field], codes) for field, codes in found.items()]


def title_of(work: Artwork) -> Text:
    """Return a work's title in the language that suits the visitor best."""
    texts = layout().texts(work, "title")
    return best(texts, wishes(), layout().language) or Text("", "")


def title_words(work: Artwork) -> str:
    """Return a work's title as plain text, for what holds no markup."""
    return title_of(work).value or gettext("Untitled")


def work_title(work: Artwork) -> Markup:
    """Return a work's title, with its language where that is not the page's."""
    title = title_of(work)
    if not title.value:
        return escape(gettext("Untitled"))
    if not title.language or title.language == page_language():
        return escape(title.value)
    return Markup("<span{}>{}</span>").format(said_in(title.language), title.value)


def story_beginning(work: Artwork) -> Beginning | None:
    """Return how a work's story begins, or its description; None if it has neither."""
    shown = {one.choice.name: one for one in shown_fields(work)}
    found = shown.get(STORY) or shown.get(DESCRIPTION)
    if found is None:
        return None
    text, goes_on = beginning_of(
        found.text.value, BEGINNING_CHARACTERS, is_rich=found.choice.is_rich
    )
    return Beginning(Text(found.text.language, text), goes_on)


def rich(text: Text, choice: FieldChoice) -> Markup:
    """Return a text as HTML: what leaves ``content/markup`` is safe."""
    html = html_of(text.value, is_rich=choice.is_rich, leads_out=not is_kiosk())
    return Markup(html)  # noqa: S704 - it is clean


def transcript(one: WorkMedia) -> Markup:
    """Return what is said in a recording as HTML."""
    return Markup(html_of(one.transcript, is_rich=False))  # noqa: S704 - as above


def field_name(choice: FieldChoice) -> str:
    """Return what a field is called: in the page's language, or the next best."""
    usual = str(FIELD_NAMES.get(choice.name, ""))
    wanted = page_language()
    if (tag := nearest(list(choice.names), wanted)) is not None:
        return choice.names[tag]
    if usual:
        return usual
    named = best(choice.names, wishes(), layout().language)
    return named.value if named else choice.name


def media_of(work: Artwork) -> list[tuple[WorkMedia, str]]:
    """Return a work's media with their addresses, the visitor's languages first.

    Kiosks lead to no other site.
    """
    wanted = wishes()

    def rank(one: WorkMedia) -> int:
        served = (
            place for place, wish in enumerate(wanted) if nearest([one.language], wish)
        )
        return next(served, len(wanted))

    return [
        (
            one,
            one.address
            if one.media_name is None
            else url_for("media.recording", name=one.media_name),
        )
        for one in sorted(shown_media(work), key=rank)
        if one.kind is not MediaKind.LINK or not is_kiosk()
    ]
