"""Page of the vocabulary: terms in use, their codes, terms that share one."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.services.collection.vocabulary import terms
from app.services.collection.vocabulary.codes import (
    AUTHORITIES,
    OF_FIELD,
    CodeFormError,
)
from app.services.collection.vocabulary.terms import Lacking, TermChangedError
from app.web.callers.visitors import current_account
from app.web.curate.bulk.names import fact_name
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import LONGEST_TEXT, asked_page

bp = Blueprint("curate_vocabulary", __name__, url_prefix="/curate/vocabulary")

LACKING_NAMES = {
    Lacking.ANY: _("All terms"),
    Lacking.NONE: _("Terms without a code"),
    Lacking.CODED: _("Terms with a code"),
}


@bp.get("/")
def show() -> str:
    """Show terms of a field, which ``?field=`` names; ``?q=`` and ``?which=`` filter.

    Terms that share a code come first.
    """
    return _page()


@bp.post("/")
def state() -> ResponseReturnValue:
    """State the codes of a term; the address is that of the list it stands in."""
    name, text = _asked_field(), request.form.get("text", "")
    or_404(terms.find_term(db.session(), name, text))
    given = {one: request.form.get(one, "") for one in OF_FIELD[name]}
    seen = request.form.get("seen", "")
    try:
        entry = terms.state_codes(
            db.session(), current_account(), name, text, given, seen=seen
        )
    except CodeFormError as error:
        return _page(text, given, error), 422
    except TermChangedError:
        sentence = gettext(
            "Somebody else changed the codes of “%(term)s” meanwhile. Below is how "
            "they are now; please make your change again.",
            term=text,
        )
        return go_to("curate_vocabulary.show", error=sentence, **_address())
    said = (
        gettext("The codes of “%(term)s” are saved.", term=text)
        if entry
        else gettext("Nothing was changed.")
    )
    return go_to("curate_vocabulary.show", done=said, **_address())


def _page(
    text: str = "",
    given: dict[str, str] | None = None,
    error: CodeFormError | None = None,
) -> str:
    """Show the list, with what was given of one term, perhaps."""
    name, lacking = _asked_field(), _asked_lacking()
    sought = request.args.get("q", "").strip()[:LONGEST_TEXT]
    page = or_404(
        terms.list_terms(db.session(), name, asked_page(), text=sought, lacking=lacking)
    )
    return render_template(
        "curate/vocabulary/terms.html",
        page=page,
        shared=terms.shared_codes(db.session(), name),
        field=name,
        fields={one: fact_name(one) for one in OF_FIELD},
        authorities={one: AUTHORITIES[one] for one in OF_FIELD[name]},
        lacking=lacking,
        lacking_names=LACKING_NAMES,
        sought=sought,
        address=_address(),
        faulty=text,
        given=given or {},
        fault_of=error.authority if error else "",
    )


def _asked_field() -> str:
    name = request.args.get("field", next(iter(OF_FIELD)))
    if name not in OF_FIELD:
        abort(404)
    return name


def _asked_lacking() -> Lacking:
    return request.args.get("which", Lacking.ANY, type=Lacking)


def _address() -> dict[str, str]:
    """Return what asks for the same list again."""
    asked = {
        name: request.args.get(name, "") for name in ("field", "q", "which", "page")
    }
    return {name: value for name, value in asked.items() if value}
