"""Labels of works: the fields of a label, and further details by name."""

from collections.abc import Mapping

from app.models import Artwork
from app.models.collection import AnyWork
from app.services.collection.subjects import SHOWS, settle

COLUMNS = (
    "accession",
    "image",
    "title",
    "artist",
    "date",
    "technique",
    "type",
    "school",
    "location",
    "source",
    "rights",
)
"""Of our own tables."""
LABEL_COLUMNS = tuple(name for name in COLUMNS if name not in {"accession", "image"})
"""What a label says of a work; any of it may be blank."""
MAX_ACCESSION_LENGTH = 255
"""Characters that the database keeps of an accession number."""
DETAIL = "details."
"""Before the name of a fact that is no field of the label, but a further detail."""


def label_of(artwork: Artwork) -> dict[str, str]:
    """Return what a work's label says, by the names of its fields."""
    return {name: getattr(artwork, name) or "" for name in LABEL_COLUMNS}


def fact_of(artwork: AnyWork, name: str) -> str:
    """Return what a work's label says in a field, or a further detail of it.

    Parameters
    ----------
    name : str
        Of a field; of a detail with ``DETAIL`` before it; ``SHOWS`` for what a curator
        stated that it shows. "" where nothing is said.
    """
    if name == SHOWS:
        return artwork.stated_subjects or ""
    if name.startswith(DETAIL):
        return str(artwork.details.get(name.removeprefix(DETAIL), ""))
    return getattr(artwork, name) or ""


def set_facts(artwork: AnyWork, facts: Mapping[str, str]) -> None:
    """Let a work's label and details say something else, by names as of ``fact_of``."""
    # A new work has none before it is written; a changed dict would not be noticed.
    details = dict(artwork.details or {})
    for name, value in facts.items():
        if name == SHOWS:
            artwork.stated_subjects = value
            settle(artwork)
        elif not name.startswith(DETAIL):
            setattr(artwork, name, value)
        elif value:
            details[name.removeprefix(DETAIL)] = value
        else:
            details.pop(name.removeprefix(DETAIL), None)
    artwork.details = details


def version_of(artwork: Artwork) -> str:
    """Return what tells whether a work was changed meanwhile."""
    return artwork.updated_at.isoformat()
