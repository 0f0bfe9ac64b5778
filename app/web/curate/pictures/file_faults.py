"""Faults of picture files that are used all the same, in words."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _

from app.retrieval.images.encoded import FileFault

SENTENCES = {
    FileFault.TRUNCATED: _(
        "The end of the file is missing: what is there of the picture is used."
    ),
    FileFault.REDUCED: _(
        "The file holds a larger picture that cannot be read: a smaller one in it is "
        "used."
    ),
}


def with_faults(sentence: str, faults: Iterable[FileFault]) -> str:
    """Return a sentence, and after it what is to be said of a file."""
    return " ".join([sentence, *(str(SENTENCES[fault]) for fault in faults)])
