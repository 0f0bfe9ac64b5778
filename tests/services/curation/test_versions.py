"""Of two who change the same version of a work at once, one is refused."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, now
from app.services.collection.labels import version_of
from app.services.curation.versions import ChangedMeanwhileError, claim, compare

SECONDS = 20


@pytest.fixture
def work(in_app):
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == "1900.0")
    ).one()


def test_a_work_is_as_it_was_seen_or_not(work):
    seen = version_of(work)
    compare(work, seen)
    compare(work, None)
    claim(db.session(), work, seen)
    for other in ("", "2020-01-01T00:00:00+00:00"):
        with pytest.raises(ChangedMeanwhileError):
            compare(work, other)
        with pytest.raises(ChangedMeanwhileError):
            claim(db.session(), work, other)


def test_what_is_claimed_stays_of_the_same_version(work):
    seen = version_of(work)
    claim(db.session(), work, seen)
    db.session.commit()
    assert version_of(work) == seen


def test_one_of_several_who_have_seen_the_same_is_let_through(in_app, work):
    number, engine, everybody = work.id, db.engine, Barrier(4)
    db.session.rollback()
    ended = []

    def change(title):
        with Session(engine) as session:
            mine = session.get_one(Artwork, number)
            seen = version_of(mine)
            session.rollback()
            mine = session.get_one(Artwork, number)
            everybody.wait(SECONDS)
            try:
                with session.no_autoflush:
                    claim(session, mine, seen)
                mine.title, mine.updated_at = title, now()
                session.commit()
                ended.append(title)
            except ChangedMeanwhileError:
                ended.append("refused")

    threads = [Thread(target=change, args=(f"Title {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    db.session.expire_all()
    assert sorted(ended)[1:] == ["refused"] * 3
    assert db.session.get_one(Artwork, number).title == sorted(ended)[0]
