"""Audio, video and links of LIDO records."""

from collections.abc import Iterator

from app.models import MediaKind
from app.models.languages import normal_tag
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.media.said import SaidMedia, rank_of, recording_kind
from app.services.importing.standards.lido.parts import FORMAT, NAMES, kind_of
from app.services.importing.standards.lido.resources import is_picture, types_of
from app.services.importing.standards.markup import (
    Element,
    chosen_texts,
    language_of,
    text_of,
    texts,
)
from app.services.importing.standards.texts import plain_text, primary

TRANSCRIPT = ("transcri", "transkri", "trascrizione")
"""In the type of a description that holds what is said in a recording."""


def media_of(lido: Element, language: str) -> Iterator[SaidMedia]:
    """Yield the recordings and links of a record.

    Parameters
    ----------
    language : str
        Code of the language that is wanted where there are several.
    """
    found: dict[str, SaidMedia] = {}
    for resource in lido.findall(".//lido:resourceWrap/lido:resourceSet", NAMES):
        one = _media_of(resource, language)
        if one is None:
            continue
        # A record may have all of its parts once for each of its languages.
        key = f"{one.language} {one.name}" if one.is_link else one.name
        if key not in found or primary(found[key].language) != language:
            found[key] = one
    yield from found.values()
    yield from _related(lido, language)


def other_texts_of(lido: Element) -> Iterator[str]:
    """Yield what is said of resources that are no pictures, and have no address."""
    for one in lido.findall(".//lido:resourceWrap/lido:resourceSet", NAMES):
        if not is_picture(one) and _media_of(one, "") is None:
            said = one.findall("lido:resourceDescription", NAMES)[:1]
            links = one.findall(".//lido:linkResource", NAMES)[:1]
            if text := " ".join(filter(None, map(text_of, (*said, *links)))):
                yield text


def _media_of(resource: Element, language: str) -> SaidMedia | None:
    """Return a resource as a recording, in the form likeliest played, or a link."""
    named = types_of(resource)
    links = resource.findall(".//lido:linkResource", NAMES)
    played: list[tuple[int, int, MediaKind, Element]] = []
    for link in links:
        mimetype, where = str(link.get(FORMAT) or ""), text_of(link)
        if where and (kind := recording_kind(named, mimetype, where)):
            played.append((rank_of(mimetype, where), len(played), kind, link))
    if played:
        *_, kind, link = min(played, key=lambda one: one[:2])
    else:
        pages = [one for one in links if is_address(text_of(one))]
        if is_picture(resource) or not pages:
            return None
        kind, link = MediaKind.LINK, pages[0]
    where, spoken = text_of(link), normal_tag(language_of(link))
    return SaidMedia(
        kind,
        spoken,
        _described(resource, spoken or language, is_transcript=False),
        _described(resource, spoken or language, is_transcript=True),
        where if is_address(where) else "",
        "" if is_address(where) else where,
    )


def _described(resource: Element, language: str, *, is_transcript: bool) -> str:
    """Return what a resource is called, or what is said in it, in a language."""
    found = [
        one
        for one in resource.findall("lido:resourceDescription", NAMES)
        if any(word in kind_of(one).lower() for word in TRANSCRIPT) is is_transcript
    ]
    if not is_transcript:
        return next(map(plain_text, chosen_texts(found, primary(language))), "")
    spoken = texts(found)
    tags = (tag for tag in spoken if primary(tag) == primary(language))
    said = spoken.get(next(tags, next(iter(spoken), "")), [])
    return said[0] if said else ""


def _related(lido: Element, language: str) -> Iterator[SaidMedia]:
    """Yield the pages of related works."""
    for one in lido.findall(".//lido:relatedWork", NAMES):
        names = chosen_texts(one.findall("lido:displayObject", NAMES), language)
        for page in one.findall("lido:object/lido:objectWebResource", NAMES):
            if is_address(text_of(page)):
                spoken = normal_tag(language_of(page))
                title = plain_text(names[0]) if names else ""
                yield SaidMedia(MediaKind.LINK, spoken, title, address=text_of(page))
