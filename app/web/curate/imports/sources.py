"""Pages of sources: addresses that the collection is kept in step with."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import CatalogueSource
from app.services.importing import runs
from app.services.importing.sync import catalogues
from app.web.callers.visitors import current_account
from app.web.curate.imports.messages import stage_of
from app.web.curate.responses import go_to

bp = Blueprint("curate_sources", __name__, url_prefix="/curate/sources")

BUSY = _("The source is being asked. Please wait until that is over.")


@bp.get("/")
def browse() -> str:
    """List the sources, with what came of asking each."""
    sources = catalogues.list_sources(db.session())
    latest = {one.id: catalogues.latest_run(db.session(), one) for one in sources}
    kept = [(number, run) for number, run in latest.items() if run is not None]
    return render_template(
        "curate/imports/sources.html",
        sources=sources,
        latest=latest,
        stages={number: stage_of(run) for number, run in kept},
        busy={number for number, run in kept if runs.is_busy(run)},
        changes={
            number: catalogues.changes_of(db.session(), run) for number, run in kept
        },
        follows=current_app.config["MORELLI_LINKS"],
    )


@bp.post("/")
def add() -> ResponseReturnValue:
    """Keep an address, and look through what it leads to."""
    address = request.form.get("source", "")
    try:
        source = catalogues.add(db.session(), address, current_account())
    except catalogues.UnusableAddressError:
        sentence = gettext(
            "Please give an address that begins with http:// or https:// and that is "
            "no source yet."
        )
        return go_to("curate_sources.browse", error=sentence)
    catalogues.begin(db.session(), source, current_account(), records=False)
    return back_to_run(source)


@bp.post("/<int:source_id>/<any(look, sync):wish>")
def ask(source_id: int, wish: str) -> ResponseReturnValue:
    """Ask a source: what would change, or to record what has."""
    source = db.get_or_404(CatalogueSource, source_id)
    records = wish == "sync"
    try:
        catalogues.begin(db.session(), source, current_account(), records=records)
    except runs.NotNowError:
        return go_to("curate_sources.browse", error=BUSY)
    # Where nothing has changed there is no import to be shown.
    return go_to("curate_sources.browse") if records else back_to_run(source)


@bp.post("/<int:source_id>/<any(nightly, manual):when>")
def schedule(source_id: int, when: str) -> ResponseReturnValue:
    """Let a source be asked every night, or only by hand."""
    source = db.get_or_404(CatalogueSource, source_id)
    catalogues.set_nightly(db.session(), source, nightly=when == "nightly")
    return go_to("curate_sources.browse")


@bp.post("/<int:source_id>/forget")
def forget(source_id: int) -> ResponseReturnValue:
    """Ask a source no more; its works stay."""
    source = db.get_or_404(CatalogueSource, source_id)
    try:
        catalogues.forget(db.session(), source)
    except runs.NotNowError:
        return go_to("curate_sources.browse", error=BUSY)
    sentence = gettext("The source is forgotten. Its works stay as they are.")
    return go_to("curate_sources.browse", done=sentence)


def back_to_run(source: CatalogueSource) -> ResponseReturnValue:
    """Show the import in which a source is being asked."""
    run = catalogues.latest_run(db.session(), source)
    if run is None:
        return go_to("curate_sources.browse")
    return go_to("curate_imports.show", run_id=run.id)
