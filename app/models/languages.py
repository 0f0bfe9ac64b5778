"""Languages of texts: BCP 47 tags, their direction, and names of fields in them.

A fact of a work that is in a language has a name that ends in it: ``story@pt-BR`` is
the field ``story`` in Brazilian Portuguese. A name without says nothing of it.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

_SUBTAGS = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?:[-_](?P<script>[a-z]{4}))?"
    r"(?:[-_](?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:[-_](?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE,
)
NO_LANGUAGE = frozenset(("und", "zxx", "mul", "mis", "root"))
"""Codes that are well formed, and say of no language that a text is in it."""
RIGHT_TO_LEFT = frozenset(
    (
        *("Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr"),
        *("Syrc", "Thaa", "Yezi"),
    )
)
"""Scripts that run from right to left and are written today."""
LONGEST_TAG = 35
"""Characters that BCP 47 asks systems to have room for."""
MARK = "@"
"""Between the name of a field and the language that it is in."""


@cache
def normal_tag(text: str) -> str:
    """Return a language tag as BCP 47 writes it; "" if it is none, or not known.

    >>> normal_tag("pt_br"), normal_tag("ZH-hant-tw"), normal_tag("iw")
    ('pt-BR', 'zh-Hant-TW', 'he')
    >>> normal_tag("xx"), normal_tag("german"), normal_tag("und")
    ('', '', '')
    """
    text = text.strip()
    found = _SUBTAGS.fullmatch(text) if len(text) <= LONGEST_TAG else None
    if found is None:
        return ""
    language = found["language"].lower()
    language = str(get_global("language_aliases").get(language, language))
    known = Locale("en")
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    if (
        language in NO_LANGUAGE
        or language not in known.languages
        or (script and script not in known.scripts)
        or (region and region not in known.territories)
    ):
        return ""
    variants = (found["variants"] or "").replace("_", "-").lower()
    return "-".join(filter(None, (language, script, region))) + variants


def primary(tag: str) -> str:
    """Return the language of a tag without script and region: ``pt`` of ``pt-BR``."""
    return tag.partition("-")[0]


def wider(tag: str) -> Iterator[str]:
    """Yield a tag, then what is left of it with one part less, and so on.

    >>> list(wider("zh-Hant-TW"))
    ['zh-Hant-TW', 'zh-Hant', 'zh']
    """
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


@cache
def direction_of(tag: str) -> str:
    """Return how a language is written, as HTML's ``dir``; ``auto`` where unknown."""
    if not tag:
        return "auto"
    parts = tag.split("-")
    script = next((one for one in parts[1:] if len(one) == 4 and one.istitle()), "")
    if not script:
        likely = get_global("likely_subtags")
        two = "_".join(parts[:2])
        full = likely.get(two) or likely.get(parts[0]) or ""
        script = next((one for one in full.split("_")[1:] if len(one) == 4), "")
    return "rtl" if script in RIGHT_TO_LEFT else "ltr"


def named(field: str, tag: str) -> str:
    """Return the name of a field in a language; in none, the field's own."""
    return f"{field}{MARK}{tag}" if tag else field


@lru_cache(maxsize=4096)  # names of columns, the same in every work
def parted(name: str) -> tuple[str, str]:
    """Return the field and the language of a name; "" where it names no language.

    >>> parted("story@pt-BR"), parted("story"), parted("mail@example")
    (('story', 'pt-BR'), ('story', ''), ('mail@example', ''))
    """
    field, mark, tag = name.rpartition(MARK)
    if mark and field and normal_tag(tag) == tag:
        return field, tag
    return name, ""
