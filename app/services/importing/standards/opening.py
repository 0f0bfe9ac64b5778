"""Recognition of documents by what they say they are, and their reading."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.messages import Remark
from app.services.importing.pictures.source import SourceError
from app.services.importing.records import Record
from app.services.importing.standards import (
    activities,
    edm,
    linked_art,
    oai_pmh,
)
from app.services.importing.standards.documents import (
    DOCUMENT_BYTES,
    Library,
    parsed,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.image_service import (
    is_image_service,
    record_of_service,
    service_of,
)
from app.services.importing.standards.lido import parts as lido_parts
from app.services.importing.standards.lido import record as lido
from app.services.importing.standards.markup import (
    START_BYTES,
    BrokenXmlError,
    Element,
    Open,
    elements,
    root_of,
)
from app.services.importing.standards.presentation import (
    presentation_of,
    read_manifests,
)
from app.services.importing.standards.unread import named_json, named_xml

Read = Callable[[Library, str, Harvest], Iterator[Record]]
"""Yields records, given who fetches what is referred to, the language that is wanted,
and what notes whether everything was listed."""


def read_address(
    address: str, library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield the records of what an address leads to.

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
        read = recognised(lambda: BytesIO(data))
        yield from read(library, language, harvest)


def read_documents(
    names: Sequence[str],
    open_document: Callable[[str], BinaryIO],
    library: Library,
    language: str,
) -> Iterator[Record]:
    """Yield the records of several documents, one after the other, numbered through.

    One that cannot be read is a fault of its own.
    """
    number = 0
    for name in names:
        before = number
        try:
            read = recognised(partial(open_document, name))
            for record in read(library, language, Harvest()):
                record.number = number = before + record.number
                yield record
        except SourceError as error:
            number += 1
            facts = {"name": name, "reason": str(error)}
            yield Record(number, fault=Remark("file_unusable", facts))


def recognised(open_file: Open) -> Read:
    """Return what reads a document.

    Raises
    ------
    SourceError
        If nothing does; the message names what it is.
    """
    with open_file() as file:
        data = file.read(START_BYTES)
        if not is_xml(data):
            data += file.read(DOCUMENT_BYTES + 1 - len(data))
    if is_xml(data):
        return _of_xml(open_file)
    if len(data) > DOCUMENT_BYTES:
        raise SourceError(_("The file is too large to be a manifest."))
    return _of_json(data)


def is_xml(start: bytes) -> bool:
    """Tell whether a file is XML or HTML, by what it begins with, in any encoding."""
    return start.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n").startswith(b"<")


def _of_json(data: bytes) -> Read:
    document = parsed(data)
    presentation = presentation_of(document)
    if presentation is not None:
        return partial(read_manifests, presentation)
    if linked_art.is_object(document):
        return lambda library, language, _harvest: iter(
            [linked_art.record_of(1, document, language, library)]
        )
    if activities.is_list(document):
        return partial(activities.read_list, document)
    if (
        isinstance(document, dict)
        and is_image_service(document)
        and service_of(document) is not None
    ):
        return lambda *_: iter([record_of_service(document)])
    raise SourceError(named_json(document))


def _of_xml(open_file: Open) -> Read:
    root = root_of(open_file)
    if root is not None and root.namespace == lido_parts.NAMESPACE:
        return partial(_read_elements, open_file, lido.RECORD, lido.record_of)
    if root is not None and f"{{{root.namespace}}}{root.name}" == edm.RECORD:
        record_of = partial(edm.record_of, identifier="")
        return partial(_read_elements, open_file, edm.RECORD, record_of)
    if root is not None and root.namespace == oai_pmh.NAMESPACE:
        return partial(oai_pmh.read_response, open_file)
    raise SourceError(named_xml(root))


def _read_elements(
    open_file: Open,
    tag: str,
    record_of: Callable[[int, Element, str], Record],
    _library: Library,
    language: str,
    harvest: Harvest,
) -> Iterator[Record]:
    """Yield a record per element of a name, one in memory at a time."""
    number = 0
    try:
        for number, element in enumerate(elements(open_file, tag), 1):
            harvest.count(number)
            yield record_of(number, element, language)
    except BrokenXmlError as error:
        harvest.is_whole = False
        yield Record(number + 1, fault=Remark("broken_xml", {"reason": str(error)}))
