"""IIIF Presentation 3.0: manifests of works and collections of them.

https://iiif.io/api/presentation/3.0/
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from app.models import Artwork, ReferenceImage
from app.services.collection.labels import fact_of, label_of
from app.services.collection.pictures import THUMBNAIL_SIDE_PX
from app.services.collection.subjects import SHOWS

PRESENTATION = "http://iiif.io/api/presentation/3/context.json"
LICENCE = re.compile(
    r"https?://(?:creativecommons\.org/(?:licenses|publicdomain)"
    r"|rightsstatements\.org/vocab)/\S+"
)
"""Addresses that ``rights`` may hold; other words are a required statement."""


class Addresses(NamedTuple):
    """Absolute addresses of what belongs to a work.

    Attributes
    ----------
    manifest, page : str
        The manifest's own, which is its name for all the world; the work's page.
    picture, service : callable
        From a media name to its address; from the hash of a picture's original to its
        image service.
    """

    manifest: str
    page: str
    picture: Callable[[str], str]
    service: Callable[[str], str]


def manifest(work: Artwork, addresses: Addresses) -> dict[str, Any]:
    """Return the manifest of a work: one canvas per picture."""
    label = label_of(work)
    title = label["title"] or work.accession
    facts = {"accession": work.accession, **label, SHOWS: fact_of(work, SHOWS)}
    described: dict[str, Any] = {
        "@context": PRESENTATION,
        "id": addresses.manifest,
        "type": "Manifest",
        "label": {"none": [title]},
        "metadata": [
            *(
                _pair({"en": [name.capitalize()]}, value)
                for name, value in facts.items()
                if value and name not in {"title", "rights"}
            ),
            *(
                _pair({"none": [name]}, str(value))
                for name, value in work.details.items()
                if str(value)
            ),
        ],
        "homepage": [
            {
                "id": addresses.page,
                "type": "Text",
                "label": {"none": [title]},
                "format": "text/html",
            }
        ],
    }
    if LICENCE.fullmatch(label["rights"]):
        # Licences are known by their addresses without the s, whoever links to them.
        described["rights"] = label["rights"].replace("https:", "http:", 1)
    elif label["rights"]:
        described["requiredStatement"] = _pair({"en": ["Rights"]}, label["rights"])
    if work.images:
        described["thumbnail"] = [_thumbnail(work.images[0], addresses)]
    described["items"] = [
        _canvas(f"{addresses.manifest}/canvas/{number}", image, addresses)
        for number, image in enumerate(work.images, 1)
    ]
    return described


def collection(
    address: str, label: str, items: Iterable[tuple[str, str, str]]
) -> dict[str, Any]:
    """Return a collection.

    Parameters
    ----------
    items : iterable of (type, address, label)
        Manifests or collections.
    """
    return {
        "@context": PRESENTATION,
        "id": address,
        "type": "Collection",
        "label": {"none": [label]},
        "items": [
            {"id": where, "type": kind, "label": {"none": [name]}}
            for kind, where, name in items
        ],
    }


def _pair(label: dict[str, list[str]], value: str) -> dict[str, Any]:
    return {"label": label, "value": {"none": [value]}}


def _canvas(
    address: str, image: ReferenceImage, addresses: Addresses
) -> dict[str, Any]:
    size = {"height": image.height, "width": image.width}
    service = addresses.service(image.sha256)
    body = {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        **size,
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }
    annotation = {
        "id": f"{address}/annotation",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": address,
    }
    page = {"id": f"{address}/page", "type": "AnnotationPage", "items": [annotation]}
    thumbnail = [_thumbnail(image, addresses)]
    return {
        "id": address,
        "type": "Canvas",
        **size,
        "thumbnail": thumbnail,
        "items": [page],
    }


def _thumbnail(image: ReferenceImage, addresses: Addresses) -> dict[str, Any]:
    scale = min(1, THUMBNAIL_SIDE_PX / max(image.width, image.height))
    return {
        "id": addresses.picture(image.thumbnail_name),
        "type": "Image",
        "format": "image/jpeg",
        "width": max(1, round(image.width * scale)),
        "height": max(1, round(image.height * scale)),
    }
