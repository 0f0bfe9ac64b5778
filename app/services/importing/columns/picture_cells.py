"""Cells that name pictures: one or several, in the notations that tables have."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

WEB = ("http://", "https://")
QUOTED = re.compile(r"""(["'])((?:https?://)?[^"']+?)\1""")
"""Names in a list that was cut off, as databases do with long cells."""
ENDING = re.compile(r"[^\s/\\]\.[A-Za-z][A-Za-z0-9]{1,4}")
NEXT_ADDRESS = re.compile(r"\s*[;,|]?\s+(?=https?://)|\s*[;,|]\s*(?=https?://)")
LINK = re.compile(r"[^#\n]*#([^#\n]+)#(?:[^#\n]*#)?")
"""Link as Access writes it into a table."""
CONTAINER = re.compile(
    r"(?P<kind>image|file|movie|size)(?P<system>mac|win|linux)?:/*", re.IGNORECASE
)
"""Begins a line of a FileMaker container, and addresses of files."""
NUMBERED = re.compile(r"\S*\d\S*")
NOTHING = frozenset({"", "[]", "{}", "null", "none", "nan", "-", "–", '""', "''"})
"""What stands in a cell where there is no picture."""
MOST_LITERAL = 1_000_000
"""Characters of a list as Python writes it."""


def pictures_in(value: str) -> list[str]:
    """Return the names or addresses of pictures in a cell, each once.

    Several stand in lines of their own, between upright strokes, semicolons or commas,
    or in a list as JSON or Python write it. A comma parts names only where each of them
    is one by itself: it may be part of a name or an address.

    >>> pictures_in("sp1_front.jpg; sp1_back.jpg"), pictures_in("Harbour, dusk.jpg")
    (['sp1_front.jpg', 'sp1_back.jpg'], ['Harbour, dusk.jpg'])
    """
    value = _unlinked(value.strip())
    if value.casefold() in NOTHING:
        return []
    if value.startswith(("[", "{")) and (found := _listed(value)) is not None:
        names = found
    else:
        lines = value.replace("^^", "\n").splitlines()  # as Omeka joins them
        parts = (part for line in lines for part in line.split("|"))
        names = [name for part in parts for name in _parted(part.strip())]
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def says_nothing(value: str) -> bool:
    """Tell whether a cell says that there is no picture."""
    return value.strip().casefold() in NOTHING


def is_address(name: str) -> bool:
    """Tell whether a picture is to be fetched from the web."""
    return name.lower().startswith(WEB)


def _unlinked(value: str) -> str:
    r"""Return the places that references of databases lead to.

    Access keeps a link as what is shown, where it leads, and a place in there;
    FileMaker a container as its size and the same path for every system.

    >>> _unlinked(r"Harbour#..\pictures\a.jpg#"), _unlinked("image:../a.jpg")
    ('..\\pictures\\a.jpg', '../a.jpg')
    """
    if (link := LINK.fullmatch(value)) is not None:
        return link[1]
    found = [CONTAINER.match(line) for line in value.splitlines()]
    if not any(found):
        return value
    paths = [
        (one["system"] or "", unquote(line[one.end() :])) if one else ("", line)
        for one, line in zip(found, value.splitlines(), strict=True)
        if one is None or one["kind"].lower() != "size"
    ]
    # The same path is there once for each system.
    common = [path for system, path in paths if not system]
    return "\n".join(common or [path for _, path in paths][:1])


def _parted(text: str) -> list[str]:
    """Part names at semicolons or commas, where that leaves names."""
    if is_address(text):
        return NEXT_ADDRESS.split(text)
    for sign in ";,":
        parts = [part.strip() for part in text.split(sign)]
        parts = [part for part in parts if part]
        if len(parts) > 1 and _are_names(parts, sign):
            return [name for part in parts for name in _parted(part)]
    return [text]


def _are_names(parts: list[str], sign: str) -> bool:
    if all(is_address(part) or ENDING.search(part[-7:]) for part in parts):
        return True
    bare = not any("." in part for part in parts)
    words = all(" " not in part for part in parts)
    numbered = all(NUMBERED.fullmatch(part) for part in parts)
    return bare and words and (sign == ";" or numbered)


def _listed(value: str) -> list[str] | None:
    """Return the names in a list as JSON or Python write it; None if it is none."""
    try:
        return list(_strings(json.loads(value)))
    except (ValueError, RecursionError):
        pass
    if len(value) <= MOST_LITERAL:
        try:
            return list(_strings(ast.literal_eval(value)))
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            pass
    # The last name is not whole where a list was cut off.
    found = [name for _, name in QUOTED.findall(value)]
    return [name for name in found if _is_picture(name)] or None


def _strings(found: Any, *, member: bool = False) -> Iterator[str]:
    """Yield the names in some JSON: strings, in lists, or members that are names."""
    if isinstance(found, str):
        if not member or _is_picture(found):
            yield found
    elif isinstance(found, list | tuple):
        for one in found:
            yield from _strings(one, member=member)
    elif isinstance(found, dict):
        for one in found.values():
            yield from _strings(one, member=True)


def _is_picture(name: str) -> bool:
    return is_address(name) or ENDING.search(name[-7:]) is not None
