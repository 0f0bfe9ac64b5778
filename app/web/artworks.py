"""The collection's pages: all works, and each one's label."""

from flask import Blueprint, abort, render_template, request

from app.services.artworks import find_work, works_page
from app.web.current import search_service

bp = Blueprint("artworks", __name__, url_prefix="/works")


@bp.get("/")
def browse() -> str:
    """Show one page of all works; ``?page=`` counts from 1."""
    page = works_page(request.args.get("page", 1, type=int))
    if page is None:
        abort(404)
    return render_template("works.html", page=page)


# A path, because museums write numbers such as "1982.23/4".
@bp.get("/<path:accession>")
def show(accession: str) -> str:
    """Show a work's label and pictures, and works that look like it."""
    work = find_work(accession)
    if work is None:
        abort(404)
    return render_template(
        "work.html", work=work, similar=search_service().similar_to(work)
    )
