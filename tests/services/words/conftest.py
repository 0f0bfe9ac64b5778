"""A small collection to look for things in."""

import pytest

from app.models import Artwork
from app.services.words.vocabulary import LabelVocabulary

LABELS = (
    ("1900.1", "Bacchus", "CARAVAGGIO", "Room 10"),
    ("1900.2", "The Lute Player", "CARAVAGGIO", "Room 2"),
    ("1982.23/4", "Virgin and Child", "Venturini Gaspare", "Room 2"),
    ("1982.23/40", "Virgin and Child with Saint Anne", "Dürer, Albrecht", "Room 2"),
    ("IM-0024", "Élégie", "Vigée Le Brun", "Hall"),
    ("7", "Self-Portrait", "Rembrandt van Rijn", ""),
    ("8", "The Apostles Peter and Paul", "Greco, El", "room 1a"),
    ("9", "Peter's Boat", "", "Room 1"),
)


@pytest.fixture
def collection(session):
    """A database with a few labels."""
    for accession, title, artist, location in LABELS:
        session.add(
            Artwork(accession=accession, title=title, artist=artist, location=location)
        )
    session.commit()
    return session


@pytest.fixture
def vocabulary():
    return LabelVocabulary()
