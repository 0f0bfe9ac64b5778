"""Search and sort keys of labels: transliterated, without accents and capitals."""

import re
from functools import lru_cache

from anyascii import anyascii

LAST_KEY = "~"
"""Comes after every letter: works without a title or an artist end the list."""
LONGEST_WORD = 24
"""Characters of a word that are told apart: enough for "kunstgewerbemuseum"."""
LONGEST_NUMBER = 64
"""Characters of an accession number or a gallery guide's that are told apart."""
_DIGITS = re.compile(r"([0-9]{1,18})")
_SORTED = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=8192)  # of a label, four keys are made; edits have thousands
def plain_text(text: str) -> str:
    """Return a text in small Latin letters without accents.

    Other scripts are transliterated: "Dürer" becomes "durer", "Репин" "repin".
    """
    ascii_text = text if text.isascii() else anyascii(text)
    return " ".join(ascii_text.casefold().split())


@lru_cache(maxsize=1024)
def sort_key(text: str) -> str:
    """Return what a name or a title is sorted by: its letters and digits."""
    return _SORTED.sub(" ", plain_text(text)).strip() or LAST_KEY


def natural_key(text: str) -> list[tuple[bool, int, str]]:
    """Return what names are sorted by as people count: "Room 2" before "Room 10"."""
    parts = (part for part in _DIGITS.split(plain_text(text)) if part)
    return [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts
    ]


def parts_of(text: str) -> list[str]:
    """Return what stands between the spaces and signs of a text, in plain letters."""
    return _SORTED.sub(" ", plain_text(text)).split()


def words_of(text: str) -> list[str]:
    """Return the words of a text that it can be found by, each once and in order.

    In small Latin letters, at most ``LONGEST_WORD`` of each. A single letter is no
    word ("a man", "the artist's") unless there is nothing else.
    """
    parts = parts_of(text)
    words = [part for part in parts if len(part) > 1 or part.isdigit()] or parts
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in words))


def compact(text: str) -> str:
    """Return the letters and digits of a text in plain letters, in one piece."""
    return _SORTED.sub("", plain_text(text))


def number_key(text: str) -> str:
    """Return the letters and digits of a number: "1982234" of "1982.23/4"."""
    return compact(text)[:LONGEST_NUMBER]
