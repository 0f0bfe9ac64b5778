"""Digital objects of Linked Art: the pictures of a work, and its page.

Pictures may stand in the description, behind references of it, or in a manifest.
"""

from collections.abc import Iterator
from typing import Any

from app.retrieval.errors import ImageTooLargeError
from app.services.importing.columns.picture_cells import WEB
from app.services.importing.standards.documents import (
    Library,
    id_of,
    objects,
    parsed,
)
from app.services.importing.standards.image_service import picture_address
from app.services.importing.standards.presentation import pictures_of, presentation_of
from app.services.system.links.connections import LinkError

WEB_PAGE = "300264578"
MOST_LOOKED_UP = 20
"""Documents that are fetched for the pictures of one work."""


class DigitalObjects:
    """Finder of a work's pictures and page.

    Parameters
    ----------
    described : dict
        The HumanMadeObject.
    library : Library
        Fetches what is referred to.
    """

    def __init__(self, described: dict[str, Any], library: Library) -> None:
        self._work = described
        self._library = library
        self._left = MOST_LOOKED_UP

    def page(self) -> str:
        """Return the address of the work's page; "" if none is named."""
        for carrier in self._carriers():
            is_page = str(carrier.get("format") or "").startswith("text/html")
            if is_page or WEB_PAGE in kinds_of(carrier):
                return next(_access_points(carrier), "")
        return ""

    def pictures(self) -> list[str]:
        """Return where the work's pictures are, as records name them."""
        for name in ("representation", "shows"):
            items = objects(self._work.get(name))
            if found := [address for item in items for address in self._shown(item)]:
                return found
        return self._pictures_of_manifest()

    def _carriers(self) -> Iterator[dict[str, Any]]:
        for text in objects(self._work.get("subject_of")):
            yield from objects(text.get("digitally_carried_by"))

    def _shown(self, item: dict[str, Any]) -> Iterator[str]:
        """Yield the pictures of a visual item, or of a digital object that is one."""
        if "access_point" in item:
            shown = [item]
        else:
            shown = objects(self._complete(item, "digitally_shown_by"))
        for one in shown:
            is_here = "access_point" in one or "digitally_available_via" in one
            if address := _picture(one if is_here else self._looked_up(one)):
                yield address

    def _pictures_of_manifest(self) -> list[str]:
        """Return the pictures of the manifest that is named for the work."""
        for carrier in self._carriers():
            kind = f"{carrier.get('conforms_to')} {carrier.get('format')}"
            if "iiif.io/api/presentation" in kind:
                for address in _access_points(carrier):
                    manifest = presentation_of(self._fetched(address))
                    if manifest is not None:
                        return pictures_of(manifest)
        return []

    def _complete(self, item: dict[str, Any], name: str) -> Any:
        return item[name] if name in item else self._looked_up(item).get(name)

    def _looked_up(self, reference: dict[str, Any]) -> dict[str, Any]:
        document = self._fetched(id_of(reference))
        return document if isinstance(document, dict) else {}

    def _fetched(self, address: str) -> Any:
        """Fetch a document that only pictures depend on; None if it cannot be had."""
        self._left -= 1
        if self._left < 0 or not address.startswith(WEB):
            return None
        try:
            return parsed(self._library.read(address))
        except (LinkError, ImageTooLargeError):
            return None


def kinds_of(thing: dict[str, Any]) -> set[str]:
    """Return the numbers of the concepts that say what kind a thing is of."""
    kinds = objects(thing.get("classified_as"))
    return {number_of_concept(id_of(kind)) for kind in kinds}


def number_of_concept(concept: str) -> str:
    """Return the number of a concept.

    >>> number_of_concept("http://vocab.getty.edu/aat/300404670")
    '300404670'
    """
    return concept.rstrip("/").rpartition("/")[2].removeprefix("aat:")


def _picture(digital: dict[str, Any]) -> str:
    """Return where a digital object is, by its image service where it has one."""
    kind = str(digital.get("format") or "image/")
    address = next(_access_points(digital), "") if kind.startswith("image/") else ""
    for service in objects(digital.get("digitally_available_via")):
        if "iiif.io/api/image" in str(service.get("conforms_to")):
            for where in _access_points(service):
                return picture_address(where, instead=address)
    return address


def _access_points(thing: dict[str, Any]) -> Iterator[str]:
    for point in objects(thing.get("access_point")):
        if id_of(point).startswith(WEB):
            yield id_of(point)
