"""A run of retention that may be a mistake waits for a word."""

import os
import uuid
from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Query, now
from app.retrieval.verification.evidence import Verdict
from app.services.operations import retention
from app.services.operations.retention import GUARD
from app.services.system.plausibility import FEW, Doubt
from app.services.system.tasks import TaskContext
from app.web.shell.current import folders, media

pytestmark = pytest.mark.usefixtures("in_app")
DAYS = 30


def keep(*ages):
    """Keep a photo of each age, in days."""
    for days in ages:
        db.session.add(
            Query(
                id=str(uuid.uuid4()),
                created_at=now() - timedelta(days=days),
                verdict=Verdict.NOT_FOUND,
                probability=0.2,
                photo_name=f"{uuid.uuid4()}.jpg",
                width=4,
                height=3,
                model_id="model",
                generation="generation",
            )
        )
    db.session.commit()


def last_run(days_ago, days=DAYS):
    """Let the last run have been so many days ago."""
    instance = folders().instance
    GUARD.note_run(instance, days)
    then = now().timestamp() - days_ago * 86_400
    os.utime(GUARD.done(instance), (then, then))


def doubt(days=DAYS):
    """Try a run; return why it was not done, or None."""
    before = db.session.query(Query).filter(Query.photo_name.is_not(None)).count()
    try:
        retention.run(folders(), media(), days)
    except retention.ImplausibleError as error:
        after = db.session.query(Query).filter(Query.photo_name.is_not(None)).count()
        assert before == after
        return error.held.doubt
    return None


MANY = range(FEW + 1)


@pytest.mark.parametrize("days_ago", [8, 365])
def test_a_clock_that_was_set_forward_deletes_nothing(days_ago):
    keep(DAYS + 1, 1, 2, 3)
    last_run(days_ago)
    assert doubt() is Doubt.FORWARD


def test_a_clock_that_was_set_back_deletes_nothing():
    keep(DAYS + 1, 1)
    last_run(-1)
    assert doubt() is Doubt.BACK


def test_a_first_run_does_not_delete_most_of_many():
    keep(*(DAYS + 1 for _ in MANY))
    assert doubt() is Doubt.FIRST


def test_fewer_days_do_not_delete_most_of_many():
    keep(*(DAYS + 5 for _ in MANY))
    last_run(1, days=90)
    assert doubt() is Doubt.DAYS


def test_what_should_have_gone_before_waits_for_a_word():
    keep(*(DAYS + 5 for _ in MANY))
    last_run(1)
    assert doubt() is Doubt.MANY


@pytest.mark.parametrize(
    ("ages", "days_ago"),
    [
        ([DAYS + 1] * FEW, None),  # few, and the first time
        ([DAYS + 1] * FEW + [1] * (FEW + 1), None),  # not most of them
        ([DAYS + 0.5] * 2 * FEW, 1),  # an opening day, a month ago
        ([DAYS + 5.5] * 2 * FEW, 6),  # and a week without a worker since
        ([DAYS + 5] * FEW, 1),
        ([1] * 3 * FEW, 365),  # nothing would go
        ([DAYS + 1], 0),
        ([DAYS + 1], -0.02),  # half an hour: clocks are set
    ],
)
def test_what_time_explains_needs_no_word(ages, days_ago):
    keep(*ages)
    if days_ago is not None:
        last_run(days_ago)
    assert doubt() is None


def test_an_earlier_versions_empty_stamp_is_a_last_run():
    keep(*(DAYS + 0.5 for _ in MANY))
    GUARD.done(folders().instance).touch()
    then = now().timestamp() - 86_400
    os.utime(GUARD.done(folders().instance), (then, then))
    assert doubt() is None


def test_the_worker_says_so_and_somebodys_word_goes_on(caplog):
    keep(DAYS + 1)
    last_run(365)
    context = TaskContext(
        db.session(),
        folders(),
        {"MORELLI_MEDIA_URL": "", "MORELLI_RETENTION_DAYS": DAYS},
    )
    retention.run_job(context)
    assert "1 of 1 photos would be deleted" in caplog.text
    assert "--confirm" in caplog.text
    held = GUARD.held_run(folders().instance)
    assert held is not None
    assert (held.doubt, held.due, held.total) == (Doubt.FORWARD, 1, 1)
    assert retention.run(folders(), media(), DAYS, is_confirmed=True).photos == 1
    assert GUARD.held_run(folders().instance) is None
    assert doubt() is None
