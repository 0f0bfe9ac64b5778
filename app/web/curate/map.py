"""Curators' page of the collection's map: its age, and its rebuild."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.services.collection.works import count_works
from app.services.map import building
from app.services.system import tasks
from app.web.curate.responses import begin_task
from app.web.shell.current import map_reader

bp = Blueprint("curate_map", __name__, url_prefix="/curate/map")


@bp.get("/")
def show() -> str:
    """Show what visitors see now, and how old it is."""
    stored = map_reader().current()
    sight = stored and map_reader().sight(db.session(), stored, stored.likenesses[0])
    return render_template(
        "curate/map.html",
        stored=stored,
        sight=sight,
        present=count_works(),
        running=tasks.unfinished(db.session(), building.KIND),
    )


@bp.post("/make")
def make() -> ResponseReturnValue:
    """Let the map be made anew in the background."""
    return begin_task(building.KIND)
