"""Health page of the instance: settings and their sources, storage, what waits."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.retrieval.runtime.place import COMMAND
from app.services.operations import inspection, retention
from app.services.operations.doctor import packages
from app.services.operations.doctor.checks import Examined, Health
from app.services.operations.doctor.examination import examine
from app.services.system import audit
from app.services.system.lock import AlreadyRunningError
from app.web.account.messages import DONE
from app.web.callers.visitors import current_account
from app.web.curate.cleaning.doubts import doubt_words
from app.web.curate.responses import go_to
from app.web.curate.task_words import STATE_NAMES
from app.web.shell.current import folders, live_index, media, search_service

bp = Blueprint("admin_health", __name__, url_prefix="/admin/health")

SOURCES = {
    "environment": _("environment"),
    "default": _("default"),
    "stored": _("set on these pages"),
}
HEALTH_NAMES = {Health.WARNING: _("Warning"), Health.FAULT: _("Fault")}
UNITS = ("B", "kB", "MB", "GB", "TB")


@bp.get("/")
def show() -> str:
    """Show how the instance is."""
    examined = Examined(db.session(), db.engine, current_app.config)
    # Those of ``flask doctor`` that are quick.
    checks = list(examine(examined, thorough=False))
    return render_template(
        "admin/health.html",
        index=live_facts(),
        storage=inspection.storage(folders()),
        free=inspection.free_bytes(folders()),
        work=examined.queues,
        troubles=[one for one in checks if one.health is not Health.OK],
        settings=inspection.settings(db.session(), current_app.config),
        state_names=STATE_NAMES,
        sources=SOURCES,
        labels=labels_state(),
        left_out=[words for _health, *words in packages.extras(examined) if words[1]],
        health_names=HEALTH_NAMES,
        size=size,
        doubt=doubt_words,
        doctor=f"{COMMAND} doctor",
    )


def labels_state() -> str:
    """Say whether labels in photos are read, and if not, why; or nothing."""
    labels = search_service().labels
    if not current_app.config["MORELLI_LABELS"]:
        words = _("Labels in photos are not read: MORELLI_LABELS is “no”.")
    elif labels is None:
        return ""  # it is among the extras that are left out
    elif labels.fault is not None:
        words = _("Labels in photos are not read: %(fault)s", fault=labels.fault)
    else:
        words = _("Labels in photos are read where no work is found.")
    return str(words)


@bp.post("/retention")
def run_retention() -> ResponseReturnValue:
    """Let go of old photos and answers now."""
    days = current_app.config["MORELLI_RETENTION_DAYS"]
    try:
        cleared = retention.run(
            folders(), media(), days, is_confirmed="confirm" in request.form
        )
    except retention.ImplausibleError:
        return go_to("admin_health.show")  # which says why
    except AlreadyRunningError:
        sentence = gettext("Another process is at it right now.")
        return go_to("admin_health.show", error=sentence)
    counts = {"photos": cleared.photos, "answers": cleared.answers}
    audit.record(db.session(), "retention", user=current_account(), after=counts)
    db.session.commit()
    sentence = ngettext(
        "%(num)s old photo is deleted.",
        "%(num)s old photos are deleted.",
        cleared.photos,
    )
    flash(sentence, DONE)
    waits = gettext("Some files could not be deleted yet; the log says why.")
    return go_to("admin_health.show", error=waits if cleared.faults else "")


def live_facts() -> dict[str, Any] | None:
    """Return what is known of the live index; None where there is none."""
    try:
        with live_index().use() as searcher:
            return {
                "generation": searcher.generation,
                "works": len(searcher.work_ids),
                "added": searcher.gallery.added_count,
                "model_id": searcher.model_id,
                "away": searcher.shards_away(),
            }
    except (EmptyGalleryError, ArtefactError):
        return None


def size(count: int) -> str:
    """Write a number of bytes as people read it."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{format_decimal(value, '#,##0.#')} {UNITS[unit]}"
