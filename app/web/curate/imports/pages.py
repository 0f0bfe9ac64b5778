"""Import pages: catalogue uploaded, mapped, dry run, recorded, rolled back."""

from typing import BinaryIO, cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.models import ImportRun
from app.services.importing import runs
from app.services.importing.columns.formats import OURS
from app.services.importing.columns.kept import propose_reading
from app.services.importing.columns.picture_cells import WEB
from app.services.importing.pictures.lacking import (
    has_unseen_pictures,
    lacks_pictures,
)
from app.services.importing.pictures.shared_folder import shared_file, shared_files
from app.services.importing.pictures.source import SourceError
from app.services.importing.sources import (
    ImportContext,
    SourceKind,
    opened,
)
from app.services.index.building import list_faults
from app.services.system import tasks
from app.web.callers.visitors import current_account
from app.web.curate.content.languages import languages_offered
from app.web.curate.imports.forms import (
    FIELD_NAMES,
    FORMAT_NAMES,
    MAPPING_FAULTS,
    OWN_NAMES,
    POLICY_NAMES,
    SAMPLES,
    asked_policy,
    asked_reading,
    shown_as,
)
from app.web.curate.imports.messages import (
    FILTERS,
    facts_with_counts,
    is_recorded,
    recordings_sentence,
    remark_sentences,
    stage_of,
)
from app.web.curate.imports.tables import SEPARATOR_NAMES, asked_choice, view_of
from app.web.curate.responses import go_to, or_404
from app.web.curate.tasks import TOO_LATE, WISHES
from app.web.pages.works import asked_page
from app.web.shell.current import media
from app.web.shell.site import TAKE_CATALOGUES

bp = Blueprint("curate_imports", __name__, url_prefix="/curate/imports")

