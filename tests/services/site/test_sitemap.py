"""Parts of the sitemap hold every work on show once."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from app.services.site import sitemap
from app.services.site.sitemap import count_parts, works_of_part

pytestmark = pytest.mark.usefixtures("in_app")


def listed():
    parts = range(1, count_parts(db.session()) + 1)
    return [one for part in parts for one, _day in works_of_part(db.session(), part)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_every_work_on_show_is_in_one_part(monkeypatch, size):
    monkeypatch.setattr(sitemap, "PART", size)
    works = db.session.scalars(select(Artwork)).all()
    works[1].withdrawn_at = now()
    db.session.commit()
    shown = [work.accession for work in works if not work.is_withdrawn]
    assert sorted(listed()) == sorted(shown)
    assert len(shown) == len(works) - 1


def test_an_empty_museum_has_no_part():
    for work in db.session.scalars(select(Artwork)):
        db.session.delete(work)
    db.session.commit()
    assert count_parts(db.session()) == 0
