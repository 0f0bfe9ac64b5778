"""Page of saved filters, and what is done to them."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import LONGEST_FILTER_NAME, SavedFilter
from app.services.curation import filters
from app.services.curation.filters import FilterError, FilterFault
from app.web.callers.visitors import current_account
from app.web.curate.bulk.asked import address_of_works, asked_works
from app.web.curate.responses import go_to, or_404

bp = Blueprint("curate_filters", __name__, url_prefix="/curate/filters")

FAULTS = {
    FilterFault.NO_NAME: _("Please give the filter a name."),
    FilterFault.LONG_NAME: _("Please choose a name of at most %(most)s characters."),
    FilterFault.TAKEN_NAME: _("You have a filter of this name already."),
    FilterFault.TOO_MANY: _(
        "You keep %(many)s filters, and no more are possible. Please remove one first."
    ),
}


@bp.get("/")
def browse() -> str:
    """List the curator's own filters, and those that others share."""
    return render_template(
        "curate/vocabulary/filters.html",
        own=[one for one in saved_filters() if one.user == current_account()],
        others=[one for one in saved_filters() if one.user != current_account()],
        longest=LONGEST_FILTER_NAME,
    )


@bp.post("/")
def keep() -> ResponseReturnValue:
    """Keep the filter and the order that the address asks for, under a name."""
    address = address_of_works(asked_works())
    name, is_shared = request.form.get("name", ""), "shared" in request.form
    account = or_404(current_account())
    try:
        kept = filters.keep(db.session(), account, name, address, is_shared=is_shared)
    except FilterError as error:
        return _back(address, error=sentence_of(error))
    return _back(
        address, done=gettext("The filter “%(name)s” is kept.", name=kept.name)
    )


@bp.post("/<int:filter_id>")
def change(filter_id: int) -> ResponseReturnValue:
    """Rename one of the curator's own filters, and share it or not."""
    kept = _own(filter_id)
    name, is_shared = request.form.get("name", ""), "shared" in request.form
    try:
        filters.change(db.session(), kept, name, is_shared=is_shared)
    except FilterError as error:
        return go_to("curate_filters.browse", error=sentence_of(error))
    return go_to("curate_filters.browse", done=gettext("Saved."))


@bp.post("/<int:filter_id>/remove")
def remove(filter_id: int) -> ResponseReturnValue:
    """Forget one of the curator's own filters."""
    kept = _own(filter_id)
    name = kept.name
    filters.remove(db.session(), kept)
    said = gettext("The filter “%(name)s” is removed; no work was changed.", name=name)
    return go_to("curate_filters.browse", done=said)


def saved_filters() -> list[SavedFilter]:
    """Return the filters that are offered to the curator who is logged in."""
    account = current_account()
    return filters.filters_of(db.session(), account) if account is not None else []


def sentence_of(error: FilterError) -> str:
    """Say why a filter cannot be kept as wished."""
    numbers = {"most": LONGEST_FILTER_NAME, "many": filters.MOST_OWN}
    return str(FAULTS[error.fault]) % numbers


def _own(filter_id: int) -> SavedFilter:
    account = or_404(current_account())
    return or_404(filters.own_filter(db.session(), account, filter_id))


def _back(
    address: dict[str, str], *, done: str = "", error: str = ""
) -> ResponseReturnValue:
    return go_to("curate_works.browse", done=done, error=error, **address)
