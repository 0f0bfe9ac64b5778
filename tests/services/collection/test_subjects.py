import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.labels import fact_of, set_facts, version_of
from app.services.collection.subjects import (
    NOTHING,
    SHOWS,
    UnknownSubjectError,
    keep_seen,
    normal_statement,
    read_statement,
    subjects_of,
    subjects_seen,
    write_statement,
)


@pytest.fixture
def work(in_app):
    pictures = [
        ReferenceImage(sha256=c * 64, media_name=f"{c}.jpg", width=3, height=2)
        for c in "ab"
    ]
    work = Artwork(accession="dogs", images=pictures)
    db.session.add(work)
    db.session.commit()
    return work


def see(work, *seen):
    session = db.session()
    ids = [image.id for image in work.images]
    keep_seen(session, dict(zip(ids, seen, strict=True)))
    session.commit()


@given(st.sets(st.sampled_from(SUBJECTS)))
def test_a_statement_comes_back_in_the_order_of_the_vocabulary(subjects):
    statement = write_statement(subjects)
    assert read_statement(statement) == sorted(subjects, key=SUBJECTS.index)
    assert normal_statement(statement) == statement


@pytest.mark.parametrize(
    ("written", "statement"),
    [
        ("", ""),
        ("  ", ""),
        (" Ship;dog ;; dog", "dog; ship"),
        ("none", NOTHING),
        ("NONE; cat", "cat"),
    ],
)
def test_a_statement_is_read_however_it_is_written(written, statement):
    assert normal_statement(written) == statement


def test_what_the_vocabulary_does_not_have_is_named():
    with pytest.raises(UnknownSubjectError, match="unicorn"):
        normal_statement("dog; unicorn")
    with pytest.raises(UnknownSubjectError, match="unicorn"):
        write_statement(["unicorn"])


def test_a_work_shows_what_is_seen_in_any_of_its_pictures(work):
    see(work, ["ship", "water"], ["dog", "ship"])
    assert subjects_of(work) == ["dog", "water", "ship"]
    see(work, [], ["dog"])
    assert subjects_of(work) == ["dog"]


def test_what_was_stated_stands_whatever_is_seen_later(work):
    set_facts(work, {SHOWS: "cat"})
    db.session.commit()
    see(work, ["ship"], ["dog"])
    assert (subjects_of(work), subjects_seen(work)) == (["cat"], ["dog", "ship"])
    set_facts(work, {SHOWS: NOTHING})
    assert subjects_of(work) == []
    set_facts(work, {SHOWS: ""})
    assert (subjects_of(work), fact_of(work, SHOWS)) == (["dog", "ship"], "")


def test_seeing_is_no_edit_of_a_curator(work):
    before = version_of(work)
    see(work, ["ship"], [])
    assert subjects_of(work) == ["ship"]
    assert version_of(work) == before


def test_a_picture_that_was_taken_away_meanwhile_is_passed_over(work):
    keep_seen(db.session(), {9_999: ("dog",)})
    assert subjects_of(work) == []
