"""Messages about imports: their states, and what is said of their rows."""

from collections.abc import Mapping

from flask_babel import format_decimal, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.extensions import db
from app.models import ImportRow, ImportRun, RowState, TaskState
from app.services.collection.content.recordings import RecordingFault
from app.services.importing import messages, runs
from app.services.system.links.connections import Refusal
from app.web.callers.upload import REFUSALS
from app.web.curate.content.recordings import FAULTS
from app.web.curate.tasks import facts_of

STATE_NAMES = {
    RowState.CREATED: _("New"),
    RowState.UPDATED: _("Changed"),
    RowState.UNCHANGED: _("Unchanged"),
    RowState.SKIPPED: _("Left out"),
    RowState.FAILED: _("Cannot be used"),
    RowState.PENDING: _("Not recorded yet"),
    RowState.UNDONE: _("Taken back"),
}
RECORDING_REFUSALS = {
    **REFUSALS,
    Refusal.STATUS: _("The site does not give the recording away."),
    Refusal.PAGE: _("At this address there is a page, not a recording."),
}
FILTERS: dict[str, LazyString] = {
    "": _("All rows"),
    **{state.value: name for state, name in STATE_NAMES.items()},
    runs.REMARKED: _("With a remark"),
}
STAGES = {
    (runs.PLAN, False): _("Looking through; nothing is changed by that"),
    (runs.PLAN, True): _("Looked through: nothing has been changed yet"),
    (runs.RECORD, False): _("Being recorded"),
    (runs.RECORD, True): _("Recorded"),
    (runs.UNDO, False): _("Being taken back"),
    (runs.UNDO, True): _("Taken back"),
}


def stage_of(run: ImportRun) -> str:
    """Say where an import is in its life."""
    phase = runs.phase_of(run)
    if not phase:
        return str(_("Not looked through yet"))
    task = run.task
    is_done = bool(run.counts) if task is None else task.state is TaskState.DONE
    return str(STAGES[phase, is_done])


def remark_sentences(row: ImportRow) -> list[str]:
    """Put what is said of a row into words, with why something was not taken."""
    said = []
    for remark in messages.read(row.message):
        why = _reason(remark)
        said.append(f"{remark} {why}" if why else str(remark))
    return said


def recordings_sentence(run: ImportRun) -> str:
    """Say how many recordings an import would bring in; "" if there are none."""
    count = runs.count_recordings(db.session(), run)
    if not count:
        return ""
    sentence: str = ngettext(
        "%(count)s recording would be brought in.",
        "%(count)s recordings would be brought in.",
        count,
        count=format_decimal(count),
    )
    return sentence


def _reason(remark: messages.Remark) -> str:
    """Say why a link was refused, or a recording."""
    refusal = str(remark.facts.get("refusal", ""))
    if refusal:
        is_recording = remark.code.startswith("recording")
        reasons = RECORDING_REFUSALS if is_recording else REFUSALS
        return str(reasons[Refusal(refusal)])
    if remark.code == messages.UNUSABLE_RECORDING:
        return str(FAULTS[RecordingFault(str(remark.facts["fault"]))])
    return ""


def facts_with_counts(run: ImportRun) -> dict[str, object]:
    """Say how far an import is, and how many rows could not be used so far."""
    if run.task is not None:
        facts = facts_of(run.task)
    else:  # a shell waits for it
        facts = dict.fromkeys(("state", "step", "pace", "fault"), "")
        facts |= {"words": stage_of(run), "done": 0, "total": 0, "over": True}
    said = [] if facts["over"] else [str(facts["step"])]
    failed = runs.count_rows(db.session(), run).get(RowState.FAILED, 0)
    if failed:
        sentence = ngettext(
            "%(count)s row cannot be used",
            "%(count)s rows cannot be used",
            failed,
            count=format_decimal(failed),
        )
        said.append(sentence)
    facts["step"] = " · ".join(filter(None, said))
    return facts


def is_recorded(run: ImportRun, counts: Mapping[str, int]) -> bool:
    """Tell whether there is anything to take back."""
    changed = (RowState.CREATED, RowState.UPDATED, RowState.PENDING)
    return not run.is_dry and any(counts.get(state) for state in changed)
