"""Decisions of the review desk, in the trail and taken back."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry, PhotoReview, ReviewOutcome, WorkStub
from app.services.curation import stubs
from app.services.curation.bin.listing import count_withdrawn
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.merging.merger import Merger
from app.services.curation.stubs import StubFacts
from app.services.evaluation.review import outcomes
from app.services.search import history
from app.services.system import audit
from app.web.shell.current import media
from tests.support.museum import work_of


def entries():
    meant = select(AuditEntry).where(AuditEntry.action == audit.PHOTO_REVIEW)
    return list(db.session.scalars(meant.order_by(AuditEntry.id)))


def test_a_decision_is_in_the_trail_and_undone_there(asked, unknown_photo, editor):
    query, session = asked(unknown_photo), db.session()
    work = work_of("1900.3")
    outcomes.decide(session, query, ReviewOutcome.NAMED, None, artwork=work)
    [entry] = entries()
    assert (entry.artwork, entry.subject) == (work, "1900.3")
    assert entry.before == {"outcome": "open", "work": ""}
    assert entry.after["outcome"] == "named"
    assert entry.after["query"] == query.id
    outcomes.undo(session, entry, editor, None)
    review = session.get_one(PhotoReview, query.id)
    assert (review.outcome, review.artwork) == (ReviewOutcome.OPEN, None)
    assert audit.is_undone(session, entry)
    with pytest.raises(ChangedMeanwhileError):
        outcomes.undo(session, entry, editor, None)


def test_what_was_decided_anew_is_not_undone_by_the_old_entry(
    asked, unknown_photo, editor
):
    query, session = asked(unknown_photo), db.session()
    outcomes.decide(session, query, ReviewOutcome.NOT_OURS, None)
    outcomes.decide(session, query, ReviewOutcome.NOT_A_WORK, None)
    old, new = entries()
    with pytest.raises(ChangedMeanwhileError):
        outcomes.undo(session, old, editor, None)
    outcomes.undo(session, new, editor, None)


def test_a_deleted_photo_leaves_an_entry_that_leads_nowhere(
    asked, unknown_photo, editor
):
    query, session = asked(unknown_photo), db.session()
    outcomes.decide(session, query, ReviewOutcome.NOT_OURS, None)
    history.forget(query, media().queries)
    [entry] = entries()
    assert entry.subject == ""
    with pytest.raises(ChangedMeanwhileError):
        outcomes.undo(session, entry, editor, None)


def test_another_work_takes_the_picture_back_first(asked, unknown_photo, editor):
    query, session = asked(unknown_photo), db.session()
    wrong, right = work_of("1900.3"), work_of("1900.4")
    entry = editor.add_image(wrong, unknown_photo)
    outcomes.decide(
        session, query, ReviewOutcome.NAMED, None, artwork=wrong, entry=entry
    )
    review = session.get_one(PhotoReview, query.id)
    assert len(review.pictures) == 1
    assert outcomes.prepare(session, query, right, editor, None) is False
    assert len(wrong.images) == 1
    assert review.outcome is ReviewOutcome.OPEN


def test_a_stub_is_recorded_with_the_decision_and_goes_to_the_bin_with_it(
    asked, unknown_photo, editor
):
    query, session = asked(unknown_photo), db.session()
    work = stubs.make(session, StubFacts("STUB-1", "Head", is_loan=True))
    outcomes.decide(
        session, query, ReviewOutcome.STUB, None, artwork=work, is_made=True
    )
    assert count_withdrawn(session) == 0
    # Its picture belongs to the same decision: the stub stays.
    assert outcomes.prepare(session, query, work, editor, None) is True
    assert session.get(WorkStub, work.id) is not None
    [entry] = entries()
    outcomes.undo(session, entry, editor, None)
    assert session.get(WorkStub, work.id) is None
    assert count_withdrawn(session) == 1


def test_a_stub_that_was_completed_stays_when_the_photo_goes_back(
    asked, unknown_photo, editor
):
    query, session = asked(unknown_photo), db.session()
    work = stubs.make(session, StubFacts("STUB-1", "Head", is_published=True))
    outcomes.decide(
        session, query, ReviewOutcome.STUB, None, artwork=work, is_made=True
    )
    stubs.change(session, work, {}, None)
    outcomes.take_back(session, session.get_one(PhotoReview, query.id), editor, None)
    assert not work.is_withdrawn


@pytest.mark.parametrize("is_named_again", [False, True])
def test_a_stub_that_another_one_was_merged_into_stays(
    asked, unknown_photo, editor, is_named_again
):
    query, session = asked(unknown_photo), db.session()
    gone, kept = (
        stubs.make(session, StubFacts(number, "Head", is_published=True))
        for number in ("STUB-1", "STUB-2")
    )
    outcomes.decide(
        session, query, ReviewOutcome.STUB, None, artwork=gone, is_made=True
    )
    Merger(session, None).merge(kept, gone, {})
    review = session.get_one(PhotoReview, query.id)
    assert review.artwork is kept
    if is_named_again:
        is_made = outcomes.prepare(session, query, kept, editor, None)
        outcomes.decide(
            session, query, ReviewOutcome.STUB, None, artwork=kept, is_made=is_made
        )
    outcomes.take_back(session, review, editor, None)
    assert not kept.is_withdrawn
    assert session.get(WorkStub, kept.id) is not None
