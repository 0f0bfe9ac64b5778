"""Reader of IIIF Presentation: each manifest is a work, each canvas a picture.

Of the standard that is read which museums use for works: label, metadata, rights, the
homepage, and the pictures painted on canvases. Collections are followed downwards, and
in 2.x from page to page.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.retrieval.errors import ImageTooLargeError
from app.services.collection.content.fields import DESCRIPTION
from app.services.importing.columns.picture_cells import WEB, is_address
from app.services.importing.columns.words import squeezed
from app.services.importing.messages import Remark
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.documents import (
    Library,
    id_of,
    objects,
    parsed,
    type_of,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.image_service import (
    is_image_service,
    picture_address,
)
from app.services.importing.standards.manifest_media import (
    is_data,
    is_page,
    media_of,
)
from app.services.importing.standards.presentation2 import NAMES, upgraded
from app.services.importing.standards.texts import (
    by_language,
    chosen,
    joined,
    label_texts,
    plain_text,
)
from app.services.importing.standards.vocabulary import (
    DATE,
    RIGHTS,
    WorkDescription,
    first_year,
    number_of,
)
from app.services.system.links.connections import LinkError

TYPES = ("Manifest", "Collection")
MOST_DEPTH = 8
"""Collections inside each other."""
PAINTING = ("painting", ["painting"])
"""Motivation of what a canvas shows; others are about it."""
REGION = re.compile(r"\d+,\d+,\d+,\d+|pct:[\d.]+(?:,[\d.]+){3}|square")

IDENTIFIERS = frozenset(
    (
        *("identifier", "referencenumber", "shelfmark", "callnumber", "catalognumber"),
        *("cataloguenumber", "signatur", "cote", "identifiant", "kennung", "signatura"),
    )
)
"""Names of rows that hold what a work is known by, in small letters alone."""

Found = tuple[str, "dict[str, Any] | Remark"]


def presentation_of(document: Any) -> dict[str, Any] | None:
    """Return a manifest or collection as Presentation 3 has it; None if it is none."""
    if not isinstance(document, dict):
        return None
    if document.get("@type") in NAMES:
        return upgraded(document)
    return document if document.get("type") in TYPES else None


def read_manifests(
    document: dict[str, Any], library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield a record per manifest.

    Parameters
    ----------
    document : dict
        As :func:`presentation_of` returns it.
    library : Library
        Fetches what is referred to.
    language : str
        In which texts are wanted.
    harvest : Harvest
        Notes whether everything was listed.
    """
    for number, (address, found) in enumerate(
        _Walk(library, harvest).down(document), 1
    ):
        harvest.count(number)
        if isinstance(found, Remark):
            yield Record(number, number_of(address), fault=found, identifier=address)
        else:
            yield record_of(number, found, language, library)


def record_of(
    number: int, manifest: Mapping[str, Any], language: str, library: Library
) -> Record:
    """Return what a manifest says of a work."""

    def words(value: Any) -> list[str]:
        return label_texts(by_language(value), language)

    found = WorkDescription()
    for pair in objects(manifest.get("metadata")):
        names = by_language(pair.get("label"))
        every = [plain_text(name) for texts in names.values() for name in texts]
        value = pair.get("value")
        name = joined(chosen(names, language))
        found.add_named(every, name, words(value), by_language(value))
    found.accession = found.accession or _identifier_among(manifest)
    title = words(manifest.get("label"))
    # A manifest must have a label; one without a title has the number there.
    if title and title != [found.accession]:
        found.replace("title", title)
        found.add_languages("title", by_language(manifest.get("label")))
    _add_rights(found, manifest, words)
    homepage = next((id_of(page) for page in objects(manifest.get("homepage"))), "")
    address = id_of(dict(manifest))
    if not found.has("source"):
        found.add("source", [homepage or address])
    if not found.has(DATE):
        found.add(DATE, [first_year(str(manifest.get("navDate") or ""))])
    found.add_languages(DESCRIPTION, by_language(manifest.get("summary")))
    for agent in objects(manifest.get("provider")):
        found.add_detail("Provider", words(agent.get("label")))
    others = objects(manifest.get("seeAlso"))
    others = [one for one in others if not is_page(one) and not is_data(one)]
    found.add_detail("See also", map(id_of, others))
    for one in media_of(manifest, language, library):
        found.add_media(one)
    found.images = pictures_of(manifest)
    record = found.record(number, address)
    record.identifier = address
    record.fault = fault_of(record)
    if not record.images:
        record.remarks.append(Remark("no_picture"))
    return record


