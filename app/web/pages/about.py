"""About page: what is searched, how good that is, what answers mean."""

from collections.abc import Mapping

from flask import Blueprint, current_app, render_template

from app.extensions import db
from app.models import GenerationRecord
from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.retrieval.generations.proportion import Proportion
from app.retrieval.generations.trial import proportions
from app.retrieval.model import DECISION_FILE
from app.retrieval.verification.decision import Decision
from app.services.collection.works import count_works
from app.services.index.thresholds import stored
from app.web.shell.current import live_index, search_service

bp = Blueprint("about", __name__)


@bp.get("/about")
def show() -> str:
    """Tell visitors what they may expect; an index that is not there is no obstacle."""
    generation = live_generation()
    tried: Mapping[str, Proportion] = {}
    if generation is not None:
        tried = proportions(generation.examination)
    return render_template(
        "about.html",
        work_count=count_works(),
        generation=generation,
        tried=tried,
        decision=live_decision(),
    )


def live_generation() -> GenerationRecord | None:
    """Return what is known of the live index; None where there is none."""
    try:
        name = search_service().open()
    except (EmptyGalleryError, ArtefactError):
        return None
    return db.session.get(GenerationRecord, name)


def live_decision() -> Decision | None:
    """Return the rule that turns evidence into answers; None where there is none.

    Also where its thresholds are not those that it was learnt with: nobody knows what
    they promise.
    """
    try:
        rule = Decision.load(current_app.config["MORELLI_MODEL"] / DECISION_FILE)
        with live_index().use() as searcher:
            is_changed = stored(db.session(), searcher.model_id) is not None
    except (ArtefactError, EmptyGalleryError):
        return None
    return None if is_changed else rule
