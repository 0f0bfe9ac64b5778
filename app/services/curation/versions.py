"""Versions of works: a change goes on only where its work is as it was seen."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import Artwork
from app.services.collection.labels import version_of
from app.services.system.claims import count_changes


class ChangedMeanwhileError(Exception):
    """Conflict: what an edit starts from, or an undo takes back, has changed."""


def compare(artwork: Artwork, seen: str | None) -> None:
    """Go on only if a work is still as it was seen.

    Parameters
    ----------
    seen : str or None
        The ``labels.version_of`` the work; None: whatever it is.

    Raises
    ------
    ChangedMeanwhileError
    """
    if seen is not None and seen != version_of(artwork):
        raise ChangedMeanwhileError(artwork.accession)


def claim(session: Session, artwork: Artwork, seen: str | None) -> None:
    """Keep others from a work that is still as it was seen, until the commit.

    To be called before the change is flushed. One statement: of two who change the
    same at once, the second is refused. Parameters and errors as of :func:`compare`.
    """
    if seen is None:
        return
    compare(artwork, seen)
    unchanged = (
        update(Artwork)
        .where(Artwork.id == artwork.id, Artwork.updated_at == artwork.updated_at)
        .values(updated_at=Artwork.updated_at)
        .execution_options(synchronize_session=False)
    )
    accession = artwork.accession
    if count_changes(session, unchanged) != 1:
        session.rollback()
        raise ChangedMeanwhileError(accession)
