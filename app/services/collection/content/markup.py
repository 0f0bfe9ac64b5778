"""Texts for visitors: a small safe subset of HTML, made of what museums write.

Rich texts are written in Markdown, of which paragraphs, line breaks, emphasis, lists
and links count, and nothing else; catalogues that hold HTML are understood, too. Other
texts are shown as they are, with their paragraphs and line breaks. Whatever it was
before, nothing but the subset leaves this module.
"""

import re
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}
_ALIKE = {"b": "strong", "i": "em", "div": "p"}
"""What other programs write for the same."""
_OWN = ("/", "#", "?")
TAG_START = r"(?<!\\)</?(?:p|br|div|em|strong|b|i|ul|ol|li|a)\b"
"""Of HTML that is understood; escaped as Markdown escapes signs it is none."""
_HTML = re.compile(rf"{TAG_START}[^<>]*>", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|li|ul|ol)>|<br>")
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold, not even escaped."""
_markdown = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)


def html_of(text: str, *, is_rich: bool, leads_out: bool = True) -> str:
    """Return a text as safe HTML.

    Parameters
    ----------
    is_rich : bool
        Whether it is Markdown or HTML, and not plain.
    leads_out : bool
        Whether links may lead to other sites. Otherwise their words are left.
    """
    text = text.replace("\0", "").strip()
    if not is_rich:
        written = _plain(text)
    elif _HTML.search(text):
        written = _HTML.sub(_named_alike, text)
    else:
        written = _markdown.render(text)

    def kept(_tag: str, name: str, value: str) -> str | None:
        return value if name != "href" or leads_out or is_own(value) else None

    return nh3.clean(
        written,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=kept,
    ).strip()


def is_own(address: str) -> bool:
    """Tell whether a link leads to a page of this site."""
    # Browsers read a backslash as a slash, and two of those as another host.
    plain = address.replace("\\", "/")
    return plain.startswith(_OWN) and not plain.startswith("//")


def plain_of(text: str, *, is_rich: bool) -> str:
    """Return a text without markup: paragraphs in lines of their own."""
    lines = _BLOCK_END.sub("\n", html_of(text, is_rich=is_rich))
    bare = unescape(_TAG.sub("", lines)).splitlines()
    return "\n".join(" ".join(line.split()) for line in bare if line.strip())


def beginning_of(text: str, length: int, *, is_rich: bool) -> tuple[str, bool]:
    """Return how a text begins, in whole words, and whether it goes on.

    Parameters
    ----------
    length : int
        Characters at most; a sentence that ends in the second half of them is the end.
    """
    plain = " ".join(plain_of(text, is_rich=is_rich).split())
    if len(plain) <= length:
        return plain, False
    cut = plain[: length + 1]
    ends = [found.end(1) for found in re.finditer(r"([.!?…。！？؟])(?:\s|$)", cut)]
    if ends and ends[-1] > length // 2:
        return cut[: ends[-1]], True
    words = cut.rpartition(" ")[0] or cut[:length]
    return f"{words.rstrip(' ,;:–-')} …", True


def well_formed(text: str) -> str:
    """Return a text with a replacement character for each that XML forbids."""
    return _FORBIDDEN.sub("\ufffd", text)


def _plain(text: str) -> str:
    paragraphs = _PARAGRAPHS.split(escape(text))
    return "".join(
        f"<p>{'<br>'.join(line.strip() for line in one.strip().splitlines())}</p>"
        for one in paragraphs
        if one.strip()
    )


def _named_alike(tag: re.Match[str]) -> str:
    """Call an element by the name that is ours."""
    name = re.match(r"</?(\w+)", tag[0])
    assert name is not None  # noqa: S101 - the pattern begins so
    ours = _ALIKE.get(name[1].lower(), name[1])
    return tag[0].replace(name[1], ours, 1)