PHASES = {"start": runs.start, "undo": runs.undo}


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
    page = or_404(runs.list_runs(db.session(), asked_page()))
    return render_template(
        "curate/imports/list.html",
        page=page,
        stages={run.id: stage_of(run) for run in page.entries},
        count_names=FILTERS,
        shared=shared_files(current_app.config["MORELLI_IMPORT_FOLDER"]),
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """Take a file, the name of one on the server, or an address."""
    run = None
    try:
        run = begun()
        with opened(run, ImportContext.of(current_app.config)):
            pass  # what cannot be read is better said now
    except SourceError as error:
        if run is not None:
            runs.discard(db.session(), run, media().imports)
        return go_to("curate_imports.browse", error=str(error))
    return go_to("curate_imports.mapping", run_id=run.id)


@bp.route("/<int:run_id>/mapping", methods=["GET", "POST"])
def mapping(run_id: int) -> ResponseReturnValue:
    """Ask which column says what, and look the table through so."""
    run = db.get_or_404(ImportRun, run_id)
    if not run.is_dry or runs.is_busy(run):
        return back_to(run)
    try:
        with opened(run, ImportContext.of(current_app.config)) as source:
            table = source.table
            sample = table.sample(SAMPLES) if table else []
            view = view_of(table, source.files) if table else None
    except SourceError as error:
        return go_to("curate_imports.browse", error=str(error))
    columns = table.columns if table else ()
    fault = ""
    reading = propose_reading(db.session(), columns)
    if request.method == "POST":
        try:
            reading = asked_reading(columns, reading)
            if table:  # it is recorded as it is shown here
                runs.choose_table(db.session(), run, table.choice)
            runs.plan(db.session(), run, reading, asked_policy(), current_account())
        except runs.UnusableMappingError as error:
            fault = str(MAPPING_FAULTS[error.code])
        else:
            return back_to(run)
    return render_template(
        "curate/imports/mapping.html",
        run=run,
        table=table,
        view=view,
        separator_names=SEPARATOR_NAMES,
        sample=sample,
        reading=reading,
        fault=fault,
        field_names=FIELD_NAMES,
        own_names=OWN_NAMES if reading.format == OURS else {},
        format_names=FORMAT_NAMES,
        policy_names=POLICY_NAMES,
        shown_as=shown_as,
        languages=languages_offered(),
    ), 422 if fault else 200


@bp.post("/<int:run_id>/table")
def table(run_id: int) -> ResponseReturnValue:
    """Read the table otherwise: another encoding, header, sheet or file."""
    run = db.get_or_404(ImportRun, run_id)
    before = runs.table_choice(run)
    try:
        with opened(run, ImportContext.of(current_app.config)) as source:
            found = source.table.choice if source.table else before
        runs.choose_table(db.session(), run, asked_choice(found))
        with opened(run, ImportContext.of(current_app.config)):
            pass  # what cannot be read is better said now
    except runs.NotNowError:
        return back_to(run, error=TOO_LATE)
    except SourceError as error:
        runs.choose_table(db.session(), run, before)
        return go_to("curate_imports.mapping", run_id=run.id, error=str(error))
    return go_to("curate_imports.mapping", run_id=run.id)


@bp.get("/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """Show how far an import is, and what is said of its rows."""
    run = db.get_or_404(ImportRun, run_id)
    if not runs.phase_of(run):
        return redirect(url_for("curate_imports.mapping", run_id=run.id))
    which = request.args.get("which", "")
    if which not in FILTERS:
        abort(404)
    page = or_404(runs.list_rows(db.session(), run, which, asked_page()))
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
        lacks_pictures=runs.is_planned(run) and lacks_pictures(db.session(), run),
        has_unseen_pictures=has_unseen_pictures(db.session(), run),
        recordings=recordings_sentence(run) if run.is_dry else "",
        unread=((), 0) if run.is_dry else list_faults(db.session()),
    )


@bp.get("/<int:run_id>/state")
def state(run_id: int) -> ResponseReturnValue:
    """Tell a script how far an import is, in words for people."""
    run = db.get_or_404(ImportRun, run_id)
    if not runs.phase_of(run):
        abort(404)
    return facts_with_counts(run)


@bp.post("/<int:run_id>/discard")
def discard(run_id: int) -> ResponseReturnValue:
    """Forget an import that was not recorded."""
    run = db.get_or_404(ImportRun, run_id)
    try:
        runs.discard(db.session(), run, media().imports)
    except runs.NotNowError:
        return back_to(run, error=TOO_LATE)
    sentence = gettext("The import is discarded. Nothing was changed.")
    return go_to("curate_imports.browse", done=sentence)


@bp.post("/<int:run_id>/<any(start, undo, pause, cancel, 'go-on'):wish>")
def tell(run_id: int, wish: str) -> ResponseReturnValue:
    """Let it be recorded or taken back; let it pause or end where it is, or go on."""
    run = db.get_or_404(ImportRun, run_id)
    try:
        if wish in PHASES:
            PHASES[wish](db.session(), run, current_account())
        else:
            WISHES[wish](db.session(), or_404(run.task), current_account())
    except (runs.NotNowError, tasks.NotPossibleError):
        return back_to(run, error=TOO_LATE)
    return back_to(run)


def begun() -> ImportRun:
    """Begin an import of what the form holds; SourceError if that cannot be had."""
    session, user = db.session(), current_account()
    upload = request.files.get("file")
    address = request.form.get("manifest", "").strip()
    shared = request.form.get("shared", "")
    if upload is not None and upload.filename:
        kind, location = runs.receive(
            cast(BinaryIO, upload.stream), upload.filename, media().imports
        )
        return runs.begin(session, kind, location, upload.filename, user)
    if address:
        if not address.startswith(WEB):
            raise SourceError(
                gettext("An address begins with http:// or https://, please.")
            )
        return runs.begin(session, SourceKind.STANDARD, address, address, user)
    if shared:
        shared_file(current_app.config["MORELLI_IMPORT_FOLDER"], shared)
        return runs.begin(session, SourceKind.FOLDER, shared, shared, user)
    raise SourceError(gettext("Please choose a file."))


def back_to(run: ImportRun, *, error: str = "") -> ResponseReturnValue:
    """Show an import after a change."""
    return go_to("curate_imports.show", run_id=run.id, error=error)
