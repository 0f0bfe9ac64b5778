"""API endpoints of the collection: list and search of works, and a single work."""

from typing import Any

from flask import abort, url_for
from flask_babel import lazy_gettext as _

from app.services.collection.browsing import FACETS, Criteria, find_works
from app.services.collection.works import find_work
from app.services.collection.years import YearSpan
from app.web.api.arguments import Parameters, WorksParameters
from app.web.api.blueprint import NO_TOKEN, Blueprint
from app.web.api.fields import Listing
from app.web.api.preconditions import ETAG, ETAG_SENT, etag_of
from app.web.api.schemas.examples import ACCESSION
from app.web.api.schemas.works import (
    WorkAndSimilar,
    WorksSchema,
    WorkWithSimilarSchema,
)
from app.web.shell.addresses import lead_on
from app.web.shell.current import search_service

bp = Blueprint("api_works", "/works", tag="works", security=NO_TOKEN)

IN_PATH = {
    "in": "path",
    "name": "accession",
    "description": _("The museum’s number of the work; slashes may stand as they are."),
    "example": ACCESSION,
}


@bp.get("")
@bp.arguments(WorksParameters, location="query")
@bp.answers(WorksSchema, _("A page of works."))
@bp.operation(
    "list_works",
    _("List the works, all or those with some words"),
    refusals=(400, 404),
    curl="'URL?q=oil+canvas&order=date'",
)
def index(asked: dict[str, Any]) -> Listing:
    """List the works that have some words, and some values of facets."""
    criteria = Criteria(
        text=asked.get("q", ""),
        chosen={name: asked[name] for name in FACETS if asked.get(name)},
        years=YearSpan(asked.get("from_year"), asked.get("to_year")),
        order=asked["order"],
    )
    page = find_works(criteria, asked["page"], per_page=asked["per_page"])
    if page is None:
        abort(404)
    address: dict[str, Any] = {
        "q": criteria.text or None,
        **criteria.chosen,
        "from_year": criteria.years.first,
        "to_year": criteria.years.last,
        "order": criteria.order,
        "per_page": asked["per_page"],
        "page": page.number + 1,
    }
    return Listing(page, url_for("api_works.index", **address))


# A path, because museums write numbers such as "1982.23/4".
@bp.get("/<path:accession>", parameters=[IN_PATH])
@bp.arguments(Parameters, location="query")
@bp.answers(WorkWithSimilarSchema, _("The work."), headers=ETAG_SENT)
@bp.operation(
    "show_work",
    _("One work, with its pictures and those that look like it"),
    refusals=(400, 404),
)
def show(
    _asked: dict[str, Any], accession: str
) -> tuple[WorkAndSimilar, int, dict[str, str]]:
    """Return a work with its pictures and the works that look like it."""
    work = find_work(accession)
    if work is None:
        abort(404)
    lead_on(work, accession)
    found = WorkAndSimilar(work, search_service().similar_to(work))
    return found, 200, {ETAG: etag_of(work)}
