"""Titles, states and steps of background tasks in words, and why one waits."""

from collections.abc import Iterable

from flask_babel import format_datetime, format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import ImportRun, Task, TaskState
from app.retrieval.runtime.place import COMMAND, SERVE_COMMAND
from app.services.comparing import task as comparing_task
from app.services.curation import survey
from app.services.curation.bin import emptying
from app.services.curation.bulk import writing as bulk_writing
from app.services.evaluation import reports
from app.services.evaluation import task as evaluation_task
from app.services.evaluation.own_set import asking as own_set
from app.services.evaluation.review import asking_again
from app.services.importing import runs
from app.services.index import rebuilding
from app.services.map import building
from app.services.system.tasks import QueuePlace, place_of

NAMES = {
    rebuilding.KIND: _("Building the index"),
    survey.KIND: _("Looking for works that photos will not find"),
    building.KIND: _("Making the map of the collection"),
    emptying.KIND: _("Emptying the bin"),
    bulk_writing.KIND: _("Changing many works at once"),
    asking_again.KIND: _("Asking visitors’ photos again"),
    own_set.KIND: _("Asking the evaluation set"),
}
"""Of tasks whose kind says what they work on."""
STATE_NAMES = {
    TaskState.WAITING: _("Waiting"),
    TaskState.RUNNING: _("At work"),
    TaskState.PAUSED: _("Paused"),
    TaskState.CANCELLED: _("Stopped"),
    TaskState.DONE: _("Done"),
    TaskState.FAILED: _("Failed"),
}
STOPPED_BY = {
    TaskState.PAUSED: _("Paused by %(who)s."),
    TaskState.CANCELLED: _("Stopped by %(who)s."),
}
STEP_NAMES = {
    "reading": _("Looking through the rows"),
    "works": _("Recording the works"),
    "undoing": _("Taking back"),
    "changing": _("Changing the works"),
    "features": _("Looking at the pictures"),
    "subjects": _("Looking for what the pictures show"),
    "asking": _("Asking the photos"),
    "methods": _("Asking one method after the other"),
    "comparing": _("Comparing the works"),
    "examining": _("Simulating photos of the works"),
    emptying.DELETING: _("Deleting works for good"),
    "collecting": _("Collecting small pictures"),
    "placing": _("Placing the works"),
    "drawing": _("Drawing the sheets of small pictures"),
    "building": _("Building and examining the index; this part cannot be paused"),
}
BUILDERS = (rebuilding.KIND, runs.KIND)
"""Kinds that build the index, and so find what cannot be read of it."""
RUN_KEYS = {runs.KIND: runs.RUN, survey.NEW_KIND: survey.RUN}
"""Kinds of tasks that are about an import, and their parameter with its number."""
ROW_STEPS = ("reading", "works")
"""Steps that count rows of a table."""


def titles_of(tasks: Iterable[Task]) -> dict[int, str]:
    """Say what each of some tasks works on, by their numbers."""
    numbers = {task: _run_number(task) for task in tasks}
    imports = runs.find_runs(db.session(), {n for n in numbers.values() if n})
    return {task.id: _title(task, imports.get(n or 0)) for task, n in numbers.items()}


def title_of(task: Task) -> str:
    """Say what a task works on."""
    return titles_of([task])[task.id]


def waiting_words(task: Task) -> str:
    """Say what a task waits for, and who paused it; "" if there is nothing to say."""
    place = place_of(db.session(), task)
    if place is not None:
        return " ".join(_reasons(task, place))
    if task.told_by is None or task.state not in STOPPED_BY:
        return ""
    return str(STOPPED_BY[task.state]) % {"who": task.told_by.email}


