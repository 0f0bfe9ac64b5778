"""API endpoints of tours: their list, and one with its stops."""

from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _

from app.models import Tour
from app.services.tours import reading
from app.web.api.arguments import Parameters
from app.web.api.blueprint import NO_TOKEN, Blueprint
from app.web.api.schemas.tours import TOUR_ID, ToursSchema, TourWithStopsSchema

bp = Blueprint("api_tours", "/tours", tag="works", security=NO_TOKEN)

IN_PATH = {
    "in": "path",
    "name": "tour_id",
    "description": _("Number of the tour."),
    "example": TOUR_ID,
}


@bp.get("")
@bp.arguments(Parameters, location="query")
@bp.answers(ToursSchema, _("All tours."))
@bp.operation("list_tours", _("List the tours that are published"), refusals=(400,))
def index(_asked: dict[str, Any]) -> dict[str, list[Tour]]:
    """List the published tours."""
    return {"tours": reading.published_tours()}


@bp.get("/<int:tour_id>", parameters=[IN_PATH])
@bp.arguments(Parameters, location="query")
@bp.answers(TourWithStopsSchema, _("The tour."))
@bp.operation(
    "show_tour",
    _("One tour, with its stops and their texts"),
    refusals=(400, 404),
)
def show(_asked: dict[str, Any], tour_id: int) -> Tour:
    """Return a published tour with the stops that visitors see."""
    tour = reading.published_tour(tour_id)
    if tour is None:
        abort(404)
    return tour
