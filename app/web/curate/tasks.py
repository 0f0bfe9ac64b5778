"""Background work: how far it is, and stopping it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Task, TaskState, now
from app.services.importing import runs
from app.services.index import rebuilding
from app.services.index.building import list_faults
from app.services.system import tasks
from app.web.account.messages import ERROR
from app.web.curate.generations import wake_worker
from app.web.pages.works import asked_page

bp = Blueprint("curate_tasks", __name__, url_prefix="/curate/tasks")

KIND_NAMES = {
    "rebuild": _("Building the index"),
    "import": _("Import"),
    "evaluation": _("Evaluation"),
    "care": _("Looking for works that photos will not find"),
    "comparison": _("Comparing imported works with the others"),
    "map": _("Making the map of the collection"),
}
BUILDERS = (rebuilding.KIND, runs.KIND)
"""Kinds that build the index, and so find what cannot be read of it."""
STATE_NAMES = {
    TaskState.WAITING: _("Waiting for the worker"),
    TaskState.RUNNING: _("At work"),
    TaskState.PAUSED: _("Paused"),
    TaskState.CANCELLED: _("Stopped"),
    TaskState.DONE: _("Done"),
    TaskState.FAILED: _("Failed"),
}
STEP_NAMES = {
    "reading": _("Looking through the rows"),
    "works": _("Recording the works"),
    "undoing": _("Taking back"),
    "features": _("Looking at the pictures"),
    "asking": _("Asking the photos"),
    "comparing": _("Comparing the works"),
    "examining": _("Simulating photos of the works"),
    "collecting": _("Collecting small pictures"),
    "placing": _("Placing the works"),
    "drawing": _("Drawing the sheets of small pictures"),
    "building": _("Building and examining the index; this part cannot be paused"),
}
SILENT_AFTER = timedelta(minutes=2)
"""A task that waits so long probably has no worker."""


@bp.get("/")
def browse() -> str:
    """List what was and is done."""
    page = tasks.list_tasks(db.session(), asked_page())
    if page is None:
        abort(404)
    return render_template(
        "curate/tasks.html", page=page, kind_names=KIND_NAMES, state_names=STATE_NAMES
    )


@bp.get("/<int:task_id>")
def show(task_id: int) -> str:
    """Show how far a task is; the page asks again by itself."""
    task = task_or_404(task_id)
    return render_template(
        "curate/task.html",
        task=task,
        facts=facts_of(task),
        is_over=task.state not in tasks.UNFINISHED,
        kind_names=KIND_NAMES,
        unread=list_faults(db.session()) if task.kind in BUILDERS else ((), 0),
    )


@bp.get("/<int:task_id>/state")
def state(task_id: int) -> ResponseReturnValue:
    """Tell a script how far a task is, in words for people."""
    return facts_of(task_or_404(task_id))


@bp.post("/<int:task_id>/pause")
def pause(task_id: int) -> ResponseReturnValue:
    """Let it stop after its present step."""
    return tell(task_id, tasks.pause)


@bp.post("/<int:task_id>/cancel")
def cancel(task_id: int) -> ResponseReturnValue:
    """Let it end where it is."""
    return tell(task_id, tasks.cancel)


@bp.post("/<int:task_id>/go-on")
def go_on(task_id: int) -> ResponseReturnValue:
    """Let it go on."""
    answer = tell(task_id, tasks.go_on)
    wake_worker()
    return answer


def task_or_404(task_id: int) -> Task:
    """Return a task by its number."""
    task = tasks.find_task(db.session(), task_id)
    if task is None:
        abort(404)
    return task


def tell(task_id: int, wish: Callable[..., None]) -> ResponseReturnValue:
    """Tell a task something, and show it again."""
    task = task_or_404(task_id)
    try:
        wish(db.session(), task)
    except tasks.NotPossibleError:
        flash(gettext("That came too late: it has gone on or ended meanwhile."), ERROR)
    return redirect(url_for("curate_tasks.show", task_id=task_id), 303)


def facts_of(task: Task) -> dict[str, object]:
    """Say how far a task is."""
    return {
        "state": task.state.value,
        "words": str(STATE_NAMES[task.state]),
        "step": str(STEP_NAMES.get(task.step, task.step)),
        "done": task.done,
        "total": task.total,
        "pace": pace_of(task),
        "fault": task.fault,
        "silent": is_silent(task, now()),
        "over": task.state not in tasks.UNFINISHED,
    }


def pace_of(task: Task) -> str:
    """Say how fast it goes and how long it will take; "" before that is known."""
    begun, before = (
        task.parameters.get(tasks.BEGUN),
        task.parameters.get(tasks.BEGUN_AT),
    )
    done = task.done - int(before or 0)
    if task.state is not TaskState.RUNNING or begun is None or done <= 0:
        return ""
    seconds = max((now() - datetime.fromisoformat(begun)).total_seconds(), 0.001)
    left = (task.total - task.done) * seconds / done
    return str(
        gettext(
            "%(rate)s per second, about %(left)s left",
            rate=f"{done / seconds:.1f}",
            left=format_timedelta(timedelta(seconds=left)),
        )
    )


def is_silent(task: Task, at: datetime) -> bool:
    """Tell whether it has waited so long that there may be no worker."""
    return task.state is TaskState.WAITING and at - task.created_at > SILENT_AFTER
