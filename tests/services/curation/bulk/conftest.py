"""Works that are edited together."""

import pytest

from app.models import Artwork


@pytest.fixture
def works(session):
    made = [
        Artwork(
            accession=f"W.{number}",
            title=f"Hare {number}",
            artist="Dürer",
            technique="oil",
            details={"story@en": "A hare."},
        )
        for number in range(4)
    ]
    session.add_all(made)
    session.commit()
    return [work.id for work in made]
