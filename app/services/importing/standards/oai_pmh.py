"""Harvester of OAI-PMH 2.0: lists of records, page by page, and what was deleted.

Of what a repository offers LIDO is asked for, else EDM, else Dublin Core. Errors are
those that the protocol defines; a list that breaks off is never taken for a whole one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask_babel import lazy_gettext as _

from app.services.importing.messages import Remark
from app.services.importing.pictures.source import SourceError
from app.services.importing.records import Record
from app.services.importing.standards import dublin_core, edm
from app.services.importing.standards.documents import Library
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.lido import record as lido
from app.services.importing.standards.markup import (
    BrokenXmlError,
    Element,
    Open,
    elements,
    text_of,
)

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
NAMES = {"oai": NAMESPACE}
RECORD, HEADER, ERROR, TOKEN, DATE, FORMAT, IDENTIFY = (
    f"{{{NAMESPACE}}}{name}"
    for name in (
        *("record", "header", "error", "resumptionToken", "responseDate"),
        *("metadataFormat", "Identify"),
    )
)
EMPTY = "noRecordsMatch"
"""Error that is none: the list is there, and has nothing on it."""
FORMATS = ("lido", "edm", "ese", "oai_dc")
"""What is asked for, the best first, by what the names of formats begin with."""
PERSISTENT = "persistent"
"""Repository that remembers for ever what was deleted."""

Readers = dict[str, Callable[[int, Element, str, str], Record]]
READERS: Readers = {
    lido.RECORD: lambda number, one, language, _identifier: lido.record_of(
        number, one, language
    ),
    edm.RECORD: edm.record_of,
    dublin_core.RECORD: dublin_core.record_of,
}


@dataclass(slots=True)
class _Page:
    """What a page says beside its records."""

    token: str = ""
    moment: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    is_broken: bool = False


def harvest_records(
    address: str, library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield the records of a repository, and of those deleted that they are.

    Parameters
    ----------
    address : str
        Of the repository; ``metadataPrefix`` and ``set`` in it are obeyed.
    library : Library
    language : str
    harvest : Harvest
        Says from when on records are wanted, and is told how far this went.

    Raises
    ------
    SourceError
        If the repository refuses, or its list breaks off.
    """
    parts = urlsplit(address)
    base = parts._replace(query="", fragment="").geturl()
    asked = dict(parse_qsl(parts.query))

    def request(**arguments: str) -> Open:
        data = library.insist(f"{base}?{urlencode(arguments)}")
        return lambda: BytesIO(data)

    wanted = {"verb": "ListRecords"}
    wanted["metadataPrefix"] = asked.get("metadataPrefix") or _best_format(request)
    wanted |= {name: asked[name] for name in ("set",) if name in asked}
    # A list of what changed lists everything only where what was deleted is on it.
    granularity, deletions = _identity(request)
    since = harvest.since if deletions == PERSISTENT else ""
    if since:
        wanted["from"] = since
        harvest.is_whole = False
    page, number, seen = _Page(), 0, set()
    while True:
        for record in _records(request(**wanted), number, language, page):
            number = record.number
            harvest.count(number)
            yield record
        if page.is_broken:
            harvest.is_whole = False
            return
        _check(page)
        # The first page's: what changes meanwhile is listed the next time.
        harvest.mark = harvest.mark or page.moment[: len(granularity)]
        if not page.token:
            return
        if page.token in seen:
            raise SourceError(_("The list begins again in the middle."))
        seen.add(page.token)
        wanted = {"verb": "ListRecords", "resumptionToken": page.token}
        page = _Page()


def read_response(
    open_file: Open, _library: Library, language: str, harvest: Harvest
) -> Iterator[Record]:
    """Yield the records of one answer, as it was sent or stands in a file."""
    page = _Page()
    yield from _records(open_file, 0, language, page)
    harvest.is_whole = not (page.token or page.is_broken)
    _check(page)


def _records(
    open_file: Open, number: int, language: str, page: _Page
) -> Iterator[Record]:
    """Yield the records of a page, and note what else it says."""
    try:
        for element in elements(open_file, RECORD, ERROR, TOKEN, DATE):
            if element.tag == RECORD:
                number += 1
                yield _record(number, element, language)
            elif element.tag == TOKEN:
                page.token = text_of(element)
            elif element.tag == DATE:
                page.moment = text_of(element)
            else:
                page.errors[element.get("code") or ""] = text_of(element)
    except BrokenXmlError as error:
        page.is_broken = True
        yield Record(number + 1, fault=Remark("broken_xml", {"reason": str(error)}))


def _record(number: int, record: Element, language: str) -> Record:
    header = record.find("oai:header", NAMES)
    identifier = ""
    if header is not None:
        identifier = (header.findtext("oai:identifier", "", NAMES) or "").strip()
        if header.get("status") == "deleted":
            return Record(number, identifier=identifier, is_gone=True)
    metadata = record.find("oai:metadata", NAMES)
    for one in metadata.iter() if metadata is not None else ():
        reader = READERS.get(str(one.tag))
        if reader is not None:
            found = reader(number, one, language, identifier)
            found.identifier = identifier or found.identifier
            return found
    fault = Remark("no_metadata", {"identifier": identifier})
    number_there = dublin_core.local_part(identifier)
    return Record(number, number_there, fault=fault, identifier=identifier)


def _check(page: _Page) -> None:
    """Raise ``SourceError`` for an error that is one."""
    for code, said in page.errors.items():
        if code != EMPTY:
            raise SourceError(
                _(
                    "The repository refuses: %(code)s. %(said)s",
                    code=code,
                    said=said[:200],
                )
            )


def _identity(request: Callable[..., Open]) -> tuple[str, str]:
    """Return how exactly a repository tells the time, and how it deletes."""
    for one in elements(request(verb="Identify"), IDENTIFY):
        granularity = one.findtext("oai:granularity", "YYYY-MM-DD", NAMES)
        return granularity.strip(), one.findtext("oai:deletedRecord", "no", NAMES)
    return "YYYY-MM-DD", "no"


def _best_format(request: Callable[..., Open]) -> str:
    offered = [
        (one.findtext("oai:metadataPrefix", "", NAMES) or "").strip()
        for one in elements(request(verb="ListMetadataFormats"), FORMAT)
    ]
    for wanted in FORMATS:
        for name in offered:
            if (
                name.lower()
                .removeprefix("oai_")
                .startswith(wanted.removeprefix("oai_"))
            ):
                return name
    raise SourceError(
        _(
            "The repository offers none of LIDO, EDM and Dublin Core, but %(names)s.",
            names=", ".join(offered) or "–",
        )
    )
