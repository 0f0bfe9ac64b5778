"""Search and sort keys of labels: transliterated, without accents and capitals."""

import re

from anyascii import anyascii

LAST_KEY = "~"
"""Comes after every letter: works without a title or an artist end the list."""
_SPACE = re.compile(r"\s+")
_SORTED = re.compile(r"[^a-z0-9]+")


def plain_text(text: str) -> str:
    """Return a text in small Latin letters without accents.

    Other scripts are transliterated: "Dürer" becomes "durer", "Репин" "repin".
    """
    return _SPACE.sub(" ", anyascii(text).casefold()).strip()


def sort_key(text: str) -> str:
    """Return what a name or a title is sorted by: its letters and digits."""
    return _SORTED.sub(" ", plain_text(text)).strip() or LAST_KEY
