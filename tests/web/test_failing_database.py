"""A database that is locked, gone or damaged: every door asks to come back, at once."""

from contextlib import contextmanager
from io import BytesIO

import pytest
from flask import render_template
from sqlalchemy import event
from sqlalchemy.exc import (
    DatabaseError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    ProgrammingError,
    TimeoutError,
)

from app import extensions
from app.configuration import load
from app.extensions import db
from app.web.pages import search
from tests.support.locking import locked
from tests.support.people import Person, logged_in, program_of
from tests.support.postgresql import connect

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(load, "LOCK_MS", 20)


@pytest.fixture
def instance(app):
    return app.config["MORELLI_INSTANCE"]


@pytest.fixture
def forget_connections(app):
    """Return a function after which the application has to open the database anew."""

    def forget():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    return forget


@contextmanager
def failures(app):
    """Count how often the database lets somebody wait in vain."""
    counted = []
    with app.app_context():
        engine = db.engine

    def count(context):
        counted.append(context)

    event.listen(engine, "handle_error", count)
    try:
        yield counted
    finally:
        event.remove(engine, "handle_error", count)


def asks_to_come_back(answer):
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_who_registers_is_asked_to_come_back_and_can_then(app, instance):
    anna = Person(app)
    with locked(instance), failures(app) as waits:
        answer = anna.register()
        assert asks_to_come_back(answer)
        assert "try again in a moment" in answer.text
        assert len(waits) == 1
    assert anna.account() is None
    assert anna.register().status_code == 302
    assert anna.account() is not None


def test_a_search_is_answered_though_nothing_can_be_kept(app, instance, ask, photo):
    with locked(instance):
        answer = ask(photo)
        assert answer.status_code == 200
        assert "Your photo shows" in answer.text
    assert ask(photo).status_code == 303


def test_programs_learn_what_to_wait_for(app, instance, ask_api, photo):
    program = program_of(logged_in(app))
    sent = {"photo": (BytesIO(photo), "photo.jpg")}
    query_id = program.post("/api/v1/search", data=sent).json["query_id"]
    with locked(instance):
        answer = program.delete(f"/api/v1/queries/{query_id}")
    assert asks_to_come_back(answer)
    assert answer.json["error"]["code"] == "database_unavailable"
    assert program.get(f"/api/v1/queries/{query_id}").status_code == 200


def test_who_is_logged_in_waits_once_and_not_for_every_statement(
    app, instance, forget_connections
):
    anna = logged_in(app)
    forget_connections()
    with locked(instance, for_readers=True), failures(app) as waits:
        answer = anna.browser.get("/works/")
        assert asks_to_come_back(answer)
        assert "Log in" in answer.text  # nobody can be recognised
        assert len(waits) == 1
        assert anna.browser.get("/privacy").status_code == 200
        assert len(waits) == 2
        assert anna.browser.get("/healthz").status_code == 200
        assert len(waits) == 2
    assert anna.browser.get("/works/").status_code == 200
    assert anna.is_logged_in


def remove(path):
    path.unlink()


def damage(path):
    path.write_bytes(b"no database" * 1000)


def bar(path):
    path.unlink()
    path.mkdir()


@pytest.mark.sqlite(reason="its file")
@pytest.mark.parametrize("spoil", [remove, damage, bar])
def test_a_database_that_is_gone_or_damaged_is_no_bug_of_ours(
    app, instance, client, ask_api, photo, forget_connections, spoil
):
    path = instance / "morelli.db"
    client.get("/works/")
    forget_connections()
    for leftover in instance.glob("morelli.db-*"):
        leftover.unlink()
    spoil(path)
    for address in ("/works/", "/about", "/account/login"):
        assert client.get(address).status_code in (200, 503)
    assert asks_to_come_back(client.get("/works/"))
    answer = ask_api(photo)
    assert asks_to_come_back(answer)
    assert answer.json["error"]["code"] == "database_unavailable"


@pytest.fixture
def server(app, databases):
    """The server, by which a database can be closed, and what it is called there."""
    with app.app_context():
        name = db.engine.url.database
    with connect(databases.sockets, "postgres") as server:
        yield server, name


def break_connections(server, name):
    """What a restart of the database does to those who have it open."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        [name],
    )


@pytest.mark.postgresql(reason="its connections, which break when it is restarted")
def test_after_a_restart_of_the_database_nobody_is_turned_away(client, server):
    assert client.get("/works/").status_code == 200
    for _ in range(3):
        break_connections(*server)
        assert client.get("/works/").status_code == 200


@pytest.mark.postgresql(reason="its connections, which break when it is restarted")
def test_an_answer_that_is_made_by_then_is_given(client, server, monkeypatch):
    def render_and_break(*names, **facts):
        page = render_template(*names, **facts)
        break_connections(*server)
        return page

    monkeypatch.setattr(search, "render_template", render_and_break)
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3


@pytest.mark.postgresql(reason="its server, which may be away")
def test_a_server_that_is_away_is_no_bug_of_ours(client, server, ask_api, photo):
    client.get("/works/")
    switch = "ALTER DATABASE {} ALLOW_CONNECTIONS {}"
    server[0].execute(switch.format(server[1], "false"))
    try:
        break_connections(*server)
        assert asks_to_come_back(client.get("/works/"))
        answer = ask_api(photo)
        assert asks_to_come_back(answer)
        assert answer.json["error"]["code"] == "database_unavailable"
    finally:
        server[0].execute(switch.format(server[1], "true"))
    assert client.get("/works/").status_code == 200


@pytest.mark.parametrize(
    ("error", "is_databases"),
    [
        (OperationalError("", {}, Exception("database is locked")), True),
        (DatabaseError("", {}, Exception("disk image is malformed")), True),
        (TimeoutError("no connection is free"), True),
        (IntegrityError("", {}, Exception("UNIQUE constraint failed")), False),
        (ProgrammingError("", {}, Exception("syntax error")), False),
        (InvalidRequestError("a closed transaction"), False),
    ],
)
def test_a_fault_of_our_statements_stays_a_bug(
    client, monkeypatch, error, is_databases
):
    def fail():
        raise error

    monkeypatch.setattr(search, "count_works", fail)
    answer = client.get("/")
    assert answer.status_code == (503 if is_databases else 500)
    assert asks_to_come_back(answer) == is_databases
