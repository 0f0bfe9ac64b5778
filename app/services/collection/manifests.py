"""IIIF Presentation 3.0: manifests of works and collections of them.

https://iiif.io/api/presentation/3.0/
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from app.models import Artwork, ReferenceImage
from app.services.collection.content.canvases import canvases_of, renderings_of
from app.services.collection.content.fields import DESCRIPTION, Text
from app.services.collection.content.layout import RICH
from app.services.collection.content.minimal_html import minimal_html
from app.services.collection.content.saying import (
    IsPublic,
    everything,
    fields_said,
    labels_said,
)
from app.services.collection.labels import LABEL_COLUMNS, fact_of, label_of
from app.services.collection.pictures import THUMBNAIL_SIDE_PX
from app.services.collection.subjects import SHOWS

PRESENTATION = "http://iiif.io/api/presentation/3/context.json"
LICENCE = re.compile(
    r"https?://(?:creativecommons\.org/(?:licenses|publicdomain)"
    r"|rightsstatements\.org/vocab)/\S+"
)
"""Addresses that ``rights`` may hold; other words are a required statement."""


BLANK_SIDE_PX = 1000
"""Of a canvas with nothing on it."""


class Addresses(NamedTuple):
    """Absolute addresses of what belongs to a work.

    Attributes
    ----------
    manifest, page : str
        The manifest's own, which is its name for all the world; the work's page.
    picture, service, recording : callable
        From a media name to its address; from the hash of a picture's original to its
        image service; from the name of a recording to its address.
    """

    manifest: str
    page: str
    picture: Callable[[str], str]
    service: Callable[[str], str]
    recording: Callable[[str], str]


def manifest(
    work: Artwork,
    addresses: Addresses,
    is_public: IsPublic = everything,
    name_of: Callable[[str], str] = str,
) -> dict[str, Any]:
    """Return the manifest of a work: one canvas per picture, and per recording.

    Parameters
    ----------
    is_public : callable
        Which texts beyond the label are in it.
    name_of : callable
        From a field to what it is called.
    """
    label = label_of(work)
    title = language_map(labels_said(work, "title")) or {"none": [work.accession]}
    fields = fields_said(work, is_public)
    facts = {"accession": work.accession, **label, SHOWS: fact_of(work, SHOWS)}
    described: dict[str, Any] = {
        "@context": PRESENTATION,
        "id": addresses.manifest,
        "type": "Manifest",
        "label": title,
        "metadata": [
            *(
                {
                    "label": {"en": [name.capitalize()]},
                    "value": _values(work, name, value),
                }
                for name, value in facts.items()
                if value and name not in {"title", "rights"}
            ),
            *(
                {
                    "label": {"none": [name_of(field)]},
                    "value": _content_map(field, texts, addresses.page),
                }
                for field, texts in fields
                if field != DESCRIPTION
            ),
        ],
        "homepage": [
            {
                "id": addresses.page,
                "type": "Text",
                "label": title,
                "format": "text/html",
            }
        ],
    }
    for field, texts in fields:
        if field == DESCRIPTION:
            described["summary"] = _content_map(field, texts, addresses.page)
    if renderings := renderings_of(work, addresses.recording):
        described["rendering"] = renderings
    if LICENCE.fullmatch(label["rights"]):
        # Licences are known by their addresses without the s, whoever links to them.
        described["rights"] = label["rights"].replace("https:", "http:", 1)
    elif label["rights"]:
        described["requiredStatement"] = {
            "label": {"en": ["Rights"]},
            "value": _values(work, "rights", label["rights"]),
        }
    if work.images:
        described["thumbnail"] = [_thumbnail(work.images[0], addresses)]
    described["items"] = [
        *(
            _canvas(f"{addresses.manifest}/canvas/{number}", image, addresses)
            for number, image in enumerate(work.images, 1)
        ),
        *canvases_of(work, addresses.manifest, addresses.recording),
    ] or [_blank_canvas(f"{addresses.manifest}/canvas/1")]
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


def language_map(texts: Iterable[Text]) -> dict[str, list[str]]:
    """Return texts as IIIF has them: lists by language, ``none`` where unknown."""
    found: dict[str, list[str]] = {}
    for text in texts:
        found.setdefault(text.language or "none", []).append(_unmarked(text.value))
    return found


def _unmarked(value: str) -> str:
    """Return a text that no viewer takes for HTML, which begins and ends with a tag."""
    return f" {value}" if value.startswith("<") and value.endswith(">") else value


def _content_map(field: str, texts: Iterable[Text], page: str) -> dict[str, list[str]]:
    """Return texts as IIIF has them, rich ones as HTML where they need it."""
    if field not in RICH:
        return language_map(texts)
    found: dict[str, list[str]] = {}
    for text in texts:
        html = minimal_html(text.value, page)
        said = _unmarked(html) if html == text.value else html
        found.setdefault(text.language or "none", []).append(said)
    return found


def _values(work: Artwork, name: str, value: str) -> dict[str, list[str]]:
    said = labels_said(work, name) if name in LABEL_COLUMNS else [Text("", value)]
    return language_map(said)


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


def _blank_canvas(address: str) -> dict[str, Any]:
    """Return the canvas of a work without a picture: a manifest has one at least."""
    return {
        "id": address,
        "type": "Canvas",
        "height": BLANK_SIDE_PX,
        "width": BLANK_SIDE_PX,
        "items": [],
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
