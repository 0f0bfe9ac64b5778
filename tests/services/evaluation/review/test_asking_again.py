"""Photos asked again, and why some could not be."""

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import PhotoReview, Query, TaskState
from app.services.evaluation.review import asking_again
from app.services.evaluation.review.asking_again import NotAsked
from app.services.search import history
from app.web.shell.current import media


@pytest.fixture
def again(in_app):
    def work(queries, before=lambda: None):
        task = asking_again.request(db.session(), [one.id for one in queries], None)
        before()
        in_app.extensions[BACKGROUND].work_off()
        db.session.expire_all()
        return task

    return work


def test_each_photo_that_cannot_be_asked_says_why(again, asked, unknown_photo):
    deleted, gone, lost, broken, well = (asked(unknown_photo) for _ in range(5))
    ids = [one.id for one in (deleted, gone, lost, broken)]

    def happen():
        history.forget(deleted, media().queries)
        gone.photo_name = None
        db.session.commit()
        media().queries.delete(str(lost.photo_name))
        media().queries.write(str(broken.photo_name), b"no picture")

    well_id = well.id
    task = again([deleted, gone, lost, broken, well], happen)
    assert task.state is TaskState.DONE
    said = asking_again.list_not_asked(db.session(), task)
    assert [(one, reason) for one, _query, reason in said] == [
        (ids[0], NotAsked.DELETED),
        (ids[1], NotAsked.GONE),
        (ids[2], NotAsked.LOST),
        (ids[3], NotAsked.UNREADABLE),
    ]
    assert [query is None for _id, query, _reason in said] == [True, *[False] * 3]
    assert db.session.get(PhotoReview, well_id) is not None
    assert db.session.get(PhotoReview, ids[2]) is None


def test_an_index_that_answers_in_part_decides_nothing(
    again, asked, unknown_photo, publication, monkeypatch
):
    query = asked(unknown_photo)
    searcher = publication.searcher

    class Part:
        missing = ("shard 2",)
        matches = ()

    monkeypatch.setattr(type(searcher), "answer", lambda *_asked, **_options: Part())
    task = again([query])
    [(_id, _query, reason)] = asking_again.list_not_asked(db.session(), task)
    assert reason is NotAsked.PART
    assert db.session.get(PhotoReview, query.id) is None


def test_without_an_index_nothing_is_asked_and_the_task_says_so(
    again, asked, unknown_photo, publication
):
    query = asked(unknown_photo)
    publication.searcher = None
    task = again([query])
    assert task.state is TaskState.FAILED
    assert "python precompute_descriptors.py" in task.fault
    assert isinstance(query, Query)
