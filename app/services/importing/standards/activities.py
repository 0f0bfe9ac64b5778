"""Lists of Linked Art and IIIF: pages of references, and streams of activities.

ActivityStreams 2.0 as museums use it: an ordered collection of works, or of what became
of them, in the order in which that happened (IIIF Change Discovery 1.0).
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from app.retrieval.errors import ImageTooLargeError
from app.services.importing.messages import Remark
from app.services.importing.pictures.source import SourceError
from app.services.importing.records import Record
from app.services.importing.standards import linked_art, presentation
from app.services.importing.standards.documents import (
    Library,
    id_of,
    objects,
    parsed,
    type_of,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.vocabulary import number_of
from app.services.system.links.connections import LinkError

LISTS = frozenset(
    ("OrderedCollection", "OrderedCollectionPage", "Collection", "CollectionPage")
)
WORKS = frozenset((*linked_art.TYPES, *presentation.TYPES, "sc:Manifest", ""))
DELETING = frozenset(("Delete", "Remove"))
ITEMS = ("orderedItems", "items", "@graph", "first")
"""Where lists hold what is on them, or their first page."""

Listed = dict[str, "dict[str, Any] | None"]


def is_list(document: Any) -> bool:
    """Tell whether some JSON is a list of works, or of what became of them."""
    if isinstance(document, list):
        return any(_address(one) for one in document)
    if not isinstance(document, dict):
        return False
    if not any(name in document for name in (*ITEMS, "last")):
        return False
    return type_of(document).removeprefix("as:") in LISTS or "@graph" in document


def read_list(
    document: Any, library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield a record per work on a list; parameters as of ``read_manifests``.

    Raises
    ------
    SourceError
        If a page of it cannot be had.
    """
    listed: Listed = {}
    for page in _pages(document, library):
        for item in _items(page):
            _note(listed, item)
        harvest.count(len(listed))
    for number, (address, described) in enumerate(listed.items(), 1):
        if described is None:
            yield Record(number, identifier=address, is_gone=True)
        else:
            yield _record(number, address, described, library, language)


def _pages(document: Any, library: Library) -> Iterator[Any]:
    """Yield the pages of a list, in the order of time."""
    if not isinstance(document, dict) or any(
        document.get(name) for name in ("orderedItems", "items", "@graph")
    ):
        yield from _following(document, library, "next")
        return
    if first := document.get("first"):
        yield from _following(_fetched(first, library), library, "next")
    elif last := document.get("last"):
        pages = list(_following(_fetched(last, library), library, "prev"))
        yield from reversed(pages)


def _following(page: Any, library: Library, direction: str) -> Iterator[Any]:
    seen: set[str] = set()
    while True:
        yield page
        another = page.get(direction) if isinstance(page, dict) else None
        address = _address(another)
        if not address:
            return
        if address in seen:
            raise SourceError(_("The list begins again in the middle."))
        seen.add(address)
        page = _fetched(another, library)


def _fetched(page: Any, library: Library) -> Any:
    """Return a page that may be here already, or must be had."""
    if isinstance(page, dict) and any(name in page for name in ITEMS):
        return page
    address = _address(page)
    found = parsed(library.insist(address))
    if not isinstance(found, dict):
        raise SourceError(_("%(address)s is no page of a list.", address=address))
    return found


def _items(page: Any) -> Iterator[Any]:
    if isinstance(page, list):
        yield from page
        return
    for name in ("orderedItems", "items", "@graph"):
        several = page.get(name) or []
        yield from several if isinstance(several, list) else [several]


def _note(listed: Listed, item: Any) -> None:
    """Note what an item says last of a work: that it is there, or deleted."""
    kind = type_of(item) if isinstance(item, dict) else ""
    inner = item.get("object") if isinstance(item, dict) else None
    described = inner if inner is not None else item
    what = type_of(described) if isinstance(described, dict) else ""
    address = _address(described)
    if not address or what not in WORKS:
        return
    # What happened last stands last.
    listed.pop(address, None)
    if inner is not None and kind.removeprefix("as:") in DELETING:
        listed[address] = None
    else:
        listed[address] = described if isinstance(described, dict) else {}


def _record(
    number: int,
    address: str,
    described: dict[str, Any],
    library: Library,
    language: str,
) -> Record:
    # A reference tells what a thing is called at most.
    manifest = presentation.presentation_of(described)
    is_here = "identified_by" in described or bool(manifest and manifest.get("items"))
    document: Any = described if is_here else None
    if document is None:
        try:
            document = parsed(library.read(address))
        except (LinkError, ImageTooLargeError):
            return _lost(number, address, "manifest_refused")
    manifest = presentation.presentation_of(document)
    if manifest is not None and manifest["type"] == "Manifest":
        record = presentation.record_of(number, manifest, language, library)
    elif linked_art.is_object(document):
        record = linked_art.record_of(number, document, language, library)
    else:
        return _lost(number, address, "manifest_unusable")
    # By which the list knows it; the document may call itself otherwise.
    record.identifier = address
    return record


def _lost(number: int, address: str, code: str) -> Record:
    remark = Remark(code, {"address": address})
    return Record(number, number_of(address), fault=remark, identifier=address)


def _address(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return next(map(id_of, objects(thing)), "")
