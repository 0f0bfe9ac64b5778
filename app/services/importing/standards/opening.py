"""Recognition of documents by what they say they are, and of what is not read."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.pictures import SourceError
from app.services.importing.records import Record
from app.services.importing.standards.documents import (
    DOCUMENT_BYTES,
    Library,
    contexts,
    parsed,
    type_of,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.image_service import (
    is_image_service,
    record_of_service,
    service_of,
)
from app.services.importing.standards.presentation import (
    presentation_of,
    read_manifests,
)

VERSION = re.compile(r"/api/presentation/(\d+(?:\.\d+)?)")
SHARED_CANVAS = "shared-canvas"
"""In the context of Presentation 1."""


def read_address(
    address: str, library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield the records of what an address leads to.

    Parameters
    ----------
    library : Library
    language : str
        Code of the language in which texts are wanted.
    harvest : Harvest
        Notes whether everything was listed.

    Raises
    ------
    SourceError
        If it cannot be fetched, or is nothing that is read; the message names it.
    """
    data = library.insist(address)
    yield from read_document(lambda: BytesIO(data), library, language, harvest)


def read_document(
    open_file: Callable[[], BinaryIO],
    library: Library,
    language: str,
    harvest: Harvest,
) -> Iterator[Record]:
    """Yield the records of a document; parameters and errors as of `read_address`."""
    with open_file() as file:
        data = file.read(DOCUMENT_BYTES + 1)
    if len(data) > DOCUMENT_BYTES:
        raise SourceError(_("The file is too large to be a manifest."))
    document = parsed(data)
    presentation = presentation_of(document)
    if presentation is not None:
        yield from read_manifests(presentation, library, language, harvest)
    elif (
        isinstance(document, dict)
        and is_image_service(document)
        and service_of(document) is not None
    ):
        yield record_of_service(document)
    else:
        raise SourceError(_named(document))


def _named(document: Any) -> str:
    """Say what some JSON is that is not read."""
    if document is None:
        return str(_("This is neither JSON nor XML, or it is damaged."))
    kind = type_of(document) if isinstance(document, dict) else ""
    named = " ".join(contexts(document)) if isinstance(document, dict) else ""
    version = VERSION.search(named)
    if SHARED_CANVAS in named:
        return str(_old("1"))
    if version and version[1].partition(".")[0] not in ("2", "3"):
        return str(_old(version[1]))
    if kind:
        return str(
            _(
                "This is JSON of the type %(kind)s, which is no manifest and no "
                "collection of works.",
                kind=kind,
            )
        )
    return str(
        _(
            "This is JSON, but neither IIIF nor Linked Art: please send a table, or a "
            "manifest."
        )
    )


def _old(version: str) -> str:
    return str(
        _(
            "This is IIIF Presentation %(version)s; 2.0, 2.1 and 3 are read. Please "
            "ask for one of them.",
            version=version,
        )
    )
