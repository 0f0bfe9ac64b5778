"""Markdown of HTML: what catalogues and manifests write, as our rich texts have it.

Of HTML that is kept which a rich text knows: paragraphs, line breaks, emphasis, lists
and links; headings are strong; of all else its text, and of scripts and styles nothing.
Libraries that do the like know more of Markdown than our texts, and escape for that.
Here each paragraph is shown as visitors would see it, and written with as few signs as
show what the HTML did.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from app.services.collection.content.html_blocks import (
    PLAIN,
    Block,
    ItemList,
    Paragraph,
    Run,
    TextStyle,
    blocks_of,
    united,
)
from app.services.collection.content.markup import TAG_START, html_of

BULLETS, NUMBER_ENDS = "-+", ".)"
"""Signs of lists; where one follows another, the second sign begins it."""
_TAG_START = re.compile(TAG_START, re.IGNORECASE)
_TAG = re.compile(r"<(?=/?[A-Za-z])")
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~\n])")
_EMPHASIS = re.compile(r"(?<!\s)\*|\*(?=\S)|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_SIGN = re.compile(r"[\\*_\[\]<]")
_ITEM = re.compile(r"^(\d{0,9})([-+.)])(?=\s|$)", re.MULTILINE)
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_Mark = tuple[str, str]
"""What begins and what ends a style."""


def markdown_of(html: str, *, has_own_links: bool = False) -> str:
    r"""Return HTML as a rich text in Markdown that shows the same.

    Parameters
    ----------
    has_own_links : bool
        Whether links without a host lead to pages of this site. Of others the words
        are left.

    >>> markdown_of("<p>Oil on <i>old</i> wood</p><ul><li>5 * 4<li>[sic]</ul>")
    'Oil on *old* wood\n\n- 5 * 4\n- [sic]'
    >>> markdown_of("1899. A great year")
    '1899\\. A great year'
    """
    return _written(blocks_of(html, has_own_links=has_own_links), "\n\n")


def _written(blocks: Iterable[Block], between: str) -> str:
    texts: list[str] = []
    before: Block | None = None
    end = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(_paragraph(block))
        else:
            # Two lists of a kind in a row would be one.
            numbered = before.is_numbered if isinstance(before, ItemList) else None
            is_alike = numbered == block.is_numbered
            end = 1 - end if is_alike else 0
            texts.append(_item_list(block, end))
        before = block
    return between.join(texts)


def _item_list(block: ItemList, end: int) -> str:
    between = "\n\n" if block.is_loose else "\n"
    items = []
    for number, item in enumerate(block.items, block.start):
        mark = f"{number}{NUMBER_ENDS[end]}" if block.is_numbered else BULLETS[end]
        lines = _written(item, between).split("\n")
        indent = " " * (len(mark) + 1)
        further = (f"{indent}{line}" if line else "" for line in lines[1:])
        items.append("\n".join((f"{mark} {lines[0]}", *further)))
    return between.join(items)


def _paragraph(block: Paragraph) -> str:
    for escaped in (str, _escaped, _wholly_escaped):
        text = "".join(_marked(block.runs, escaped))
        if _shows(text, block):
            return text
    if all(run.style == PLAIN for run in block.runs):
        return text
    return _paragraph(_simpler(block))


def _shows(text: str, block: Paragraph) -> bool:
    """Tell whether a text in Markdown shows a paragraph, wherever it stands."""
    if _TAG_START.search(text):
        return False
    return blocks_of(html_of(text, is_rich=True), has_own_links=True) == [block]


def _simpler(block: Paragraph) -> Paragraph:
    """Leave out emphasis that cannot be written, as of signs between letters."""
    spans = [
        (is_plain, list(some))
        for is_plain, some in groupby(block.runs, key=lambda run: run.style == PLAIN)
    ]
    found: list[Run] = []
    for number, (is_plain, runs) in enumerate(spans):
        if not is_plain:
            sides = (spans[number - 1 : number], spans[number + 1 : number + 2])
            before, after = ("".join(_text(one[1]) for one in side) for side in sides)
            near = (Run(before[-1:].strip()), *runs, Run(after[:1].strip()))
            alone = Paragraph(united(run for run in near if run.text))
            if not _shows("".join(_marked(alone.runs, _wholly_escaped)), alone):
                runs = [Run(_text(runs))]
        found += runs
    simpler = Paragraph(united(found))
    return simpler if simpler != block else Paragraph((Run(_text(block.runs)),))


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _marked(runs: Sequence[Run], escaped: Callable[[str], str]) -> Iterator[str]:
    """Yield runs between marks, of which those that last longest are outermost."""
    there: list[_Mark] = []
    for number, run in enumerate(runs):
        wanted = _marks(run.style)
        while not all(mark in wanted for mark in there):
            yield there.pop()[1]
        new = [mark for mark in wanted if mark not in there]
        new.sort(key=lambda mark: _end(runs, number, mark), reverse=True)
        for mark in new:
            there.append(mark)
            yield mark[0]
        yield escaped(run.text)
    yield from (mark[1] for mark in reversed(there))


def _marks(style: TextStyle) -> list[_Mark]:
    found = []
    if style.link:
        address = _ENTITY.sub("&amp;", style.link)
        is_odd = "(" in address or ")" in address
        found.append(("[", f"](<{address}>)" if is_odd else f"]({address})"))
    if style.is_emphasised:
        found.append(("*", "*"))
    if style.is_strong:
        found.append(("**", "**"))
    return found


def _end(runs: Sequence[Run], number: int, mark: _Mark) -> int:
    """Return the number of the first run after some run that has a mark no more."""
    while number < len(runs) and mark in _marks(runs[number].style):
        number += 1
    return number


def _escaped(text: str) -> str:
    """Escape what is likely taken for markup."""
    text = _BACKSLASH.sub(r"\\\\", text)
    text = _EMPHASIS.sub(r"\\\g<0>", text).replace("](", r"\](")
    return _ITEM.sub(r"\1\\\2", _TAG.sub(r"\\<", text))


def _wholly_escaped(text: str) -> str:
    """Escape whatever may be taken for markup."""
    return _ITEM.sub(r"\1\\\2", _SIGN.sub(r"\\\g<0>", text))
