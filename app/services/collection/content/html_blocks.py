"""Blocks of HTML: the paragraphs and lists in it, and what in them is emphasised.

Ammonia (nh3) closes what is open, as browsers do, and drops scripts and styles. Of the
rest that counts which a rich text can say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby, pairwise
from typing import NamedTuple

import nh3
from markdown_it.common.normalize_url import normalizeLink

from app.services.collection.content.markup import SCHEMES, is_own

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
PARTS = HEADINGS | {
    *("address", "article", "aside", "blockquote", "caption", "center", "details"),
    *("div", "dl", "fieldset", "figcaption", "figure", "footer", "form", "header"),
    *("hr", "main", "nav", "p", "pre", "section", "summary", "table"),
}
"""Elements that are paragraphs of their own, or have some."""
LINES = {"dd", "dt", "tr"}
CELLS = {"td", "th"}
LISTS = {"ol", "ul"}
EMPHASIS, STRONG = {"em", "i"}, HEADINGS | {"b", "strong"}
DEEPEST = 8
"""Lists inside each other; Markdown is read to about that depth."""
SILENT = {"head", "script", "style", "template", "title"}
"""Elements of which nothing is text."""
_READ = PARTS | LINES | CELLS | LISTS | EMPHASIS | STRONG | {"a", "br", "img", "li"}
_SPACES = re.compile(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]")
_PART = re.compile(r"\s+|\S+(?: \S+)*")
"""Gap, or words that are one blank apart."""
_SCHEME = re.compile(rf"(?:{'|'.join(SCHEMES)}):", re.IGNORECASE)


class TextStyle(NamedTuple):
    """How some words are shown."""

    link: str = ""
    is_emphasised: bool = False
    is_strong: bool = False


PLAIN = TextStyle()


class Run(NamedTuple):
    """Words in a row that are shown alike; lines end with a line feed."""

    text: str
    style: TextStyle = PLAIN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Paragraph of some runs, without blanks at its ends and at those of its lines."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """List of items, each of some blocks.

    Attributes
    ----------
    start : int
        Number of the first item, where they have numbers.
    is_loose : bool
        Whether there is room between the items.
    """

    items: "tuple[tuple[Block, ...], ...]"
    is_numbered: bool
    start: int
    is_loose: bool


Block = Paragraph | ItemList


def blocks_of(html: str, *, has_own_links: bool = False) -> list[Block]:
    """Return the blocks of some HTML.

    Parameters
    ----------
    has_own_links : bool
        Whether links without a host lead to pages of this site. Of others the words
        are left.
    """
    clean = nh3.clean(
        html.replace("\0", ""),
        tags=_READ,
        clean_content_tags=SILENT,
        attributes={"a": {"href"}, "img": {"alt"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    reader = _Reader(has_own_links=has_own_links)
    reader.feed(clean)
    reader.close()
    return reader.blocks


def united(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return runs of which no two in a row are shown alike."""
    return tuple(
        Run("".join(run.text for run in alike), style)
        for style, alike in groupby(runs, key=lambda run: run.style)
    )


@dataclass(slots=True)
class _OpenList:
    is_numbered: bool
    start: int
    items: list[list[Block]] = field(default_factory=lambda: [[]])
    has_paragraphs: bool = False

    def closed(self) -> ItemList:
        items = tuple(tuple(item) for item in self.items if item)
        # Markdown knows no room in an only item of one block, and no other way to
        # set blocks apart.
        has_room = len(items) > 1 or any(len(item) > 1 for item in items)
        needs_room = any(_needs_room(*pair) for one in items for pair in pairwise(one))
        is_loose = needs_room or (self.has_paragraphs and has_room)
        start = self.start if self.is_numbered else 1
        return ItemList(items, self.is_numbered, start, is_loose)


