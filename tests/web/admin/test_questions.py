"""Questions of the dashboard, each with its answer in a sentence."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Query, now
from app.models.queries import hour_of
from app.services.evaluation import feedback
from app.web.admin.questions import QUESTIONS
from tests.support.people import logged_in


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin").browser


def test_every_question_has_its_answer_and_a_table(admin):
    page = admin.get("/admin/").text
    for name in QUESTIONS:
        section = page.partition(f'<h2 id="{name}">')[2].partition("</section>")[0]
        assert "<table" in section


def test_the_period_before_is_compared(app, admin, ask, photo):
    for _ in range(3):
        ask(photo)
    with app.app_context():
        earlier = db.session.scalars(select(Query).limit(1)).one()
        earlier.created_at = now() - timedelta(days=40)
        earlier.asked_hour = hour_of(earlier.created_at)
        db.session.commit()
    page = admin.get("/admin/").text
    assert "2 searches, 1 in as many days before: 1 more" in page


def test_what_was_missed_and_then_found_is_said(app, admin, ask, unknown_photo):
    ask(unknown_photo)
    ask(unknown_photo)
    with app.app_context():
        query = db.session.scalars(select(Query).limit(1)).one()
        work = db.session.scalars(select(Artwork).limit(1)).one()
        title = work.title
        feedback.name_work(query, work, "number")
        db.session.commit()
    page = admin.get("/admin/").text
    assert f"Most often {title}: named once" in page.replace("&#39;", "’")
    assert "1 of 2 said that they then found it." in page


def test_who_found_it_by_the_label_in_the_photo_is_counted(
    app, admin, ask, unknown_photo
):
    ask(unknown_photo)
    with app.app_context():
        query = db.session.scalars(select(Query)).one()
        work = db.session.scalars(select(Artwork).limit(1)).one()
        feedback.name_work(query, work, "label")
    table = admin.get("/admin/figures/recovered.csv").text
    assert "Label in the photo,1" in table
    assert "Number,0" in table
