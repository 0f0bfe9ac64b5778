"""Health checks for load balancers and monitors: alive, and ready to search."""

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.services.media.published import Kind
from app.services.system import database
from app.services.system.database import DatabaseNotReadyError
from app.services.system.workers import count_alive
from app.web.errors import remedy
from app.web.shell.current import search_service
from app.web.shell.failing import needs_database

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answer as long as the process does."""
    return {"alive": True}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answer 200 when a photo could be searched now, otherwise 503 and the reason.

    Without a worker, the newest index, the engine of nearest neighbours, or some of an
    index's shards, photos are searched all the same; that it is so is said.
    """
    try:
        database.check()
        missing = search_service().follower.notice(db.session())
        generation = search_service().open()
        vectors = {"vectors": "away"} if search_service().vectors_away() else {}
        away = search_service().shards_away()
    except (DatabaseNotReadyError, EmptyGalleryError, ArtefactError) as error:
        return {"ready": False, "reason": remedy(error)}, 503
    workers = count_alive(db.session())
    state = {"ready": True, "generation": generation, "workers": workers, **vectors}
    if away:
        state["shards_away"] = list(away)
    # Another server published it, and it is not on this one's disk yet.
    return state | ({"newest": missing[Kind.INDEX]} if Kind.INDEX in missing else {})


def guard(app: Flask) -> None:
    """Refuse pages that need the database until it is ready, then never look again."""
    is_ready = False

    @app.before_request
    def need_database() -> None:
        nonlocal is_ready
        if not is_ready and needs_database():
            database.check()
            is_ready = True
