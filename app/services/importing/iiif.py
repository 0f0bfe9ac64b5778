"""Reader of IIIF Presentation 3: each manifest is a work, each canvas a picture.

Of the standard that is read which museums use for works: label, metadata, rights, the
homepage, and the pictures painted on canvases. Collections are followed downwards.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from app.retrieval.errors import ImageTooLargeError
from app.services.collection.labels import LABEL_COLUMNS
from app.services.importing.columns.formats import ACCESSION
from app.services.importing.columns.picture_cells import WEB
from app.services.importing.columns.reading import detail_name
from app.services.importing.columns.words import field_named
from app.services.importing.messages import Remark
from app.services.importing.pictures.source import SourceError
from app.services.importing.records import Record, fault_of
from app.services.system.fetching import LinkError, LinkReader

TYPES = ("Manifest", "Collection")
MANIFEST_BYTES = 20_000_000
MOST_DEPTH = 5
"""Collections inside each other."""
MOST_MANIFESTS = 100_000
LANGUAGES = ("en", "none", "@none")
"""Of several languages the first of these is taken, or else the first there is."""


def read_manifests(start: str | bytes, reader: LinkReader | None) -> Iterator[Record]:
    """Yield a record per manifest.

    Parameters
    ----------
    start : str or bytes
        Address of a manifest or collection, or the document itself.
    reader : LinkReader or None
        Fetches what is referred to.

    Raises
    ------
    SourceError
        If the start is neither a manifest nor a collection, or cannot be fetched.
    """
    if isinstance(start, str):
        try:
            start = _fetch(start, reader)
        except (LinkError, ImageTooLargeError) as error:
            raise SourceError(_("The address could not be fetched.")) from error
    document = _document(start)
    if document is None:
        raise SourceError(
            _("This is neither a manifest nor a collection of IIIF Presentation 3.")
        )
    found = _walk(document, reader, MOST_DEPTH, set())
    for number, (address, manifest) in enumerate(found, 1):
        if number > MOST_MANIFESTS:
            raise SourceError(_("The collection is too large."))
        if isinstance(manifest, Remark):
            yield Record(number, number_of(address), fault=manifest)
        else:
            yield record_of(number, manifest)


def record_of(number: int, manifest: Mapping[str, Any]) -> Record:
    """Return what a manifest says of a work."""
    record = Record(number, label={"title": ""})
    for pair in _list(manifest.get("metadata")):
        name, value = _words(pair.get("label")), _words(pair.get("value"))
        meant = field_of(name)
        if not value:
            continue
        if meant == ACCESSION and not record.accession:
            record.accession = value
        elif meant in LABEL_COLUMNS and not record.label.get(meant):
            record.label[meant] = value
        elif name:
            record.details[detail_name(name)] = value
    record.label["title"] = _words(manifest.get("label")) or record.label["title"]
    statement = _words((manifest.get("requiredStatement") or {}).get("value"))
    rights = statement or str(manifest.get("rights") or "")
    if rights:
        record.label["rights"] = rights
    homepage = next((page.get("id") for page in _list(manifest.get("homepage"))), "")
    address = str(manifest.get("id") or "")
    record.label.setdefault("source", str(homepage or address))
    if summary := _words(manifest.get("summary")):
        record.details["Summary"] = summary
    record.accession = record.accession or number_of(address)
    record.images = list(dict.fromkeys(_pictures(manifest)))
    record.fault = fault_of(record)
    return record


def field_of(name: str) -> str:
    """Return the field that a name in the metadata means; "" if none."""
    meant = field_named(name)
    return meant if meant in (ACCESSION, *LABEL_COLUMNS) else ""


def number_of(address: str) -> str:
    """Make an accession number from a manifest's address, where it tells none."""
    path = urlsplit(address).path.strip("/").removesuffix(".json")
    parts = [part for part in path.split("/") if part != "manifest"]
    return parts[-1] if parts else address


def _walk(
    document: Mapping[str, Any], reader: LinkReader | None, depth: int, seen: set[str]
) -> Iterator[tuple[str, dict[str, Any] | Remark]]:
    """Yield the manifests of a document, with their addresses, each once."""
    if document.get("type") == "Manifest":
        yield str(document.get("id") or ""), dict(document)
        return
    for item in _list(document.get("items")):
        address = str(item.get("id") or "")
        if item.get("type") not in TYPES or address in seen:
            continue
        seen.add(address)
        try:
            inner = _document(_fetch(address, reader))
        except (LinkError, ImageTooLargeError):
            yield address, Remark("manifest_refused", {"address": address})
            continue
        if inner is None or depth == 0:
            yield address, Remark("manifest_unusable", {"address": address})
            continue
        yield from _walk(inner, reader, depth - 1, seen)


def _fetch(address: str, reader: LinkReader | None) -> bytes:
    if reader is None:
        raise SourceError(
            _("Addresses are not fetched here: MORELLI_LINKS switches that off.")
        )
    return reader.read(address)


def _document(data: bytes) -> dict[str, Any] | None:
    """Return the manifest or collection that some bytes are; None if neither."""
    try:
        # Zero characters are in no text, and PostgreSQL stores none.
        found = json.loads(data.replace(rb"\u0000", b""))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("type") in TYPES else None


def _pictures(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of what is painted on the canvases."""
    for canvas in _list(manifest.get("items")):
        for page in _list(canvas.get("items")):
            for annotation in _list(page.get("items")):
                for body in _list(annotation.get("body")):
                    # Of alternatives the first is what is shown.
                    if body.get("type") == "Choice":
                        body = (_list(body.get("items")) or [{}])[0]
                    address = str(body.get("id") or "")
                    if body.get("type") == "Image" and address.startswith(WEB):
                        yield address


def _list(value: Any) -> list[dict[str, Any]]:
    """Return the objects in what may be one, several or none."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def _words(value: Any) -> str:
    """Return a text that may be there in several languages."""
    if isinstance(value, str):
        return value.strip()
    if not isinstance(value, dict) or not value:
        return ""
    known = next((value[name] for name in LANGUAGES if name in value), None)
    texts = known if known is not None else next(iter(value.values()))
    texts = texts if isinstance(texts, list) else [texts]
    return "; ".join(str(text).strip() for text in texts)
