"""Rich text of own pages: a small part of Markdown, and of HTML what that makes.

Markdown-it leaves out HTML and pictures in the text, and Ammonia (nh3) lets through of
what comes out nothing but a few harmless elements, so a fault of either is no hole.
"""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from nh3 import clean

from app.services.collection.content.markup import is_own

TAGS = {
    *("p", "br", "hr", "h2", "h3", "ul", "ol", "li"),
    *("strong", "em", "blockquote", "a"),
}
SCHEMES = {"https", "http", "mailto", "tel"}


def render(text: str, *, leads_out: bool = True) -> str:
    """Return a text in Markdown as HTML that is safe to show.

    Paragraphs, headings (the page has its own first one, so they begin with the
    second), lists, quotations, emphasis, links and lines are known.

    Parameters
    ----------
    text : str
    leads_out : bool
        Whether links may lead to other sites. Otherwise their words are left.
    """

    def kept(_tag: str, name: str, value: str) -> str | None:
        return value if name != "href" or leads_out or is_own(value) else None

    return clean(
        _MARKDOWN.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=kept,
    )


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag == "h1" else "h3"


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
_MARKDOWN.disable(["image", "code", "fence", "backticks", "html_block", "html_inline"])
_MARKDOWN.core.ruler.push("lower_headings", _lower_headings)
