"""Recognition of documents by what they say they are, and of what is not read."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any

from flask_babel import lazy_gettext as _

from app.services.importing.messages import Remark
from app.services.importing.pictures import SourceError
from app.services.importing.records import Record
from app.services.importing.standards import (
    activities,
    edm,
    lido,
    linked_art,
    oai_pmh,
)
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
from app.services.importing.standards.markup import (
    START_BYTES,
    BrokenXmlError,
    Element,
    Open,
    Root,
    elements,
    root_of,
)
from app.services.importing.standards.presentation import (
    presentation_of,
    read_manifests,
)

OTHER_XML = {
    "urn:isbn:1-931666-22-9": "EAD",
    "ead": "EAD",
    "http://ead3.archivists.org/schema/": "EAD 3",
    "http://www.loc.gov/mods/v3": "MODS",
    "http://www.loc.gov/METS/": "METS",
    "http://www.loc.gov/MARC21/slim": "MARC 21",
    "http://www.tei-c.org/ns/1.0": "TEI",
    "http://www.cidoc-crm.org/cidoc-crm/": "CIDOC CRM",
    "http://museumdat.org/museumdat-schema": "museumdat",
    "adlibXML": "Axiell (Adlib) XML",
    "urn:schemas-microsoft-com:office:spreadsheet": "Excel 2003 XML",
    "http://www.w3.org/2000/svg": "SVG",
    "http://www.w3.org/2005/Atom": "Atom",
    "rss": "RSS",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "sitemap",
    "http://www.filemaker.com/fmpxmlresult": "FileMaker XML",
}
"""Names of what museums have and is not read, by its namespace or first element."""
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
    root = root_of(lambda: BytesIO(data)) if is_xml(data) else None
    if root is not None and root.namespace == oai_pmh.NAMESPACE:
        yield from oai_pmh.harvest_records(address, library, language, harvest)
    else:
        yield from read_document(lambda: BytesIO(data), library, language, harvest)


def read_document(
    open_file: Open,
    library: Library,
    language: str,
    harvest: Harvest,
) -> Iterator[Record]:
    """Yield the records of a document; parameters and errors as of `read_address`."""
    with open_file() as file:
        data = file.read(START_BYTES)
        if is_xml(data):
            yield from read_xml(open_file, language, harvest)
            return
        data += file.read(DOCUMENT_BYTES + 1 - len(data))
    if len(data) > DOCUMENT_BYTES:
        raise SourceError(_("The file is too large to be a manifest."))
    document = parsed(data)
    presentation = presentation_of(document)
    if presentation is not None:
        yield from read_manifests(presentation, library, language, harvest)
    elif linked_art.is_object(document):
        yield linked_art.record_of(1, document, language, library)
    elif activities.is_list(document):
        yield from activities.read_list(document, library, language, harvest)
    elif (
        isinstance(document, dict)
        and is_image_service(document)
        and service_of(document) is not None
    ):
        yield record_of_service(document)
    else:
        raise SourceError(_named(document))


def is_document(start: bytes) -> bool:
    """Tell whether a file is JSON or XML, by what it begins with."""
    return is_xml(start) or start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def is_xml(start: bytes) -> bool:
    """Tell whether a file is XML or HTML, by what it begins with, in any encoding."""
    return start.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n").startswith(b"<")


def read_xml(open_file: Open, language: str, harvest: Harvest) -> Iterator[Record]:
    """Yield the records of some XML, one in memory at a time.

    Raises
    ------
    SourceError
        If it is of no kind that is read; the message names it.
    """
    root = root_of(open_file)
    if root is not None and root.namespace == lido.NAMESPACE:
        reader: Callable[[int, Element, str], Record] = lido.record_of
        tag = lido.RECORD
    elif root is not None and f"{{{root.namespace}}}{root.name}" == edm.RECORD:
        reader, tag = partial(edm.record_of, identifier=""), edm.RECORD
    elif root is not None and root.namespace == oai_pmh.NAMESPACE:
        yield from oai_pmh.read_response(open_file, language, harvest)
        return
    else:
        raise SourceError(_named_xml(root))
    number = 0
    try:
        for number, element in enumerate(elements(open_file, tag), 1):
            harvest.count(number)
            yield reader(number, element, language)
    except BrokenXmlError as error:
        harvest.is_whole = False
        yield Record(number + 1, fault=Remark("broken_xml", {"reason": str(error)}))


def _named_xml(root: Root | None) -> str:
    """Say what some XML is that is not read."""
    if root is None:
        return str(_("This begins as XML does, but is damaged from the beginning on."))
    if root.name.lower() == "html":
        return str(_("This is a page of the web, and no catalogue."))
    spoken = OTHER_XML.get(root.namespace) or OTHER_XML.get(root.name)
    name = spoken or root.name
    return str(
        _(
            "This is XML of the kind %(name)s, which is not read. Please export LIDO, "
            "a table or a workbook.",
            name=name,
        )
    )


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
