"""Values that works have in a field of the label, suggested while one is typed."""

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.models import Artwork

FIELDS = ("artist", "technique", "type", "school", "location", "source", "rights")
"""Of the label, whose values many works have in common."""
SUGGESTED = 12
LONGEST_VALUE = 200
"""Characters; what is longer is a text, and written only once."""


def suggest_values(session: Session, name: str, typed: str) -> list[str]:
    """Return values that have what was typed, those that begin with it first.

    Then those that most works have. Capitals of plain letters do not matter; of other
    letters databases know none, and only the first one may be small instead.

    Parameters
    ----------
    name : str
        One of ``FIELDS``.
    typed : str
        Blank for the most frequent values.
    """
    column, typed = getattr(Artwork, name), " ".join(typed.split())
    forms = {typed, typed.lower(), typed.capitalize()}
    starts = or_(*(column.istartswith(one, autoescape=True) for one in forms))
    begins = func.max(case((starts, 1), else_=0))
    asked = (
        select(column)
        .where(column != "", func.length(column) <= LONGEST_VALUE)
        .where(or_(*(column.icontains(one, autoescape=True) for one in forms)))
        .group_by(column)
        .order_by(begins.desc(), func.count().desc(), column)
        .limit(SUGGESTED)
    )
    return list(session.scalars(asked))
