from sqlalchemy import select

from app.models import Artwork, ReferenceImage, now
from app.services.collection.lacking import can_lack, count_lacking, lacks


def lacking(session, name):
    asked = select(Artwork.accession).where(lacks(name)).order_by(Artwork.accession)
    return list(session.scalars(asked))


def test_works_are_found_by_what_they_lack(session):
    image = ReferenceImage(sha256="0" * 64, media_name="a.jpg", width=1, height=1)
    session.add_all(
        [
            Artwork(accession="a", date="1650", images=[image]),
            Artwork(accession="b", details={"story": 'He said "story@de": so'}),
            Artwork(accession="c", details={"story@de-AT": "Es war", "title@de": "Er"}),
        ]
    )
    session.flush()
    assert lacking(session, "picture") == ["b", "c"]
    assert lacking(session, "date") == ["b", "c"]
    assert lacking(session, "story") == ["a"]
    assert lacking(session, "story@de") == ["a", "b"]
    assert lacking(session, "title@de") == ["a", "b"]
    counts = count_lacking(session, ["de"])
    assert (counts["picture"], counts["story@de"], counts["title"]) == (2, 2, 3)
    assert "story@fr" not in counts


def test_withdrawn_works_lack_nothing_that_counts(session):
    session.add(Artwork(accession="a", withdrawn_at=now()))
    session.flush()
    assert set(count_lacking(session, []).values()) == {0}


def test_what_works_can_lack_has_a_name():
    assert can_lack("picture")
    assert can_lack("story@pt-BR")
    assert not can_lack("search_text")
    assert not can_lack("artist@de")
    assert not can_lack("story@nonsense")
