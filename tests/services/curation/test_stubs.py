"""Stubs of works that the catalogue does not have."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Artwork,
    AuditEntry,
    DeletedWork,
    MergedNumber,
    WorkStub,
    now,
)
from app.services.collection.lacking import count_lacking
from app.services.collection.works import find_record, find_work
from app.services.curation import stubs
from app.services.curation.bin.deleting import ids_withdrawn_before
from app.services.curation.bin.listing import count_withdrawn
from app.services.curation.editing import ChangedMeanwhileError, TakenAccessionError
from app.services.curation.stubs import StubFacts, UnnamedStubError
from tests.support.hooks import listen, numbers_told

LOAN = StubFacts(
    " STUB-1 ", " Head ", "Ada Bright", is_loan=True, until=date(2027, 3, 31)
)


def test_a_proposed_number_was_never_taken(in_app):
    year = now().year
    assert stubs.propose_number(db.session()) == f"STUB-{year}-1"
    db.session.add(Artwork(accession=f"STUB-{year}-2"))
    db.session.add(Artwork(accession=f"STUB-{year}-odd"))
    db.session.add(DeletedWork(accession=f"STUB-{year}-7", revision=1))
    db.session.commit()
    assert stubs.propose_number(db.session()) == f"STUB-{year}-8"


def test_a_stub_is_found_by_nobody_unless_it_is_published(in_app):
    session = db.session()
    work = stubs.make(session, LOAN)
    session.commit()
    assert (work.accession, work.title, work.artist) == ("STUB-1", "Head", "Ada Bright")
    assert find_work("STUB-1") is None
    assert count_withdrawn(session) == 0
    shown = stubs.make(session, StubFacts("STUB-2", "Hand", is_published=True))
    session.commit()
    assert find_work("STUB-2") is shown
    assert stubs.count_stubs(session) == 2
    assert [one.artwork for one in stubs.list_stubs(session)] == [shown, work]
    assert stubs.loan_of(session, work) is not None
    assert stubs.loan_of(session, shown) is None
    assert count_lacking(session, [])["title"] == 1  # the museum's own, as before


@pytest.mark.parametrize(
    "facts", [StubFacts("", "Head"), StubFacts("1", " "), StubFacts("1" * 256, "Head")]
)
def test_a_stub_has_a_number_and_a_title(in_app, facts):
    with pytest.raises(UnnamedStubError):
        stubs.make(db.session(), facts)


def test_no_number_is_given_twice(in_app):
    with pytest.raises(TakenAccessionError):
        stubs.make(db.session(), StubFacts("1900.3", "Head"))
    # Of a merged work that is deleted: it leads to the one that was kept.
    kept = db.session.scalars(select(Artwork.id)).first()
    db.session.add(MergedNumber(accession="1899.1", artwork_id=kept))
    db.session.commit()
    with pytest.raises(TakenAccessionError):
        stubs.make(db.session(), StubFacts("1899.1", "Head"))
    db.session.rollback()
    assert db.session.query(WorkStub).count() == 0


def test_what_is_known_of_a_loan_is_changed_and_changed_back(in_app):
    session = db.session()
    work = stubs.make(session, LOAN)
    session.commit()
    longer = {"is_loan": True, "until": "2028-01-01"}
    assert stubs.change(session, work, longer, None)
    assert not stubs.change(session, work, longer, None)
    assert stubs.change(session, work, {}, None)
    assert stubs.count_stubs(session) == 0
    assert count_withdrawn(session) == 1  # as every work that is withdrawn
    first, last = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == stubs.ACTION)
        .order_by(AuditEntry.id)
    )
    with pytest.raises(ChangedMeanwhileError):
        stubs.take_back(session, first, None)
    stubs.take_back(session, last, None)
    stub = session.get_one(WorkStub, work.id)
    assert stub.until == date(2028, 1, 1)
    stubs.take_back(session, first, None)
    assert stub.until == LOAN.until
    with pytest.raises(ChangedMeanwhileError):
        stubs.take_back(session, first, None)


def test_a_stub_comes_into_the_bin_when_it_is_none_any_more(in_app):
    session, long_ago = db.session(), now() - timedelta(days=400)
    given_up, complete = (
        stubs.make(session, StubFacts(number, "Head")) for number in ("S-1", "S-2")
    )
    given_up.withdrawn_at = complete.withdrawn_at = long_ago
    session.commit()
    stubs.discard(session, session.get_one(WorkStub, given_up.id))
    session.commit()
    stubs.change(session, complete, {}, None)
    assert count_withdrawn(session) == 2
    # What has been there for long is deleted for good by itself.
    assert ids_withdrawn_before(session, now() - timedelta(days=1)) == []


def test_webhooks_are_told_of_stubs_that_visitors_find(in_app):
    session = db.session()
    listen(session)
    hidden = stubs.make(session, LOAN)
    shown = stubs.make(session, StubFacts("STUB-2", "Hand", is_published=True))
    for work in (hidden, shown):
        stubs.discard(session, session.get_one(WorkStub, work.id))
    session.commit()
    assert numbers_told(session) == [
        ("work.added", ["STUB-2"]),
        ("work.withdrawn", ["STUB-2"]),
    ]


def test_a_discarded_stub_lies_in_the_bin(in_app):
    session = db.session()
    work = stubs.make(session, StubFacts("STUB-1", "Head", is_published=True))
    session.commit()
    stubs.discard(session, session.get_one(WorkStub, work.id))
    session.commit()
    assert count_withdrawn(session) == 1
    assert find_record("STUB-1") is work
