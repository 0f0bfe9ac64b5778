"""Pages of background tasks: progress, pausing, stopping."""

from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Task, TaskState, now
from app.services.evaluation.review import asking_again
from app.services.index.building import list_faults
from app.services.system import tasks
from app.web.callers.visitors import current_account
from app.web.curate.desk.names import NOT_ASKED_WORDS
from app.web.curate.responses import go_to, or_404
from app.web.curate.task_words import (
    BUILDERS,
    STATE_NAMES,
    STEP_NAMES,
    shortfall_words,
    title_of,
    titles_of,
    waiting_words,
)
from app.web.pages.works import asked_page

bp = Blueprint("curate_tasks", __name__, url_prefix="/curate/tasks")
bp.add_app_template_filter(waiting_words)
bp.add_app_template_filter(shortfall_words)

WISHES = {"pause": tasks.pause, "cancel": tasks.cancel, "go-on": tasks.go_on}
TOO_LATE = _("That came too late: it has gone on or ended meanwhile.")


@bp.get("/")
def browse() -> str:
    """List what was and is done."""
    page = or_404(tasks.list_tasks(db.session(), asked_page()))
    return render_template(
        "curate/tasks.html",
        page=page,
        titles=titles_of(page.entries),
        state_names=STATE_NAMES,
    )


@bp.get("/<int:task_id>")
def show(task_id: int) -> str:
    """Show how far a task is; the page asks again by itself."""
    return show_task(or_404(db.session.get(Task, task_id)))


@bp.get("/<int:task_id>/state")
def state(task_id: int) -> ResponseReturnValue:
    """Tell a script how far a task is, in words for people."""
    return facts_of(or_404(db.session.get(Task, task_id)))


@bp.post("/<int:task_id>/<any(pause, cancel, 'go-on'):wish>")
def tell(task_id: int, wish: str) -> ResponseReturnValue:
    """Let it stop after its present step, end where it is, or go on."""
    task = or_404(db.session.get(Task, task_id))
    try:
        WISHES[wish](db.session(), task, current_account())
    except tasks.NotPossibleError:
        return go_to("curate_tasks.show", task_id=task_id, error=TOO_LATE)
    return go_to("curate_tasks.show", task_id=task_id)


def show_task(task: Task) -> str:
    """Show how far a task is, with what can be done about it."""
    return render_template(
        "curate/task.html",
        task=task,
        title=title_of(task),
        facts=facts_of(task),
        is_over=task.state not in tasks.UNFINISHED,
        not_asked=asking_again.list_not_asked(db.session(), task),
        not_asked_words=NOT_ASKED_WORDS,
        unread=list_faults(db.session()) if task.kind in BUILDERS else ((), 0),
    )


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
        "place": waiting_words(task),
        "over": task.state not in tasks.UNFINISHED,
    }


def pace_of(task: Task) -> str:
    """Say how fast it goes and how long it will take; "" before that is known."""
    begun = task.parameters.get(tasks.BEGUN)
    done = task.done - int(task.parameters.get(tasks.BEGUN_AT) or 0)
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
