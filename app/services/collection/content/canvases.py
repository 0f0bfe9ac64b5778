"""Audio, video and links of a work, as IIIF Presentation 3.0 has them.

A recording is a canvas that lasts, with what is said in it as an annotation, and, for
viewers that show no such canvas, a rendering of the work, as links are.
"""

from typing import Any

from app.models import Artwork, MediaKind, WorkMedia
from app.services.collection.content.media import AddressOf, shown_media

TYPES = {MediaKind.AUDIO: "Sound", MediaKind.VIDEO: "Video", MediaKind.LINK: "Text"}
VIDEO_CANVAS = {"height": 720, "width": 1280}
"""Of a video, whose own size nobody has noted: viewers fit it in."""


def renderings_of(work: Artwork, address_of: AddressOf) -> list[dict[str, Any]]:
    """Return a work's media as what else there is of it."""
    return [
        {
            "id": one.address if one.media_name is None else address_of(one.media_name),
            "type": TYPES[one.kind],
            "label": _label(one, one.title or one.kind.value.capitalize()),
            "format": one.mimetype or "text/html",
        }
        for one in shown_media(work)
    ]


def canvases_of(
    work: Artwork, manifest: str, address_of: AddressOf
) -> list[dict[str, Any]]:
    """Return a canvas for each recording of a work that is known to last.

    Parameters
    ----------
    manifest : str
        Address of the manifest, which the canvases' names begin with.
    """
    return [
        _canvas(f"{manifest}/recording/{number}", one, address_of(one.media_name))
        for number, one in enumerate(shown_media(work), 1)
        if one.media_name is not None and one.seconds
    ]


def _canvas(address: str, one: WorkMedia, where: str) -> dict[str, Any]:
    size = {"duration": one.seconds}
    if one.kind is MediaKind.VIDEO:
        size |= VIDEO_CANVAS
    language = {"language": one.language} if one.language else {}
    body = {
        "id": where,
        "type": TYPES[one.kind],
        "format": one.mimetype,
        "duration": one.seconds,
        **language,
    }
    canvas: dict[str, Any] = {"id": address, "type": "Canvas", **size}
    if one.title:
        canvas["label"] = _label(one, one.title)
    canvas["items"] = [_page(address, "painting", body)]
    if one.transcript:
        spoken = {"type": "TextualBody", "value": one.transcript}
        spoken |= {"format": "text/plain"}
        if one.language:
            spoken["language"] = one.language
        canvas["annotations"] = [_page(address, "supplementing", spoken)]
    return canvas


def _page(address: str, motivation: str, body: dict[str, Any]) -> dict[str, Any]:
    annotation = {
        "id": f"{address}/{motivation}",
        "type": "Annotation",
        "motivation": motivation,
        "body": body,
        "target": address,
    }
    place = f"{address}/{motivation}/page"
    return {"id": place, "type": "AnnotationPage", "items": [annotation]}


def _label(one: WorkMedia, title: str) -> dict[str, list[str]]:
    # What begins and ends with a tag would be taken for HTML.
    is_tagged = title.startswith("<") and title.endswith(">")
    return {one.language or "none": [f" {title}" if is_tagged else title]}
