"""Three-way merge of what a source said before, what it says, and what a label says.

A source's change is taken over; a field that a curator changed since is the curator's,
whatever the source says then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.services.importing.media.said import SaidMedia


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What a source last said of a work.

    Attributes
    ----------
    facts : mapping of str to str
        By names as of ``labels.fact_of``.
    images : frozenset of str
        Pictures that were taken from it.
    is_gone : bool
        Whether the work is withdrawn because the source had it no more.
    media : tuple of SaidMedia
        Audio, video and links that were taken from it, and what it said of them.
    """

    facts: Mapping[str, str]
    images: frozenset[str]
    is_gone: bool
    media: tuple[SaidMedia, ...] = ()


def merged(
    said: Mapping[str, str], before: Mapping[str, str], there: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return what of a label changes, and which fields stay as a curator has them.

    Parameters
    ----------
    said, before : mapping of str to str
        What the source says now and said last, by field; blank where it says nothing.
    there : mapping of str to str
        What the label says in each of these fields.

    Returns
    -------
    changes : dict of str to str
    kept : list of str
        Fields in which the source changed too, and otherwise.
    """
    changes: dict[str, str] = {}
    kept = []
    for name in dict.fromkeys((*said, *before)):
        new, old, ours = (one.get(name, "") for one in (said, before, there))
        if new in (old, ours):
            continue
        if ours == old:
            changes[name] = new
        else:
            kept.append(name)
    return changes, kept
