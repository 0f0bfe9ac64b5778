"""Style sheets as a parser reads them, and what their selectors match on pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import tinycss2
from cssselect import HTMLTranslator
from lxml import etree, html

CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
STATES = re.compile(
    r"::[\w-]+|:(?:before|after|hover|focus-visible|focus-within|focus|active|checked|disabled|target|open"
    r"|invalid|visited|modal|fullscreen|popover-open|user-invalid|autofill|indeterminate|modal)"
    r"(?![\w-])"
)
"""What a page has only when it is shown: a rule for it may match at any time."""
LIST = re.compile(r":not\(([^()]*)\)")
"""Lists are written out: cssselect reads one selector there."""
NOTHING_SAID = re.compile(r"((?:^|[>+~])\s*(?=$|[>+~])|[(,]\s*(?=[,)]))")
"""Where only a state stood."""
GROUPS_OF = {"media", "supports", "layer", "container"}


@dataclass(frozen=True)
class Selector:
    """One selector of a sheet."""

    sheet: str
    text: str

    @property
    def classes(self) -> frozenset[str]:
        """All classes that it names."""
        return frozenset(CLASS.findall(self.text))

    @property
    def path(self) -> str:
        """The same as XPath, for a page whose elements are in any state."""
        text = STATES.sub("", self.text).replace("n + ", "n+")
        text = LIST.sub(
            lambda no: "".join(f":not({one.strip()})" for one in no[1].split(",")), text
        )
        text = re.sub(r":not\(\s*\)", "", text)
        return _path(NOTHING_SAID.sub(r"\1*", text.strip()))


@cache
def _path(text: str) -> str:
    return str(HTMLTranslator().css_to_xpath(text))


def selectors_of(path: Path) -> list[Selector]:
    """Read all selectors of a sheet, whatever the size of the screen."""
    rules = tinycss2.parse_stylesheet(
        path.read_text("utf-8"), skip_comments=True, skip_whitespace=True
    )
    return [Selector(path.stem, text) for text in _selectors(rules)]


def _selectors(nodes: list[tinycss2.ast.Node]) -> Iterator[str]:
    for node in nodes:
        if node.type == "error":
            raise ValueError(node.message)
        if node.type == "qualified-rule":
            for is_comma, tokens in groupby(node.prelude, key=lambda one: one == ","):
                if not is_comma:
                    yield tinycss2.serialize(tokens).strip()
        elif node.type == "at-rule" and node.lower_at_keyword in GROUPS_OF:
            yield from _selectors(
                tinycss2.parse_rule_list(
                    node.content, skip_comments=True, skip_whitespace=True
                )
            )


class Page:
    """Page, read once and asked for many selectors."""

    def __init__(self, text: str) -> None:
        self._root = html.document_fromstring(text)
        words = self._root.xpath("//@class")
        self.classes = frozenset(word for one in words for word in one.split())

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets that it loads, as its links name them."""
        return list(self._root.xpath("//link[@rel='stylesheet']/@href"))

    def matched(self, selector: Selector) -> bool:
        """Tell whether a selector styles anything here."""
        # Most classes are not on most pages, which is quickly known.
        wanted = CLASS.findall(re.sub(r":(?:has|not|is)\(.*?\)", "", selector.text))
        if not self.classes.issuperset(wanted):
            return False
        try:
            return bool(self._root.xpath(_compiled(selector.path)))
        except etree.XPathError as error:
            raise ValueError(selector.text) from error


@cache
def _compiled(path: str) -> str:
    return path
