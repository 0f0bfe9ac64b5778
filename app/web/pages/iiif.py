"""IIIF Presentation 3: the works on show, for viewers and other collections.

Public and readable from other sites, as such manifests are meant to be.
"""

from flask import Blueprint, Response, abort, jsonify

from app.services.collection.browsing import Criteria, find_works
from app.services.collection.lido import SCHEMA
from app.services.collection.linked_art import CONTEXT
from app.services.collection.manifests import collection, manifest
from app.services.collection.works import find_work
from app.web.shell.addresses import addresses_of, lead_on, public_url
from app.web.shell.content.shown import field_name
from app.web.shell.content.wishes import layout

bp = Blueprint("iiif", __name__, url_prefix="/iiif")

WORKS_PER_COLLECTION = 500
TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
SEE_ALSO = (
    ("records.lido", "application/xml", SCHEMA),
    ("records.linked_art", "application/ld+json", CONTEXT),
)
"""Endpoint, format and profile of what else describes a work."""
BY_NUMBER = Criteria(order="accession")


@bp.after_request
def say_what_it_is(response: Response) -> Response:
    """Say that it is IIIF; ``shell/security`` lets viewers on other sites fetch it."""
    if response.status_code == 200:
        response.content_type = TYPE
    return response


@bp.get("/collection.json")
def all_works() -> Response:
    """List the collection in parts: one list of all works would be too long."""
    page = find_works(BY_NUMBER, per_page=WORKS_PER_COLLECTION)
    assert page is not None  # noqa: S101 - there is always a first page
    parts = [
        ("Collection", public_url("iiif.part", number=number), f"Part {number}")
        for number in range(1, page.count + 1)
    ]
    return jsonify(collection(public_url("iiif.all_works"), "Works", parts))


@bp.get("/collection/<int:number>.json")
def part(number: int) -> Response:
    """List some works by their manifests."""
    page = find_works(BY_NUMBER, number, per_page=WORKS_PER_COLLECTION)
    if page is None:
        abort(404)
    manifests = [
        (
            "Manifest",
            public_url("iiif.work", accession=work.accession),
            work.title or work.accession,
        )
        for work in page.entries
    ]
    address = public_url("iiif.part", number=number)
    return jsonify(collection(address, f"Part {number}", manifests))


@bp.get("/works/<path:accession>/manifest.json")
def work(accession: str) -> Response:
    """Describe one work and its pictures."""
    found = find_work(accession)
    if found is None:
        abort(404)
    lead_on(found, accession)
    described = manifest(
        found,
        addresses_of(accession),
        layout().is_public,
        lambda field: field_name(layout().of(field)),
    )
    described["seeAlso"] = [
        {
            "id": public_url(endpoint, accession=accession),
            "type": "Dataset",
            "format": kind,
            "profile": profile,
        }
        for endpoint, kind, profile in SEE_ALSO
    ]
    return jsonify(described)
