"""Collection pages: all works, their facets, each one's label."""

from functools import partial

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models.dates.years import FIRST_YEAR, LAST_YEAR
from app.services.collection.browsing import (
    FACETS,
    ORDERS,
    USUAL_ORDER,
    Criteria,
    facet_values,
    facets,
    find_works,
)
from app.services.collection.subjects import SHOWS
from app.services.collection.works import find_work
from app.services.collection.years import (
    CENTURY,
    YearSpan,
    outermost_years,
)
from app.services.curation.relations import RelationKind, confirmed_of
from app.services.curation.stubs import loan_of
from app.web.shell.addresses import lead_on
from app.web.shell.content.subject_names import value_name
from app.web.shell.current import map_reader, search_service

bp = Blueprint("artworks", __name__)

LONGEST_TEXT = 200
"""Characters of a search that are looked at."""
FACET_NAMES = {
    "artist": (_("Artist"), _("All artists")),
    CENTURY: (_("Century"), _("All centuries")),
    "school": (_("School"), _("All schools")),
    "technique": (_("Technique"), _("All techniques")),
    "type": (_("Type"), _("All types")),
    "location": (_("Location"), _("All locations")),
    SHOWS: (_("Shows"), _("All that works show")),
}
"""What a facet is called, and the page of all its values."""
RELATION_NAMES = {
    RelationKind.SAME_FILE: _("Same picture as"),
    RelationKind.DUPLICATE: _("Same picture as"),
    RelationKind.DETAIL: _("Detail of"),
    RelationKind.WHOLE: _("Has a detail in"),
    RelationKind.VIEW: _("Other view of"),
    RelationKind.MIRRORED: _("Mirror image of"),
}
"""What a work is to another, before that one's name."""
ORDER_NAMES = {
    "artist": _("Artist"),
    "title": _("Title"),
    "date": _("Date"),
    "accession": _("Accession number"),
    "newest": _("Newest first"),
}


@bp.get("/works/")
def browse() -> str:
    """Show one page of the works that are asked for.

    ``?q=`` holds words, ``?artist=`` and so on values of facets, ``?order=`` the order,
    ``?from=`` and ``?to=`` years, and ``?page=`` counts from 1.
    """
    criteria = asked_criteria()
    page = find_works(criteria, asked_page())
    if page is None:
        abort(404)
    return render_template(
        "works.html",
        page=page,
        criteria=criteria,
        facets=facets(criteria),
        facet_names=FACET_NAMES,
        order_names=ORDER_NAMES,
        outermost=outermost_years(),
        address=address_of(criteria),
        has_map=map_reader().current() is not None,
    )


@bp.get("/facets/<name>")
def facet(name: str) -> str:
    """Show all values of a facet, and how many of the works have each."""
    if name not in FACETS:
        abort(404)
    criteria = asked_criteria()
    # Subjects have another name in each language.
    read_as = partial(value_name, name)
    page = facet_values(name, criteria, asked_page(), read_as=read_as)
    if page is None:
        abort(404)
    return render_template(
        "facet.html",
        page=page,
        name=name,
        facet_names=FACET_NAMES,
        address=address_of(criteria),
    )


# A path, because museums write numbers such as "1982.23/4".
@bp.get("/works/<path:accession>")
def show(accession: str) -> str:
    """Show a work's label and pictures, and works that look like it."""
    work = find_work(accession)
    if work is None:
        abort(404)
    lead_on(work, accession)
    return render_template(
        "work.html",
        work=work,
        related=confirmed_of(db.session(), work),
        relation_names=RELATION_NAMES,
        similar=search_service().similar_to(work),
        loan=loan_of(db.session(), work),
    )


def asked_criteria() -> Criteria:
    """Read which works the address asks for; what makes no sense is passed over."""
    asked = request.args
    order = asked.get("order", "")
    return Criteria(
        text=asked.get("q", "").strip()[:LONGEST_TEXT],
        chosen={name: value for name in FACETS if (value := asked.get(name, ""))},
        years=YearSpan(*map(asked_year, ("from", "to"))),
        order=order if order in ORDERS else USUAL_ORDER,
    )


def asked_year(name: str) -> int | None:
    """Read a year that the address asks for; what is no work's counts for none."""
    year = request.args.get(name, type=int)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def asked_page() -> int:
    """Read which page the address asks for; 0, which there is none, for nonsense."""
    try:
        return int(request.args.get("page", "1"))
    except ValueError:
        return 0


def address_of(criteria: Criteria) -> dict[str, str]:
    """Return what asks for the same works again, without the page."""
    address = dict(criteria.chosen)
    for name, year in (("from", criteria.years.first), ("to", criteria.years.last)):
        if year is not None:
            address[name] = str(year)
    if criteria.text:
        address["q"] = criteria.text
    if criteria.order != USUAL_ORDER:
        address["order"] = criteria.order
    return address
