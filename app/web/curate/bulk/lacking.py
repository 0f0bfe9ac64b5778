"""Page of what works lack, with the list of those that do."""

from flask import Blueprint, render_template

from app.extensions import db
from app.services.collection.lacking import PLAIN, count_lacking
from app.services.curation import stubs
from app.web.curate.bulk.names import lacking_name, language_name
from app.web.shell.content.wishes import layout
from app.web.shell.museum import museum

bp = Blueprint("curate_lacking", __name__, url_prefix="/curate/care/lacking")


@bp.get("/")
def show() -> str:
    """Show how many works on show lack what; each figure leads to these works."""
    own = layout().language or museum().language
    languages = [tag for tag in museum().languages if tag != own]
    counts = count_lacking(db.session(), languages)
    in_languages = {
        language_name(tag): [name for name in counts if name.endswith(f"@{tag}")]
        for tag in languages
    }
    return render_template(
        "curate/bulk/lacking.html",
        counts=counts,
        plain=PLAIN,
        in_languages=in_languages,
        lacking_name=lacking_name,
        stubs=stubs.list_stubs(db.session()),
        total_stubs=stubs.count_stubs(db.session()),
    )
