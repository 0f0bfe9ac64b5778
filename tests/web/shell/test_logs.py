"""Log lines: one per request, machine-readable, and nobody is named in them."""

import io
import json
import logging
import os
import socket
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import InvalidRequestLine
from gunicorn.http.parser import RequestParser
from gunicorn.workers.base import Worker

from app.web.shell import logs
from tests.support.people import logged_in


@pytest.fixture
def lines():
    """Return a function that starts to write in a style, and one that gives lines."""
    root = logging.getLogger()
    level, started = root.level, []

    def start(style):
        handler = logs.handler(style)
        assert isinstance(handler, logging.StreamHandler)
        stream = io.StringIO()
        handler.setStream(stream)
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        started.append(handler)
        return lambda: stream.getvalue().splitlines()

    yield start
    root.setLevel(level)
    for handler in started:
        root.removeHandler(handler)


def test_a_request_is_one_line_under_its_name(client, lines):
    written = lines("json")
    answer = client.get("/works/")
    own = map(json.loads, written())
    [line] = [one for one in own if one["logger"] == "morelli.request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["endpoint"] == "artworks.browse"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["ms"] >= 0


def test_operators_find_the_fields_that_they_know(client, lines):
    written = lines("json")
    client.get("/works/")
    logging.getLogger("other").warning("%s waits – 3 °C", "somebody")
    *_, answered, other = map(json.loads, written())
    usual = {"time", "process", "level", "logger", "request_id", "message"}
    assert set(answered) == usual | {"method", "endpoint", "status", "ms"}
    assert set(other) == usual
    assert (other["level"], other["logger"]) == ("WARNING", "other")
    assert (other["request_id"], other["process"]) == ("-", os.getpid())
    assert other["message"] == "somebody waits – 3 °C"
    assert "–" in written()[-1]
    since = datetime.now(UTC) - datetime.fromisoformat(other["time"])
    assert timedelta(0) <= since < timedelta(minutes=1)


def test_lines_for_people_say_the_same(client, lines):
    written = lines("text")
    answer = client.get("/nowhere")
    [line] = written()
    assert f"request={answer.headers['X-Request-ID']}" in line
    assert "status=404" in line
    assert "nowhere" not in line


def test_all_lines_of_a_request_have_its_name(make_app, lines, publication, photo):
    client = make_app().test_client()
    written = lines("json")
    publication.fault = RuntimeError("the engine broke")
    publication.searcher = None
    answer = client.post("/api/v1/search", data={"photo": (io.BytesIO(photo), "p")})
    assert answer.status_code == 500
    own = [json.loads(line) for line in written()]
    assert len(own) >= 2
    assert {line["request_id"] for line in own} == {answer.headers["X-Request-ID"]}
    assert any("the engine broke" in line.get("exception", "") for line in own)


def test_nobody_is_named(app, lines, photo):
    person = logged_in(app)
    written = lines("text")
    answer = person.post("/queries", page="/", photo=(io.BytesIO(photo), "p.jpg"))
    person.browser.get(answer.location)
    text = "\n".join(written())
    assert "endpoint=search.show" in text
    for secret in (person.email, "127.0.0.1", answer.location.rpartition("/")[2]):
        assert secret not in text


@pytest.mark.parametrize(
    ("proxies", "sent", "is_taken"),
    [(1, "abc-123", True), (0, "abc-123", False), (1, "a b\u2028c", False)],
)
def test_only_a_proxy_names_requests(make_app, proxies, sent, is_taken):
    client = make_app(MORELLI_PROXIES=proxies).test_client()
    answer = client.get("/healthz", headers={"X-Request-ID": sent})
    assert (answer.headers["X-Request-ID"] == sent) == is_taken


def test_what_is_asked_all_the_time_is_not_told(client, lines):
    written = lines("text")
    client.get("/healthz")
    assert written() == []


def fail(error):
    raise error


def test_the_servers_own_lines_tell_neither_sender_nor_what_was_sent(lines):
    """They are gunicorn's, and their beginnings are what it is told by."""
    server = Logger(Config())
    server.error_log.handlers, server.error_log.propagate = [], True
    server.error_log.addFilter(logs.RequestLess())
    worker = Worker.__new__(Worker)
    worker.cfg, worker.log = Config(), server
    written = lines("text")
    ours, theirs = socket.socketpair()
    sender = ("203.0.113.7", 1)
    sent = b"GET /queries/anna HTTP/1.1\r\nHost: x\r\n\r\n"
    request = next(RequestParser(worker.cfg, [sent], sender))
    for known, fault in (
        (None, InvalidRequestLine("/anna")),
        (request, ValueError("x")),
    ):
        try:
            fail(fault)
        except (InvalidRequestLine, ValueError) as error:
            worker.handle_error(known, theirs, sender, error)
    ours.close()
    theirs.close()
    told = "\n".join(written())
    assert "InvalidRequestLine" in told
    assert "ValueError: x" in told
    assert "203.0.113.7" not in told
    assert "anna" not in told


def test_an_answer_is_named_by_its_beginning_only(lines):
    written = lines("text")
    key = str(uuid4())
    logging.getLogger("other").warning("/media/queries/%s.jpg is stuck", key)
    assert f"/media/queries/{key[:8]}-….jpg is stuck" in written()[0]
