"""Texts of standards: one of several languages chosen, HTML turned into what we have.

That is Markdown in rich texts, and plain text elsewhere.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from app.models.languages import normal_tag
from app.services.collection.content.markdown import markdown_of

NO_LANGUAGE = ("none", "@none", "", "und", "zxx", "mul", "mis")
"""How standards say that a text is in no language, or in none that they know."""
Spoken = Mapping[str, Sequence[str]]
"""Texts by their languages."""
BREAKING = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
"""Elements of HTML that begin a line of their own."""
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "td",
        "th",
        "time",
        "tt",
        "u",
        "var",
    ]
)
LONGEST_HTML = 200_000
"""Characters of which the markup is heeded; of more the words are left: nh3 takes the
square of how deep elements are in each other."""
SILENT = frozenset(("script", "style", "template", "head"))
"""Elements of which nothing is text."""
KNOWN = BREAKING | INLINE | SILENT | frozenset(("html", "body", "tbody", "thead"))
# Between angle brackets there may be anything else: <illegible>, <1900>.
_TAG = re.compile(rf"<!--|</?(?:{'|'.join(sorted(KNOWN))})\b[^<>]*/?>", re.IGNORECASE)
_RICH_TAG = re.compile(rf"(?<!\\)(?:{_TAG.pattern})", re.IGNORECASE)
"""Markdown escapes what is none."""
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,31});", re.IGNORECASE)


def plain_text(value: str) -> str:
    r"""Return a text without its markup, and with its line breaks.

    What is no markup stays as it is.

    >>> plain_text("<p>Painted <i>en plein air</i>.<br/>Lind &amp; workshop</p>")
    'Painted en plein air.\nLind & workshop'
    >>> plain_text("<1900, oil & wax>")
    '<1900, oil & wax>'
    """
    value = value.replace("\0", "")
    if _TAG.search(value):
        parser = _PlainText()
        parser.feed(_escaped(value))
        parser.close()
        lines = [" ".join(line.split()) for line in parser.text.splitlines()]
        return "\n".join(filter(None, lines))
    return "\n".join(line.strip() for line in _resolved(value).strip().splitlines())


def rich_text(value: str, *, has_own_links: bool = False) -> str:
    r"""Return a text in Markdown, which HTML becomes, and all else is taken for.

    Parameters
    ----------
    has_own_links : bool
        Whether links without a host lead to pages of this site.

    >>> rich_text("<p>Painted <i>en plein air</i>.</p><p>2*3*4</p>")
    'Painted *en plein air*.\n\n2\\*3\\*4'
    >>> rich_text("Painted *en plein air* for Lind &amp; Sons")
    'Painted *en plein air* for Lind & Sons'
    """
    value = value.replace("\0", "")
    if _RICH_TAG.search(value):
        if len(value) > LONGEST_HTML:
            value = "<br><br>".join(map(html.escape, plain_text(value).split("\n")))
        return markdown_of(_escaped(value), has_own_links=has_own_links)
    return _resolved(value).strip()


def without_markup(value: str) -> str:
    """Return a cell as it is, or as plain text where markup is in it.

    >>> without_markup("Lind &amp; Berg"), without_markup(" R&D <1900")
    ('Lind & Berg', ' R&D <1900')
    """
    if "<" not in value and "&" not in value:
        return value
    is_marked = _TAG.search(value) or _REFERENCE.search(value)
    return plain_text(value) if is_marked else value


def text_of_cell(value: str, joints: Sequence[str] = ()) -> str:
    """Return what a cell of a label says, without markup and blanks around it.

    Parameters
    ----------
    joints : sequence of str
        Signs by which several values are joined in a cell.
    """
    for joint in joints:
        if joint in value:
            value = "; ".join(filter(None, map(str.strip, value.split(joint))))
    return without_markup(value).strip()


def chosen(texts: Spoken, language: str) -> list[str]:
    """Return the texts in a language, or else those that come nearest to it.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        By their languages, as tags of BCP 47; in no language by one of ``NO_LANGUAGE``.
    language : str
        Code of the language that is wanted, such as ``de``.

    Returns
    -------
    texts : list of str
        In that language, in English, in none, or in the first that there is. Blank
        ones are left out.
    """
    spoken: dict[str, list[str]] = {}
    for tag, values in texts.items():
        code = primary(tag)
        code = "" if code in NO_LANGUAGE else code
        there = [value for value in map(plain_text, values) if value]
        # Of de and de-AT the first counts: they say the same.
        if there and code not in spoken:
            spoken[code] = there
    wanted = next((code for code in (language, "en", "") if code in spoken), None)
    if wanted is None:
        return next(iter(spoken.values()), [])
    return spoken[wanted]


def label_texts(texts: Spoken, language: str) -> list[str]:
    """Return what a label says: texts in no language before all others.

    Beside translations they are the museum's own, and nowhere else to be kept.
    """
    own = {tag: said for tag, said in texts.items() if tag in NO_LANGUAGE}
    return chosen(own, language) or chosen(texts, language)


def united_languages(things: Sequence[Spoken]) -> dict[str, list[str]]:
    """Return what several things are called, by every language that one of them has.

    A thing without a name in some language keeps there the one it has, or the list
    would be one too short. What is said in one language only is not repeated.
    """
    tags = list(dict.fromkeys(tag for thing in things for tag in thing))
    spoken = [tag for tag in tags if tag not in NO_LANGUAGE]
    if len(spoken) < 2 and all(len(thing) < 2 for thing in things):
        return {}
    return {
        tag: [
            name
            for thing in things
            for name in (chosen({tag: thing.get(tag, ())}, tag) or chosen(thing, tag))[
                :1
            ]
        ]
        for tag in tags
    }


def by_language(value: Any) -> dict[str, list[str]]:
    """Return texts of IIIF by their languages; those in none, which is wrong, too."""
    if not isinstance(value, dict):
        value = {"none": value}
    found = {}
    for language, texts in value.items():
        several = texts if isinstance(texts, list) else [texts]
        found[str(language)] = [
            str(text) for text in several if isinstance(text, str | int | float)
        ]
    return found


def primary(tag: str) -> str:
    """Return the language of a tag: ``en`` of ``en-GB``, ``de`` of ``ger``."""
    code = tag.replace("_", "-").partition("-")[0].strip().lower()
    return normal_tag(code) or code


def joined(texts: Iterable[str], between: str = "; ") -> str:
    """Join several texts into one, each once."""
    return between.join(dict.fromkeys(text for text in texts if text))


def united(texts: Iterable[str]) -> str:
    """Join texts into one, leaving out what another one holds already."""
    found: list[str] = []
    for text in texts:
        if text and not any(text in other for other in found):
            found = [other for other in found if other not in text] + [text]
    return "; ".join(found)


def _resolved(value: str) -> str:
    """Return a text with the signs that its character references stand for."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), value)


def _escaped(value: str) -> str:
    """Escape what looks like markup to a parser, and is none."""
    found = []
    end = 0
    for tag in _TAG.finditer(value):
        found += [value[end : tag.start()].replace("<", "&lt;"), tag[0]]
        end = tag.end()
    return "".join([*found, value[end:].replace("<", "&lt;")])


class _PlainText(HTMLParser):
    """Parser that keeps what is text, and begins lines where HTML does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = 0

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in BREAKING:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag == "img":
            self._parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in BREAKING:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Line breaks of the source are blanks; those of HTML are elements.
            self._parts.append(" ".join(data.split("\n")))
