"""``flask retention run``: what it says, and what it answers to the shell."""

from datetime import timedelta
from io import BytesIO

import time_machine
from sqlalchemy import update

from app.configuration.load import Folders
from app.extensions import db
from app.models import Query, now
from app.services.operations import retention
from app.services.system.lock import exclusively


def run(app, *options):
    return app.test_cli_runner().invoke(args=["retention", "run", *options])


def test_it_says_what_went(make_app, photo):
    app = make_app(MORELLI_RETENTION_DAYS="7")
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    assert app.test_client().post("/api/v1/search", data=fields).status_code == 200
    with app.app_context():
        db.session.execute(
            update(Query).values(created_at=now() - timedelta(days=8), visitor="anna")
        )
        db.session.commit()
    result = run(app)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "Photos older than 7 days deleted: 1.",
        "Answers made anonymous: 1.",
        "Files without an answer deleted: 0.",
    ]


def test_what_could_not_be_deleted_is_said_and_is_no_success(app, monkeypatch):
    cleared = retention.Cleared(photos=2, faults=1)
    monkeypatch.setattr(retention, "run", lambda *_, **_options: cleared)
    result = run(app)
    assert result.exit_code == 1
    assert "deleted: 2." in result.output
    assert "1 files wait to be deleted" in result.output


def test_it_does_not_get_in_the_way_of_the_server(app):
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context():
        engine = db.engine
    with exclusively(folders.instance / retention.LOCK, engine):
        result = run(app)
    assert result.exit_code == 2
    assert "Another process is at it" in result.output


def test_what_may_be_a_mistake_waits_for_a_word(app, photo):
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    app.test_client().post("/api/v1/search", data=fields)
    assert run(app).exit_code == 0
    with time_machine.travel(now() + timedelta(days=365)):
        refused = run(app)
        assert refused.exit_code == 2
        assert "1 of 1 photos would be deleted" in refused.output
        assert "has the clock been set forward" in refused.output
        done = run(app, "--confirm")
        assert done.exit_code == 0
        assert "deleted: 1." in done.output
