"""The collection for programs: its works, listed and searched, and each one."""

from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from app.services.collection.browsing import (
    FACETS,
    ORDERS,
    USUAL_ORDER,
    WORKS_PER_PAGE,
    Criteria,
    find_works,
)
from app.services.collection.works import find_work
from app.web.api_json import label_json, page_json, work_json
from app.web.api_parameters import (
    PAGE,
    asked_choice,
    asked_number,
    asked_text,
    refuse_others,
)
from app.web.pages.works import LONGEST_TEXT
from app.web.shell.current import search_service

bp = Blueprint("api_works", __name__, url_prefix="/api/v1/works")

TEXT, ORDER, PER_PAGE = "q", "order", "per_page"
MOST_PER_PAGE = 200
LONGEST_VALUE = 1_000
"""Characters of a facet's value: a longer one is no museum's."""


@bp.get("")
def index() -> ResponseReturnValue:
    """List the works that have some words, and some values of facets."""
    refuse_others(TEXT, *FACETS, ORDER, PAGE, PER_PAGE)
    chosen = {name: asked_text(name, LONGEST_VALUE) for name in FACETS}
    criteria = Criteria(
        text=asked_text(TEXT, LONGEST_TEXT),
        chosen={name: value for name, value in chosen.items() if value},
        order=asked_choice(ORDER, ORDERS, USUAL_ORDER),
    )
    number = asked_number(PAGE)
    per_page = asked_number(PER_PAGE, WORKS_PER_PAGE, MOST_PER_PAGE)
    page = find_works(criteria, number, per_page=per_page)
    if page is None:
        abort(404)
    address: dict[str, Any] = {
        TEXT: criteria.text or None,
        **criteria.chosen,
        ORDER: criteria.order,
        PER_PAGE: per_page,
        PAGE: number + 1,
    }
    entries = [work_json(work) for work in page.entries]
    following = url_for("api_works.index", **address)
    return page_json("works", page, entries, following)


# A path, because museums write numbers such as "1982.23/4".
@bp.get("/<path:accession>")
def show(accession: str) -> ResponseReturnValue:
    """Return a work with its pictures and the works that look like it."""
    refuse_others()
    work = find_work(accession)
    if work is None:
        abort(404)
    similar = search_service().similar_to(work)
    return {**work_json(work), "similar": [label_json(like) for like in similar]}
