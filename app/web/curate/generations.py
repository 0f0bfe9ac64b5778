"""Pages of index generations: the live one, validation, rebuild, going back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import GenerationRecord
from app.retrieval.errors import RetrievalError
from app.retrieval.generations import calibration
from app.retrieval.generations.calibration import Calibration
from app.retrieval.generations.proportion import Proportion
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.generations.trial import COUNTS, proportions
from app.services.index import rebuilding
from app.services.index.building import list_faults
from app.services.index.publishing import published_indexes, tell_live
from app.services.system import audit, tasks
from app.web.admin.plots import interval_mark
from app.web.callers.visitors import current_account
from app.web.curate.responses import begin_task, go_to
from app.web.shell.current import folders, media

bp = Blueprint("curate_generations", __name__, url_prefix="/curate/index")

FIGURE_NAMES = {
    "annoy_recall_at_100": _("Approximate search agrees with exact search"),
    "self_found_global": _("Works found by their own picture: the network"),
    "self_found_local": _("Works found by their own picture: details"),
    "simulated_photos_named": _("Simulated photos named right"),
    "hard_photos_asked": _("Hard simulated photos asked"),
    "hard_photos_found": _("Of these, found"),
    "hard_photos_proposed": _("Of these, found or proposed"),
    "hard_photos_wrong": _("Another work found when the right one was left out"),
    "versions_asked": _("Photos of changed versions asked"),
    "versions_found": _("Of these, wrongly found"),
    "unit_length": _("Descriptors of the right length"),
}


@dataclass(frozen=True, slots=True)
class Examination:
    """Figures of a generation, as they are shown.

    Attributes
    ----------
    figures : mapping of str to float
        Shares, and the numbers in `COUNTS`; those of the calibration apart.
    tried : mapping of str to Proportion
        Those of the figures that are shares of so many photos.
    calibration : Calibration or None
        None where the generation was not tried, or by an older program.
    """

    figures: Mapping[str, float]
    tried: Mapping[str, Proportion]
    calibration: Calibration | None

    @classmethod
    def of(cls, figures: Mapping[str, float]) -> "Examination":
        """Sort the figures of a manifest."""
        return cls(
            {
                name: figure
                for name, figure in figures.items()
                if name not in calibration.FIGURES
            },
            proportions(figures),
            Calibration.read(figures),
        )


@bp.get("/")
def show() -> str:
    """Show the live index and the earlier ones that are kept."""
    registry = GenerationRegistry(folders().generations)
    kept = registry.kept()
    records = {one.name: db.session.get(GenerationRecord, one.name) for one in kept}
    return render_template(
        "curate/generations.html",
        kept=kept,
        records=records,
        live=registry.current_name(),
        running=tasks.unfinished(db.session(), rebuilding.KIND),
        examinations={
            one.name: Examination.of(one.manifest.examination) for one in kept
        },
        figure_names=FIGURE_NAMES,
        interval_mark=interval_mark,
        ENOUGH=calibration.ENOUGH,
        counts=COUNTS,
        unread=list_faults(db.session()),
    )


@bp.post("/rebuild")
def rebuild() -> ResponseReturnValue:
    """Let the index be built anew in the background."""
    return begin_task(rebuilding.KIND)


@bp.post("/<name>/live")
def roll_back(name: str) -> ResponseReturnValue:
    """Make an earlier index live; what changed since is still obeyed."""
    registry = GenerationRegistry(folders().generations)
    before = registry.current_name()
    published = published_indexes(media(), folders())
    try:
        # First what may find the storage away; it is in effect with the commit below.
        if published is not None:
            published.point_to(db.session(), name)
        registry.roll_back(name)
    except (RetrievalError, FileNotFoundError):
        db.session.rollback()
        sentence = gettext("This index is not there any more, or cannot be used now.")
        return go_to("curate_generations.show", error=sentence)
    audit.record(
        db.session(),
        "roll_back",
        user=current_account(),
        subject=name,
        before={"live": before},
        after={"live": name},
    )
    live = db.session.get(GenerationRecord, name)
    if live is not None:
        tell_live(db.session(), name, live.works, live.images)
    db.session.commit()
    return go_to("curate_generations.show", done=gettext("The earlier index is live."))
