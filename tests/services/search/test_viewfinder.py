"""Frames are no searches: each work counts once, and a photo only if it is wanted."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select

from app.extensions import db
from app.models import Query, now
from app.retrieval.verification.evidence import Verdict
from app.services.media.folder import FolderStore
from app.services.search import viewfinder
from app.services.search.admission import AdmissionQueue, QueueFullError
from app.services.search.history import Owner
from app.web.shell.current import folders, search_service

pytestmark = pytest.mark.usefixtures("in_app")
OWNER, OTHER = Owner(visitor="ada"), Owner(visitor="eve")
ATTRIBUTES = {"visitor": "ada", "source": viewfinder.SOURCE}


def look(data, visitor="ada"):
    asker = {**ATTRIBUTES, "visitor": visitor}
    return search_service().look(data, sender="a", attributes=asker)


def note(data, owner=OWNER):
    query = look(data, owner.visitor)
    return viewfinder.note(db.session(), query, owner)


def rows():
    db.session.expire_all()
    return list(db.session.scalars(select(Query).order_by(Query.created_at)))


def test_a_frame_is_answered_as_a_photo_is_and_leaves_nothing(photo):
    query = look(photo)
    assert query.verdict is Verdict.FOUND
    assert query.proposals[0].artwork.accession == "1900.0"
    assert query.proposals[0].outline
    db.session.commit()
    assert db.session.scalar(select(func.count(Query.id))) == 0
    assert not folders().queries.exists() or not list(folders().queries.iterdir())


def test_a_work_counts_once_however_often_it_is_seen(photo):
    first = note(photo)
    assert note(photo) == first
    [row] = rows()
    assert list(first.values()) == [row]
    assert (row.source, row.photo_name) == ("viewfinder", None)
    assert (row.activation_map, row.seen) == (None, None)
    assert [match.artwork.accession for match in row.matches] == ["1900.0"]


def test_frames_without_a_work_do_not_count(unknown_photo, grey_photo):
    assert note(unknown_photo) == note(grey_photo) == {}
    assert rows() == []


def test_of_several_works_those_count_that_are_new(photo, photo_of_two):
    note(photo)
    answers = note(photo_of_two)
    assert len(answers) == 2
    counted = [[match.artwork.accession for match in row.matches] for row in rows()]
    assert counted == [["1900.0"], ["1900.4"]]
    assert [match.rank for match in rows()[1].matches] == [0]


def test_a_work_counts_again_on_another_visit_and_for_others(photo):
    note(photo)
    rows()[0].created_at = now() - viewfinder.VISIT - timedelta(minutes=1)
    db.session.commit()
    note(photo)
    note(photo, OTHER)
    assert [row.visitor for row in rows()] == ["ada", "ada", "eve"]


def test_a_kept_photo_takes_the_place_of_the_answer_without(photo):
    note(photo)
    note(photo, OTHER)
    kept = search_service().search(photo, attributes=ATTRIBUTES)
    store = FolderStore(folders().queries)
    viewfinder.replace(db.session(), kept, OWNER, store)
    assert [(row.visitor, row.photo_name is None) for row in rows()] == [
        ("eve", True),
        ("ada", False),
    ]
    assert note(photo) == {kept.matches[0].artwork_id: kept}
    assert len(rows()) == 2


def test_a_photo_of_one_work_leaves_answers_that_name_others(photo, photo_of_two):
    note(photo_of_two)
    kept = search_service().search(photo, attributes=ATTRIBUTES)
    viewfinder.replace(db.session(), kept, OWNER, FolderStore(folders().queries))
    assert len(rows()) == 2


def test_frames_give_way_to_photos(photo):
    places = current_app.config["MORELLI_WORKERS"]
    queue = AdmissionQueue(folders().admission, places=places, waiting=5)
    with ExitStack() as taken:
        for _ in range(places):
            taken.enter_context(queue.admit("somebody"))
        with pytest.raises(QueueFullError) as refused:
            look(photo)
    assert refused.value.retry_seconds >= 1
    assert look(photo).verdict is Verdict.FOUND