def shortfall_words(task: Task) -> str:
    """Say why a task that is done did not do all of it; "" where nothing is missing."""
    if task.state is not TaskState.DONE:
        return ""
    if task.kind == evaluation_task.KIND:
        report = reports.of_task(db.session(), task.id)
        missing = report.settings.get("photos_not_asked", 0) if report else 0
        return _missing_photos(missing)
    if task.kind == asking_again.KIND:
        return _missing_again(len(task.parameters.get(asking_again.NOT_ASKED, ())))
    missing = task.total - task.done
    if missing <= 0:
        return ""
    if task.kind in BUILDERS:
        return str(
            ngettext(
                "%(num)s picture could not be read, and is not in the index.",
                "%(num)s pictures could not be read, and are not in the index.",
                missing,
            )
        )
    return str(
        ngettext(
            "%(num)s was changed or taken away meanwhile, and passed over.",
            "%(num)s were changed or taken away meanwhile, and passed over.",
            missing,
        )
    )


def _missing_photos(missing: int) -> str:
    if not missing:
        return ""
    return str(
        ngettext(
            "%(num)s photo could not be asked; the report says why.",
            "%(num)s photos could not be asked; the report says why.",
            missing,
        )
    )


def _missing_again(missing: int) -> str:
    if not missing:
        return ""
    return str(
        ngettext(
            "%(num)s photo could not be asked; below is why.",
            "%(num)s photos could not be asked; below is why.",
            missing,
        )
    )


def _reasons(task: Task, place: QueuePlace) -> list[str]:
    reasons = []
    if task.state is TaskState.RUNNING and task.heartbeat_at is not None:
        when = format_datetime(task.heartbeat_at, "medium")
        reasons.append(
            gettext("Its worker has given no sign of life since %(when)s.", when=when)
        )
    if not place.has_worker:
        reasons.append(
            gettext(
                "It waits because no worker is running. Start one: “%(both)s” with the "
                "server, or “%(alone)s”.",
                both=SERVE_COMMAND,
                alone=f"{COMMAND} worker",
            )
        )
    if place.is_blocked:
        reasons.append(
            gettext(
                "It waits because another program, perhaps a command in a shell, is at "
                "the same work. It is tried again every few seconds."
            )
        )
    if place.running is not None:
        reasons.append(gettext("It waits for: %(task)s.", task=_at_work(place.running)))
    if place.before:
        reasons.append(
            ngettext(
                "%(num)s task is before it.",
                "%(num)s tasks are before it.",
                place.before,
            )
        )
    if not reasons or (place.has_worker and task.state is TaskState.RUNNING):
        reasons.append(gettext("It is taken up in a moment."))
    return reasons


def _at_work(task: Task) -> str:
    """Name a task, and say how far it is."""
    title = title_of(task)
    if not task.total:
        return title
    done, total = format_decimal(task.done), format_decimal(task.total)
    facts = {"task": title, "done": done, "total": total}
    if task.step in ROW_STEPS:
        return str(gettext("%(task)s (row %(done)s of %(total)s)", **facts))
    return str(gettext("%(task)s (%(done)s of %(total)s)", **facts))


def _run_number(task: Task) -> int | None:
    """Return the number of the import that a task is about."""
    return task.parameters.get(RUN_KEYS.get(task.kind, ""))


def _title(task: Task, run: ImportRun | None) -> str:
    given = task.parameters
    if task.kind == evaluation_task.KIND:
        return str(gettext("Evaluation of %(name)s", name=given.get("name", "")))
    if task.kind == comparing_task.KIND:
        work = given.get(comparing_task.WORK)
        if work:
            return str(gettext("Comparing methods by the work %(work)s", work=work))
        return str(gettext("Comparing methods by a photo"))
    if task.kind not in RUN_KEYS:
        return str(NAMES.get(task.kind, task.kind))
    name = run.name if run else gettext("a discarded import")
    if task.kind == survey.NEW_KIND:
        return str(
            gettext("Comparing the works of %(name)s with the others", name=name)
        )
    phase = given.get(runs.PHASE)
    if phase == runs.UNDO:
        title = gettext("Taking back the import of %(name)s", name=name)
    elif phase == runs.RECORD:
        title = gettext("Import of %(name)s", name=name)
    else:
        title = gettext("Dry run of the import of %(name)s", name=name)
    counts = run.counts if run else {}
    count = sum(rows for state, rows in counts.items() if state != runs.REMARKED)
    if not count:
        return str(title)
    rows = ngettext(
        "%(count)s row", "%(count)s rows", count, count=format_decimal(count)
    )
    return f"{title}, {rows}"
