"""Minimal HTML of rich texts, as IIIF has it: well-formed, in one element.

https://iiif.io/api/presentation/3.0/#45-html-markup-in-property-values
"""

import re
from html import escape, unescape
from urllib.parse import urljoin

from app.services.collection.content.markup import html_of, well_formed

_NAMES = {"em": "i", "strong": "b"}
_NAMED = re.compile(r"(?<=[</])(em|strong)(?=>)")
_HREF = re.compile(r'<a href="([^"]*)"[^>]*>')
_LINE_END = re.compile(
    r"(?<!\n)(?<!<li>)(?<!</p>)(?<!</ul>)(?<!</ol>)(</li>|\n<(?:ul|ol)\b)"
)


def minimal_html(text: str, page: str) -> str:
    """Return a rich text as minimal HTML, or as it is, where it has no markup.

    Parameters
    ----------
    page : str
        Address of the page that the text is on, which links may begin at.
    """
    html = html_of(text, is_rich=True)
    if html == f"<p>{escape(text, quote=False)}</p>":
        return text

    def link(found: re.Match[str]) -> str:
        return f'<a href="{escape(urljoin(page, unescape(found[1])))}">'

    # Many viewers show no lists, but take away their elements: lines stay lines.
    html = _LINE_END.sub(r"<br>\1", _HREF.sub(link, html))
    html = _NAMED.sub(lambda found: _NAMES[found[1]], html)
    html = html.replace("<br>", "<br/>").replace("&nbsp;", "\u00a0")
    return f"<div>{well_formed(html)}</div>"