class _Reader(HTMLParser):
    """Parser of HTML in which all that is open is closed."""

    def __init__(self, *, has_own_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._has_own_links = has_own_links
        self._runs: list[Run] = []
        self._lists: list[_OpenList] = []
        self._links: list[str] = []
        self._emphasised = self._strong = self._deeper = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._begin_or_end(tag)
        if tag in LINES or tag == "br":
            self._add("\n")
        if tag == "a":
            self._links.append(self._link(said.get("href", "")))
        elif tag == "img":
            self.handle_data(said.get("alt", ""))
        elif tag in LISTS and len(self._lists) == DEEPEST:
            self._deeper += 1
        elif tag in LISTS:
            self._lists.append(_OpenList(tag == "ol", _start(said.get("start", ""))))
        elif self._lists and tag == "li":
            self._lists[-1].items.append([])
        elif self._lists and tag == "p":
            self._lists[-1].has_paragraphs = True
        self._emphasised += tag in EMPHASIS
        self._strong += tag in STRONG

    def handle_endtag(self, tag: str) -> None:
        self._emphasised -= tag in EMPHASIS
        self._strong -= tag in STRONG
        self._begin_or_end(tag)
        if tag == "a":
            self._links.pop()
        elif tag in LISTS and self._deeper:
            self._deeper -= 1
        elif tag in LISTS and (found := self._lists.pop().closed()).items:
            self._here.append(found)

    def handle_data(self, data: str) -> None:
        self._add(_SPACES.sub(" ", data))

    def close(self) -> None:
        super().close()
        self._end_paragraph()

    @property
    def _here(self) -> list[Block]:
        return self._lists[-1].items[-1] if self._lists else self.blocks

    def _begin_or_end(self, tag: str) -> None:
        """Begin anew where an element begins or ends, as far as it does that."""
        if tag in PARTS or tag in LISTS or tag == "li":
            self._end_paragraph()
        elif tag in CELLS:
            self._add(" ")

    def _add(self, text: str) -> None:
        link = self._links[-1] if self._links else ""
        style = TextStyle(link, self._emphasised > 0, self._strong > 0)
        self._runs.append(Run(text, style))

    def _end_paragraph(self) -> None:
        self._here.extend(_paragraphs(self._runs))
        self._runs = []

    def _link(self, address: str) -> str:
        address = address.strip()
        is_ours = self._has_own_links and is_own(address)
        return normalizeLink(address) if is_ours or _SCHEME.match(address) else ""


def _paragraphs(runs: Iterable[Run]) -> Iterator[Paragraph]:
    """Yield paragraphs: two line breaks in a row are the end of one."""
    found: list[Run] = []
    gap: list[Run] = []
    parts = (Run(part, run.style) for run in runs for part in _PART.findall(run.text))
    for is_gap, some in groupby(parts, key=lambda part: part.text.isspace()):
        words = list(some)
        if is_gap:
            gap = words
            continue
        space = "".join(run.text for run in gap)
        if found and space.count("\n") > 1:
            yield Paragraph(united(found))
            found = []
        elif found and space:
            space = "\n" if "\n" in space else re.sub(" +", " ", space)
            around = (found[-1], *gap, words[0])
            found.append(Run(space, _common([run.style for run in around])))
        found += words
        gap = []
    if found:
        yield Paragraph(united(found))


def _common(styles: Sequence[TextStyle]) -> TextStyle:
    """Return how a gap is shown: as itself and what is on both of its sides."""
    links = {style.link for style in styles}
    return TextStyle(
        links.pop() if len(links) == 1 else "",
        all(style.is_emphasised for style in styles),
        all(style.is_strong for style in styles),
    )


def _start(number: str) -> int:
    is_number = number.isascii() and number.isdigit() and len(number) < 9
    return int(number) if is_number else 1


def _needs_room(before: Block, block: Block) -> bool:
    """Tell whether Markdown would take two blocks for one without a blank line."""
    if isinstance(block, Paragraph):
        return True
    return isinstance(before, Paragraph) and block.is_numbered and block.start != 1