def _identifier_among(manifest: Mapping[str, Any]) -> str:
    """Return what a row calls the identifier, where none is called accession number."""
    for pair in objects(manifest.get("metadata")):
        names, values = (
            [text for said in by_language(pair.get(part)).values() for text in said]
            for part in ("label", "value")
        )
        is_named = any(squeezed(name) in IDENTIFIERS for name in names)
        if is_named and len(values) == 1 and not is_address(values[0]):
            return plain_text(values[0])
    return ""


def _add_rights(
    found: WorkDescription,
    manifest: Mapping[str, Any],
    words: Callable[[Any], list[str]],
) -> None:
    """Add all that a manifest says of rights: none of it stands for the others."""
    rights = manifest.get("rights")
    licences = [rights] if isinstance(rights, str) else []
    for statement in objects(manifest.get("requiredStatement")):
        found.add(RIGHTS, words(statement.get("value")))
        spoken = by_language(statement.get("value"))
        if len(spoken) > 1:
            full = {tag: [joined([*said, *licences])] for tag, said in spoken.items()}
            found.add_languages(RIGHTS, full)
    found.add(RIGHTS, licences)


class _Walk:
    """Walk down from a manifest or collection to all manifests, each once."""

    def __init__(self, library: Library, harvest: Harvest) -> None:
        self._library = library
        self._harvest = harvest
        self._seen: set[str] = set()

    def down(self, document: dict[str, Any]) -> Iterator[Found]:
        """Yield the manifests of a document, with their addresses, in their order."""
        # No recursion: a collection may have thousands of pages one after the other.
        pending = [(document, MOST_DEPTH, True)]
        while pending:
            item, depth, is_here = pending.pop()
            address = id_of(item)
            if not is_here:
                if address in self._seen:
                    continue
                self._seen.add(address)
                found = self._fetch(address, item["type"], depth)
                if isinstance(found, Remark):
                    yield address, found
                    continue
                item = found
            if item["type"] == "Manifest":
                yield id_of(item), item
            else:
                pending += reversed(list(_inside(item, depth)))

    def _fetch(self, address: str, kind: str, depth: int) -> dict[str, Any] | Remark:
        code = "manifest_unusable"
        try:
            if depth > 0:
                document = presentation_of(parsed(self._library.read(address)))
                if document is not None:
                    return document
        except (LinkError, ImageTooLargeError):
            code = "manifest_refused"
        if kind == "Collection":  # what is in it is not known
            self._harvest.is_whole = False
        return Remark(code, {"address": address})


def _inside(
    collection: dict[str, Any], depth: int
) -> Iterator[tuple[dict[str, Any], int, bool]]:
    """Yield what a collection holds, how deep it may go on, and whether it is here."""
    for item in objects(collection.get("items")):
        if item.get("type") in TYPES:
            # Of manifests there are only references in a collection.
            yield item, depth - 1, item["type"] == "Collection" and "items" in item
    for name in ("first", "next"):
        page = collection.get(name)
        page = id_of(page) if isinstance(page, dict) else page
        if isinstance(page, str) and page:
            # Pages lie beside each other, not inside.
            yield {"id": page, "type": "Collection"}, depth, False


def pictures_of(manifest: Mapping[str, Any]) -> list[str]:
    """Return where the pictures of a manifest are, as records name them."""
    return list(dict.fromkeys(_pictures(manifest)))


def _pictures(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of what is painted on the canvases."""
    for canvas in objects(manifest.get("items")):
        for page in objects(canvas.get("items")):
            for annotation in objects(page.get("items")):
                if annotation.get("motivation", "painting") in PAINTING:
                    for body in objects(annotation.get("body")):
                        if address := _picture(body):
                            yield address


def _picture(body: dict[str, Any]) -> str:
    """Return the address of what a body shows; "" if that is no picture."""
    if body.get("type") == "Choice":
        # Of alternatives the first is what is shown.
        return next(filter(None, map(_picture, objects(body.get("items")))), "")
    if body.get("type") == "SpecificResource":
        source = body.get("source")
        if isinstance(source, str):
            source = {"id": source, "type": "Image"}
        inner = next(iter(objects(source)), {})
        return _picture_of(inner, _region(body.get("selector")))
    return _picture_of(body, "")


def _picture_of(body: dict[str, Any], region: str) -> str:
    address = id_of(body)
    service = next(filter(is_image_service, objects(body.get("service"))), None)
    if is_image_service(body):
        service = body
    if service is not None and id_of(service).startswith(WEB):
        return picture_address(id_of(service), region=region, instead=address)
    is_image = type_of(body) in ("Image", "")
    return address if is_image and address.startswith(WEB) else ""


def _region(selector: Any) -> str:
    """Return which part of a picture is meant; "" for all of it."""
    for one in objects(selector):
        region = one.get("region")
        if isinstance(region, str) and REGION.fullmatch(region):
            return region
    return ""
