"""What is in the evaluation set, and what leaves it."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Artwork,
    AuditEntry,
    EvaluationPhoto,
    PhotoReview,
    Query,
    ReviewOutcome,
)
from app.services.curation.editing import ChangedMeanwhileError
from app.services.evaluation.own_set import members
from app.services.evaluation.review import outcomes
from app.services.operations import retention
from app.services.search import history
from app.services.system import audit
from app.web.shell.current import folders, media
from tests.support.museum import work_of


def ids():
    return {*db.session.scalars(select(EvaluationPhoto.query_id))}


def newest_entry():
    entries = select(AuditEntry).where(AuditEntry.action == audit.EVALUATION_SET)
    return db.session.scalars(entries.order_by(AuditEntry.id.desc())).first()


def test_only_what_was_decided_gets_in_and_once(asked, unknown_photo):
    query = asked(unknown_photo)
    session = db.session()
    review = outcomes.review_of(session, query)
    session.commit()
    assert members.join(session, [review], None) == 0
    outcomes.decide(session, query, ReviewOutcome.NOT_OURS, None)
    assert members.join(session, [review, review], None) == 1
    [photo] = members.list_photos(session)
    assert (photo.query, photo.works) == (query, [])
    assert members.among(session, [query.id, "other"]) == {query.id}


def test_what_is_decided_anew_or_taken_back_leaves_it(in_set, unknown_photo, editor):
    session = db.session()
    query_id = in_set(unknown_photo, "1900.3")
    assert ids() == {query_id}
    query = db.session.get_one(Query, query_id)
    outcomes.decide(session, query, ReviewOutcome.NOT_A_WORK, None)
    assert ids() == set()
    review = session.get_one(PhotoReview, query_id)
    members.join(session, [review], None)
    outcomes.take_back(session, review, editor, None)
    assert ids() == set()


def test_works_are_stated_and_the_trail_takes_that_back(in_set, unknown_photo):
    session = db.session()
    query_id = in_set(unknown_photo, "1900.3")
    joined = newest_entry()
    photo = session.get_one(EvaluationPhoto, query_id)
    both = [work_of("1900.3"), work_of("1900.1")]
    members.state_works(session, photo, both, None)
    stated = newest_entry()
    assert members.works_of(photo) == ["1900.1", "1900.3"]
    # What came before it has changed since.
    with pytest.raises(ChangedMeanwhileError):
        members.take_back(session, joined, None)
    members.take_back(session, stated, None)
    assert members.works_of(session.get_one(EvaluationPhoto, query_id)) == ["1900.3"]
    with pytest.raises(ChangedMeanwhileError):
        members.take_back(session, stated, None)
    members.take_back(session, joined, None)
    assert ids() == set()
    members.take_back(session, newest_entry(), None)
    assert ids() == {query_id}


def test_retention_takes_a_photo_out_of_it(in_set, unknown_photo):
    query_id = in_set(unknown_photo)
    retention.run(folders(), media(), 0)
    assert db.session.get_one(Query, query_id).photo_name is None
    assert ids() == set()


def test_a_picture_that_was_made_of_it_stands_for_a_photo(
    in_set, unknown_photo, editor
):
    entry = editor.add_image(work_of("1900.3"), unknown_photo)
    query_id = in_set(unknown_photo, "1900.3", entry)
    retention.run(folders(), media(), 0)
    assert ids() == {query_id}
    [picture] = members.pictures_of(db.session(), query_id)
    assert picture.artwork.accession == "1900.3"
    editor.remove_image(picture)
    assert members.sweep(db.session()) == 1
    assert ids() == set()


def test_what_its_visitor_deletes_leaves_it_in_any_case(in_set, unknown_photo, editor):
    entry = editor.add_image(work_of("1900.3"), unknown_photo)
    query_id = in_set(unknown_photo, "1900.3", entry)
    history.forget(db.session.get_one(Query, query_id), media().queries)
    assert ids() == set()
    with pytest.raises(ChangedMeanwhileError):
        members.take_back(db.session(), newest_entry(), None)


def test_a_photo_whose_work_is_deleted_for_good_is_not_one_of_nothing(
    in_set, unknown_photo
):
    query_id = in_set(unknown_photo, "1900.3")
    db.session.delete(work_of("1900.3"))
    db.session.commit()
    [photo] = members.list_photos(db.session())
    assert photo.query_id == query_id
    assert [one.artwork for one in photo.works] == [None]
    assert db.session.query(Artwork).filter_by(accession="1900.3").count() == 0
