"""IIIF Presentation 3: the works on show, for viewers and other collections.

Public and readable from other sites, as such manifests are meant to be.
"""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, url_for

from app.services.collection.browsing import Criteria, find_works
from app.services.collection.exporting import collection, manifest
from app.services.collection.works import find_work

bp = Blueprint("iiif", __name__, url_prefix="/iiif")

WORKS_PER_COLLECTION = 500
TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
BY_NUMBER = Criteria(order="accession")


@bp.after_request
def let_others_read(response: Response) -> Response:
    """Say that it is IIIF, and let viewers on other sites fetch it."""
    if response.status_code == 200:
        response.content_type = TYPE
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/collection.json")
def all_works() -> Response:
    """List the collection in parts: one list of all works would be too long."""
    page = find_works(BY_NUMBER, per_page=WORKS_PER_COLLECTION)
    assert page is not None  # noqa: S101 - there is always a first page
    parts = [
        ("Collection", _address("iiif.part", number=number), f"Part {number}")
        for number in range(1, page.count + 1)
    ]
    return jsonify(collection(_address("iiif.all_works"), "Works", parts))


@bp.get("/collection/<int:number>.json")
def part(number: int) -> Response:
    """List some works by their manifests."""
    page = find_works(BY_NUMBER, number, per_page=WORKS_PER_COLLECTION)
    if page is None:
        abort(404)
    manifests = [
        (
            "Manifest",
            _address("iiif.work", accession=work.accession),
            work.title or work.accession,
        )
        for work in page.entries
    ]
    address = _address("iiif.part", number=number)
    return jsonify(collection(address, f"Part {number}", manifests))


@bp.get("/works/<path:accession>/manifest.json")
def work(accession: str) -> Response:
    """Describe one work and its pictures."""
    found = find_work(accession)
    if found is None:
        abort(404)
    return jsonify(
        manifest(
            found,
            _address("iiif.work", accession=accession),
            lambda name: _address("media.work", name=name),
            _address("artworks.show", accession=accession),
        )
    )


def _address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, _external=True, **values)
