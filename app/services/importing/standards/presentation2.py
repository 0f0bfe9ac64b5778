"""IIIF Presentation 2.0 and 2.1, written as Presentation 3 would say it.

Only what is read of a manifest or collection is carried over, so that one reader
(:mod:`.presentation`) is enough for both.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.services.importing.standards.documents import objects

NAMES = {"sc:Manifest": "Manifest", "sc:Collection": "Collection"}
MEMBERS = ("members", "collections", "manifests")
"""Where a collection of 2.x lists what is in it."""


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest or collection of 2.x as one of Presentation 3."""
    kind = NAMES[str(document["@type"])]
    found: dict[str, Any] = {
        "id": document.get("@id"),
        "type": kind,
        "label": _texts(document.get("label")),
        "summary": _texts(document.get("description")),
        "metadata": [
            {"label": _texts(pair.get("label")), "value": _texts(pair.get("value"))}
            for pair in objects(document.get("metadata"))
        ],
        "rights": next(_addresses(document.get("license")), None),
        "navDate": document.get("navDate"),
        "requiredStatement": {"value": _texts(document.get("attribution"))},
        "homepage": _resources(document.get("related")),
        "seeAlso": _resources(document.get("seeAlso")),
        "rendering": _resources(document.get("rendering")),
        "next": next(_addresses(document.get("next")), None),
    }
    if kind == "Collection":
        first = document.get("first")
        found["first"] = next(_addresses(first), None)
        found["items"] = [
            _member(member, name)
            for name in MEMBERS
            for member in _entries(document.get(name))
        ]
    else:
        sequences = objects(document.get("sequences"))
        # Further sequences show the same canvases in another order.
        canvases = objects(sequences[0].get("canvases")) if sequences else []
        found["items"] = [
            *map(_canvas, canvases),
            *(
                _played(element)
                for sequence in objects(document.get("mediaSequences"))
                for element in objects(sequence.get("elements"))
            ),
        ]
    return found


def _member(member: dict[str, Any], name: str) -> dict[str, Any]:
    usual = "sc:Collection" if name == "collections" else "sc:Manifest"
    member = {"@type": usual, **member}
    if str(member["@type"]) not in NAMES:
        return {}
    if any(name in member for name in MEMBERS):  # it is here, and need not be fetched
        return upgraded(member)
    return {"id": member.get("@id"), "type": NAMES[str(member["@type"])]}


def _canvas(canvas: dict[str, Any]) -> dict[str, Any]:
    annotations = [
        {"body": _body(one.get("resource"))} for one in objects(canvas.get("images"))
    ]
    return {
        "type": "Canvas",
        "label": _texts(canvas.get("label")),
        "items": [{"items": annotations}],
        "rendering": _resources(canvas.get("rendering")),
    }


def _played(element: dict[str, Any]) -> dict[str, Any]:
    """Return what IIIF's first extension for audio and video has, as a canvas.

    An element is a recording, and its renderings the same in other formats.
    """
    renderings = _resources(element.get("rendering"))
    spoken = [
        {"motivation": one.get("motivation"), "body": _resources(one.get("resource"))}
        for one in objects(element.get("resources"))
    ]
    choice = {"type": "Choice", "items": [*_resources(element), *renderings]}
    return {
        "type": "Canvas",
        "label": _texts(element.get("label")),
        "items": [{"items": [{"body": choice}]}],
        "annotations": [{"items": spoken}],
    }


def _body(resource: Any) -> dict[str, Any]:
    found = next(iter(objects(resource)), {})
    kind = str(found.get("@type") or "")
    if kind == "oa:Choice":
        others = objects(found.get("item"))
        choices = [*objects(found.get("default")), *others]
        return {"type": "Choice", "items": [_body(one) for one in choices]}
    if kind == "oa:SpecificResource":
        return {
            "type": "SpecificResource",
            "source": _body(found.get("full")),
            "selector": found.get("selector"),
        }
    return {
        "id": found.get("@id"),
        "type": "Image",
        "service": found.get("service"),
    }


def _texts(value: Any) -> dict[str, list[str]]:
    """Return a text, or texts in several languages, by their languages."""
    found: dict[str, list[str]] = {}
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            language = str(one.get("@language") or "none")
            values: Iterable[Any] = [one.get("@value")]
        else:
            language, values = "none", [one]
        for text in values:
            if isinstance(text, str | int | float):
                found.setdefault(language, []).append(str(text))
    return found


def _resources(value: Any) -> list[dict[str, Any]]:
    """Return resources with what is said of them: label, type, format, language."""
    return [
        {
            "id": one.get("@id"),
            "type": str(one.get("@type") or "").rpartition(":")[2],
            "label": _texts(one.get("label")),
            "format": one.get("format"),
            "language": one.get("language"),
            **({"value": one["chars"]} if "chars" in one else {}),
        }
        for one in _entries(value)
        if isinstance(one.get("@id"), str) or "chars" in one
    ]


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield what a list holds, of which some may be addresses alone."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
        elif isinstance(one, str):
            yield {"@id": one}


def _addresses(value: Any) -> Iterator[str]:
    for one in _entries(value):
        if isinstance(address := one.get("@id"), str):
            yield address
