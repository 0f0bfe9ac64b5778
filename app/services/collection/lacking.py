"""Works that lack something: a picture, a date, a story, all but number and name."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, case, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Artwork, MergedNumber, ReferenceImage, WorkStub
from app.models.languages import named, normal_tag, parted
from app.services.collection.content.fields import DESCRIPTION, STORY
from app.services.collection.labels import LABEL_COLUMNS

PICTURE, TITLE, RECORD = "picture", "title", "record"
PLAIN = (
    PICTURE,
    *(TITLE, "artist", "date", "technique", "type", "school", "location", "rights"),
    *(STORY, DESCRIPTION),
)
"""What works may lack, in any language."""
IN_LANGUAGES = (TITLE, STORY, DESCRIPTION)
"""What they may lack in one language."""


def can_lack(name: str) -> bool:
    """Tell whether works may lack something of this name: ``date``, ``story@de``."""
    field, tag = parted(name)
    if not tag:
        return name in (*PLAIN, RECORD)
    return field in IN_LANGUAGES and bool(normal_tag(tag))


def lacks(name: str) -> ColumnElement[bool]:
    """Select the works that lack something; its name as of :func:`can_lack`."""
    field, tag = parted(name)
    if name == RECORD:
        return is_stub()
    if name == PICTURE:
        return ~exists().where(ReferenceImage.artwork_id == Artwork.id)
    if not tag and field in LABEL_COLUMNS:
        column: InstrumentedAttribute[str] = getattr(Artwork, field)
        return column == ""
    # In JSON, a quotation mark before a name is no part of a text: there it would
    # stand behind a backslash, and so would the one that ends the name.
    keys = [f'"{field}@{tag}":', f'"{field}@{tag}-'] if tag else []
    if not tag:
        keys = [f'"{field}":', f'"{field}@']
    details = cast(Artwork.details, Text)
    says = [details.contains(key, autoescape=True) for key in keys]
    return ~(says[0] | says[1])


def is_stub() -> ColumnElement[bool]:
    """Select the works that are recorded as stubs only, published or not."""
    merged = select(MergedNumber.accession)
    recorded = Artwork.id.in_(select(WorkStub.artwork_id))
    return recorded & Artwork.accession.not_in(merged)


def count_lacking(session: Session, languages: Sequence[str]) -> dict[str, int]:
    """Count the works on show that lack each of what they may lack.

    Parameters
    ----------
    languages : sequence of str
        Those in which titles, stories and descriptions are asked for.
    """
    names = [*PLAIN, *(named(one, tag) for tag in languages for one in IN_LANGUAGES)]
    counted = [func.count(case((lacks(name), 1))) for name in names]
    shown = select(*counted).where(Artwork.withdrawn_at.is_(None))
    return dict(zip(names, session.execute(shown).one(), strict=True))
