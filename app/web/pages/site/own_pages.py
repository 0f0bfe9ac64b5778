"""Own pages of the museum, such as its imprint, in the visitor's language."""

from flask import Blueprint, abort, render_template
from flask_babel import get_locale
from markupsafe import Markup

from app.extensions import db
from app.services.site.editing import find_page
from app.services.site.rich_text import render
from app.web.shell.museum import is_kiosk, museum

bp = Blueprint("own_pages", __name__)


@bp.get("/pages/<slug>")
def show(slug: str) -> str:
    """Show an own page; a kiosk's has no links to other sites."""
    page = find_page(db.session(), slug)
    if page is None:
        abort(404)
    titles = {code: one["title"] for code, one in page.texts.items()}
    # Where only the title is translated, the text that there is says more.
    told = {code: title for code, title in titles.items() if page.texts[code]["text"]}
    chosen = museum().in_language(told or titles, str(get_locale()))
    if chosen is None:
        abort(404)
    language, title = chosen
    html = render(page.texts[language]["text"], leads_out=not is_kiosk())
    return render_template(
        "own_page.html",
        page=page,
        title=title,
        language=language,
        # Only what nh3 has let through.
        text=Markup(html),  # noqa: S704
    )
