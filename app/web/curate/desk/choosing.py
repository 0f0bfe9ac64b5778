"""Choice of the work that a photo shows on the map of the collection.

The viewer is that of visitors; a work leads back to the photo, where it is named.
"""

from uuid import UUID

from flask import Blueprint, abort, render_template, url_for

from app.web.curate.desk.asked import photo_or_404
from app.web.curate.responses import or_404
from app.web.pages.map import view_of
from app.web.shell.current import map_reader

bp = Blueprint("curate_choosing", __name__, url_prefix="/curate/desk/<uuid:query_id>")


@bp.get("/map")
def show(query_id: UUID) -> str:
    """Show the map beside a photo; its address is as of the visitors' map."""
    query = photo_or_404(query_id)
    view = view_of(or_404(map_reader().current()))
    if view is None:
        abort(404)
    chosen = url_for("curate_desk.show", query_id=query.id, work="ACCESSION")
    view["addresses"]["work"] = chosen
    return render_template("curate/desk/map.html", query=query, **view)
