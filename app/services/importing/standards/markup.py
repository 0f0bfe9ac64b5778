"""Streaming of XML: one record in memory at a time, and nothing that its author wants.

libxml2 resolves no entity, fetches no DTD and opens no address here, and refuses texts
of more than ten million characters and trees deeper than 256; a document that
declares types of its own is not read at all. lxml is loaded by the first document.
"""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from flask_babel import lazy_gettext as _

from app.services.importing.pictures.source import SourceError
from app.services.importing.standards.texts import chosen

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
CHUNK_BYTES = 1 << 16
START_BYTES = 1 << 18
"""Within which the first element begins."""
MOST_RECORD_BYTES = 20_000_000
"""That one record may take, as it is written."""

Element: TypeAlias = Any
"""Of lxml, which has no types."""
Open = Callable[[], BinaryIO]


class BrokenXmlError(Exception):
    """XML that is not well formed from some line on; the message says how."""


class Root(NamedTuple):
    """First element of a document: its namespace and its name."""

    namespace: str
    name: str


def root_of(open_file: Open) -> Root | None:
    """Return the first element of some XML; None if it is none.

    Raises
    ------
    SourceError
        If it declares types of its own, which nothing that is read does.
    """
    from lxml import etree

    parser: Any = etree.XMLPullParser(events=("start",), **_options())
    with open_file() as file:
        for _number in range(START_BYTES // CHUNK_BYTES):
            chunk = file.read(CHUNK_BYTES)
            if not chunk:
                return None
            try:
                parser.feed(chunk)
                for _event, element in parser.read_events():
                    _check_types(element)
                    return _root(element)
            except etree.XMLSyntaxError:
                return None
    return None


def elements(open_file: Open, *tags: str) -> Iterator[Element]:
    """Yield elements of some names, each whole, and forget each afterwards.

    Raises
    ------
    BrokenXmlError
        Where the document is not well formed; what came before was.
    SourceError
        If one element is larger than any record.
    """
    from lxml import etree

    with open_file() as file:
        bounded = _Bounded(file)
        parsed: Any = etree.iterparse(bounded, events=("end",), tag=tags, **_options())
        try:
            for _event, element in parsed:
                yield element
                bounded.taken = 0
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise BrokenXmlError(str(error)) from error


def texts(found: list[Element]) -> dict[str, list[str]]:
    """Return the texts of elements by their languages, as XML inherits them."""
    by_language: dict[str, list[str]] = {}
    for element in found:
        by_language.setdefault(language_of(element), []).append(text_of(element))
    return by_language


def chosen_texts(found: list[Element], language: str) -> list[str]:
    """Return the texts of elements in the language that is wanted, or the next best."""
    return chosen(texts(found), language)


def text_of(element: Element) -> str:
    """Return all that stands in an element."""
    return "".join(element.itertext()).strip()


def language_of(element: Element) -> str:
    """Return the language of an element, its own or that of what it stands in."""
    inner: Element | None = element
    while inner is not None:
        if language := inner.get(LANGUAGE):
            return str(language)
        inner = inner.getparent()
    return ""


class _Bounded:
    """Bytes of a file, and how many were read since the last record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def read(self, count: int = CHUNK_BYTES) -> bytes:
        data = self._file.read(min(count, CHUNK_BYTES))
        self.taken += len(data)
        if self.taken > MOST_RECORD_BYTES:
            raise SourceError(_("One record of the file is too large to be read."))
        return data


def _options() -> dict[str, Any]:
    return {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "huge_tree": False,
        "remove_comments": True,
        "remove_pis": True,
    }


def _check_types(element: Element) -> None:
    """Refuse a document in which names may stand for anything."""
    if element.getroottree().docinfo.doctype and _root(element).name != "html":
        raise SourceError(
            _(
                "The file declares types of its own (DOCTYPE), which is not read. "
                "Please export it without."
            )
        )


def _root(element: Element) -> Root:
    from lxml.etree import QName

    name = QName(element)
    return Root(name.namespace or "", name.localname)


def _forget(element: Element) -> None:
    """Let go of an element and of what came before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
