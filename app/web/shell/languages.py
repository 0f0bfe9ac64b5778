"""Language of a page: the visitor’s choice, the browser’s, or the museum's.

Of all that the program speaks the museum may offer some only.
"""

from urllib.parse import quote, unquote, urlsplit

from flask import (
    Blueprint,
    Flask,
    current_app,
    has_request_context,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_security import current_user
from werkzeug.exceptions import HTTPException

from app.configuration.load import Folders
from app.extensions import babel, db
from app.web.shell.museum import museum
from app.web.shell.prefix import asked_path
from app.web.shell.translations import compile_catalogues

bp = Blueprint("languages", __name__)

LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
}
"""Each by its own name, as a visitor looks for it."""
CHOICE = "language"
"""Key of the visitor's choice in the session."""


def register(app: Flask) -> None:
    """Let Flask-Babel ask here for every request, and offer the choice."""
    compiled = Folders(app.config["MORELLI_INSTANCE"]).translations
    compile_catalogues(compiled)
    babel.init_app(
        app,
        default_translation_directories=str(compiled),
        locale_selector=select_language,
    )
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        offered_languages=offered_languages,
        page_address=page_address,
        page_language=page_language,
    )


def offered_languages() -> dict[str, str]:
    """Return the languages that visitors may choose, as ``LANGUAGES``."""
    offered = museum().languages or tuple(LANGUAGES)
    return {code: name for code, name in LANGUAGES.items() if code in offered}


def select_language() -> str:
    """Return the code of the language for this request; commands speak English."""
    if not has_request_context():
        return "en"
    offered = offered_languages()
    chosen = session.get(CHOICE)
    if chosen in offered:
        return str(chosen)
    # Werkzeug's own choice gives English to an Austrian who has it as second best.
    wanted = (
        tag.partition("-")[0].lower() for tag in request.accept_languages.values()
    )
    return next(
        (language for language in wanted if language in offered), museum().language
    )


@bp.post("/language")
def choose() -> ResponseReturnValue:
    """Keep the visitor's choice for this visit, and show the same page again."""
    language = request.form.get("language")
    if language in offered_languages():
        session[CHOICE] = language
        if current_user.is_authenticated:
            current_user.language = language  # of mails, too
            db.session.commit()
    return redirect(own_page(request.form.get("page", "")))


def page_language() -> str:
    """Return the language a page is written in, for ``<html lang>``."""
    return str(get_locale())


def page_address() -> str:
    """Return the path of the present page, with what it was asked for."""
    query = request.query_string.decode(errors="replace")
    return quote(asked_path()) + (f"?{query}" if query else "")


def own_page(address: str) -> str:
    """Return the address of one of our pages; the first page for any other address.

    It is built anew from our own routes, so that nothing a stranger puts into the form
    leads to another site.
    """
    try:
        parts = urlsplit(address)
        endpoint, arguments = current_app.url_map.bind("").match(
            unquote(parts.path).removeprefix(request.script_root), method="GET"
        )
    except (ValueError, HTTPException):
        # No address, no such page, or one that only takes forms.
        return url_for("search.ask")
    query = f"?{parts.query}" if parts.query else ""
    return url_for(endpoint, **arguments) + query
