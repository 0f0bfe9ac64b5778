"""Import pages: catalogue uploaded, mapped, dry run, recorded, rolled back."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import ImportRun, Task
from app.services.importing import runs
from app.services.importing.pictures import SourceError
from app.services.importing.records import WEB
from app.services.importing.sources import (
    ImportContext,
    SourceKind,
    opened,
    shared_file,
    shared_files,
)
from app.services.index.building import list_faults
from app.services.system import tasks
from app.web.account.messages import DONE, ERROR
from app.web.callers.visitors import current_account
from app.web.curate.imports.forms import (
    FIELD_NAMES,
    FORMAT_NAMES,
    MAPPING_FAULTS,
    POLICY_NAMES,
    SAMPLES,
    asked_policy,
    asked_reading,
)
from app.web.curate.imports.messages import (
    FILTERS,
    facts_with_counts,
    is_recorded,
    remark_sentences,
    stage_of,
)
from app.web.pages.works import asked_page
from app.web.shell.current import folders

bp = Blueprint("curate_imports", __name__, url_prefix="/curate/imports")

TAKE_CATALOGUES = ("curate_imports.begin", "admin_evaluation.begin")
"""What is sent many pictures at a time."""


def admit_catalogues(app: Flask) -> None:
    """Let curators send files larger than photos; before any form is looked at."""

    @app.before_request
    def raise_limit() -> None:
        if request.endpoint in TAKE_CATALOGUES:
            limit = current_app.config["MORELLI_MAX_IMPORT_MB"]
            request.max_content_length = limit * 1_000_000


@bp.get("/")
def browse() -> str:
    """List the imports, and begin another one."""
    page = runs.list_runs(db.session(), asked_page())
    if page is None:
        abort(404)
    return render_template(
        "curate/imports/list.html",
        page=page,
        stages={run.id: stage_of(run) for run in page.entries},
        shared=shared_files(current_app.config["MORELLI_IMPORT_FOLDER"]),
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """Take a file, the name of one on the server, or an address."""
    try:
        run = begun()
    except SourceError as error:
        flash(str(error), ERROR)
        return redirect(url_for("curate_imports.browse"), 303)
    try:
        with opened(run, import_context()):
            pass  # what cannot be read is better said now
    except SourceError as error:
        runs.discard(db.session(), run, folders())
        flash(str(error), ERROR)
        return redirect(url_for("curate_imports.browse"), 303)
    return redirect(url_for("curate_imports.mapping", run_id=run.id), 303)


@bp.route("/<int:run_id>/mapping", methods=["GET", "POST"])
def mapping(run_id: int) -> ResponseReturnValue:
    """Ask which column says what, and look the table through so."""
    run = run_or_404(run_id)
    if not run.is_dry or runs.is_busy(run):
        return back_to(run)
    try:
        with opened(run, import_context()) as source:
            table = source.table
            sample = table.sample(SAMPLES) if table else []
    except SourceError as error:
        flash(str(error), ERROR)
        return redirect(url_for("curate_imports.browse"), 303)
    columns = table.columns if table else ()
    fault = ""
    reading = runs.propose_reading(db.session(), columns)
    if request.method == "POST":
        reading = asked_reading(columns, reading)
        try:
            runs.plan(db.session(), run, reading, asked_policy(), current_account())
        except runs.UnusableMappingError as error:
            fault = str(MAPPING_FAULTS[error.code])
        else:
            return back_to(run)
    return render_template(
        "curate/imports/mapping.html",
        run=run,
        table=table,
        sample=sample,
        reading=reading,
        fault=fault,
        field_names=FIELD_NAMES,
        format_names=FORMAT_NAMES,
        policy_names=POLICY_NAMES,
    ), 422 if fault else 200


@bp.get("/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """Show how far an import is, and what is said of its rows."""
    run = run_or_404(run_id)
    if not runs.phase_of(run):
        return redirect(url_for("curate_imports.mapping", run_id=run.id))
    which = request.args.get("which", "")
    if which not in FILTERS:
        abort(404)
    page = runs.list_rows(db.session(), run, which, asked_page())
    if page is None:
        abort(404)
    counts = runs.count_rows(db.session(), run)
    return render_template(
        "curate/imports/show.html",
        run=run,
        page=page,
        which=which,
        filters=FILTERS,
        counts=counts,
        stage=stage_of(run),
        facts=facts_with_counts(run),
        is_over=not runs.is_busy(run),
        may_start=run.is_dry and runs.is_planned(run) and not runs.is_busy(run),
        may_undo=not runs.is_busy(run) and is_recorded(run, counts),
        sentences_of=remark_sentences,
        policy_names=POLICY_NAMES,
        unread=((), 0) if run.is_dry else list_faults(db.session()),
    )


@bp.get("/<int:run_id>/state")
def state(run_id: int) -> ResponseReturnValue:
    """Tell a script how far an import is, in words for people."""
    run = run_or_404(run_id)
    if not runs.phase_of(run):
        abort(404)
    return facts_with_counts(run)


@bp.post("/<int:run_id>/start")
def start(run_id: int) -> ResponseReturnValue:
    """Record what was looked through."""
    return put_to_work(run_id, runs.start)


@bp.post("/<int:run_id>/undo")
def undo(run_id: int) -> ResponseReturnValue:
    """Take everything back that the import did."""
    return put_to_work(run_id, runs.undo)


@bp.post("/<int:run_id>/discard")
def discard(run_id: int) -> ResponseReturnValue:
    """Forget an import that was not recorded."""
    run = run_or_404(run_id)
    try:
        runs.discard(db.session(), run, folders())
    except runs.NotNowError:
        flash(too_late(), ERROR)
        return back_to(run)
    flash(gettext("The import is discarded. Nothing was changed."), DONE)
    return redirect(url_for("curate_imports.browse"), 303)


@bp.post("/<int:run_id>/pause")
def pause(run_id: int) -> ResponseReturnValue:
    """Let it stop after the rows at hand."""
    return tell(run_id, tasks.pause)


@bp.post("/<int:run_id>/cancel")
def cancel(run_id: int) -> ResponseReturnValue:
    """Let it end where it is; what is recorded stays."""
    return tell(run_id, tasks.cancel)


@bp.post("/<int:run_id>/go-on")
def go_on(run_id: int) -> ResponseReturnValue:
    """Let it go on where it stopped."""
    return tell(run_id, tasks.go_on)


def begun() -> ImportRun:
    """Begin an import of what the form holds.

    Raises
    ------
    SourceError
        If it holds nothing, or what is not there.
    """
    session, user = db.session(), current_account()
    upload = request.files.get("file")
    address = request.form.get("manifest", "").strip()
    shared = request.form.get("shared", "")
    if upload is not None and upload.filename:
        kind, location = runs.receive(upload.stream, upload.filename, folders())
        return runs.begin(session, kind, location, upload.filename, user)
    if address:
        if not address.startswith(WEB):
            raise SourceError(
                gettext("An address begins with http:// or https://, please.")
            )
        return runs.begin(session, SourceKind.IIIF, address, address, user)
    if shared:
        shared_file(current_app.config["MORELLI_IMPORT_FOLDER"], shared)
        return runs.begin(session, SourceKind.FOLDER, shared, shared, user)
    raise SourceError(gettext("Please choose a file."))


def put_to_work(run_id: int, wish: Callable[..., Task]) -> ResponseReturnValue:
    """Note what is to be done with an import, and show it."""
    run = run_or_404(run_id)
    try:
        wish(db.session(), run, current_account())
    except runs.NotNowError:
        flash(too_late(), ERROR)
    return back_to(run)


def tell(run_id: int, wish: Callable[..., None]) -> ResponseReturnValue:
    """Tell the task of an import something, and show it."""
    run = run_or_404(run_id)
    if run.task is None:
        abort(404)
    try:
        wish(db.session(), run.task, current_account())
    except tasks.NotPossibleError:
        flash(too_late(), ERROR)
    return back_to(run)


def too_late() -> str:
    """Say that a wish came too late."""
    return str(gettext("That came too late: it has gone on or ended meanwhile."))


def import_context() -> ImportContext:
    """Return what sources are looked for in."""
    return ImportContext.of(current_app.config)


def back_to(run: ImportRun) -> ResponseReturnValue:
    """Show an import."""
    return redirect(url_for("curate_imports.show", run_id=run.id), 303)


def run_or_404(run_id: int) -> ImportRun:
    """Return an import by its number."""
    run = runs.find_run(db.session(), run_id)
    if run is None:
        abort(404)
    return run
