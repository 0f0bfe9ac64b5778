"""Works on show as records of standards, for other collections and for programs.

What curators hide from visitors is in none of them.
Public and readable from other sites, as the manifests are.
"""

from flask import Blueprint, Response, jsonify

from app.models import Artwork
from app.services.collection.lido import lido_record
from app.services.collection.linked_art import describe_object
from app.services.collection.works import find_work
from app.web.curate.responses import or_404
from app.web.shell.addresses import addresses_of, lead_on
from app.web.shell.content.wishes import layout
from app.web.shell.museum import museum

bp = Blueprint("records", __name__, url_prefix="/records")

LINKED_ART = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json"'


@bp.get("/<path:accession>/lido.xml")
def lido(accession: str) -> Response:
    """Describe a work in LIDO 1.1."""
    work = shown_work(accession)
    addresses = addresses_of(accession)
    record = lido_record(work, addresses, museum().name, layout().is_public)
    return Response(record, mimetype="application/xml")


@bp.get("/<path:accession>/linked-art.json")
def linked_art(accession: str) -> Response:
    """Describe a work as Linked Art."""
    work = shown_work(accession)
    described = describe_object(work, addresses_of(accession), layout().is_public)
    response = jsonify(described)
    response.content_type = LINKED_ART
    return response


def shown_work(accession: str) -> Artwork:
    """Return a work on show; 404 without one, 301 by the number of a merged one."""
    work = or_404(find_work(accession))
    lead_on(work, accession)
    return work
