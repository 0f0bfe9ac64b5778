"""The server's edge with real sockets: one thread, and nobody can keep it."""

import contextlib
import http.client
import socket
import subprocess
import sys
import time

import pytest

from app.configuration.load import ROOT
from tests.support.waiting import WAIT_SECONDS
from tests.web.server.small_site import MANY

CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number = probe.getsockname()[1]
    command = ["-m", "gunicorn", "-c", "python:tests.web.server.small_site"]
    process = subprocess.Popen(
        [sys.executable, *command, "--bind", f"127.0.0.1:{number}"], cwd=ROOT
    )
    for _ in range(200):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", number)),
        ):
            break
        time.sleep(0.05)
    yield number
    process.terminate()
    assert process.wait(WAIT_SECONDS) == 0


@pytest.fixture
def connect(port):
    """Return a function that opens a connection; they are all closed in the end."""
    with contextlib.ExitStack() as stack:

        def open_one():
            address = ("127.0.0.1", port)
            return stack.enter_context(socket.create_connection(address, WAIT_SECONDS))

        yield open_one


def post(path="/", length=0, *more):
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(connection):
    """Read one answer; return its status and text."""
    response = http.client.HTTPResponse(connection)
    with response:
        response.begin()
        return response.status, response.read()


def is_served(connect):
    """Tell whether somebody else is answered at once."""
    begun = time.monotonic()
    other = connect()
    other.sendall(post())
    return answer(other) == (200, b"0 ") and time.monotonic() - begun < 1


def test_a_connection_serves_one_request_after_another(connect):
    one = connect()
    for text in (b"first", b"second"):
        one.sendall(post("/", len(text)) + text)
        assert answer(one) == (200, b"%d %s" % (len(text), text))


def test_memory_is_given_back_when_nobody_is_served(connect):
    def resident_mb(path="/memory"):
        one = connect()
        one.sendall(post(path))
        return int(answer(one)[1])

    before = resident_mb()
    assert resident_mb("/memory/used") > before + 40
    deadline = time.monotonic() + WAIT_SECONDS
    while resident_mb() > before + 15:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_requests_that_come_together_are_answered_in_turn(connect):
    one = connect()
    one.sendall(post("/", 3) + b"abc" + post("/", 2) + b"de" + post())
    one.shutdown(socket.SHUT_WR)
    with one.makefile("rb") as file:
        told = file.read()
    assert [told.find(text) > 0 for text in (b"3 abc", b"2 de", b"0 ")] == [True] * 3


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (post("/", 5) + b"abcde", b"5 abcde"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"3\r\nabc\r\n0\r\n\r\n",
            b"3 abc",
        ),
    ],
)
def test_a_request_may_come_byte_by_byte(connect, sent, text):
    one = connect()
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in sent:
        one.sendall(bytes([byte]))
        time.sleep(0.002)
    assert answer(one) == (200, text)


@pytest.mark.slow
@pytest.mark.parametrize("sent", [b"", b"POST / HT", post("/", 500) + b"a"])
def test_who_sends_too_slowly_keeps_nobody_waiting_and_is_let_go(connect, sent):
    slow = [connect() for _ in range(5)]
    for one in slow:
        one.sendall(sent)
    assert is_served(connect)
    began = time.monotonic()
    told = slow[0].recv(1000)
    assert told.startswith(b"HTTP/1.1 408 ") if sent else told == b""
    assert 0.5 < time.monotonic() - began < 6


@pytest.mark.slow
def test_who_sends_slowly_but_honestly_is_answered(connect):
    one = connect()
    one.sendall(post("/", 12_000))
    for _ in range(12):
        one.sendall(bytes(1000))
        time.sleep(0.2)
    assert answer(one)[0] == 200


@pytest.mark.slow
def test_who_reads_slowly_keeps_nobody_waiting_for_long_and_is_let_go(connect):
    slow = connect()
    slow.sendall(post("/many"))
    began = time.monotonic()
    other = connect()
    other.sendall(post())
    assert answer(other) == (200, b"0 ")
    assert time.monotonic() - began < 5
    received = 0
    with contextlib.suppress(ConnectionResetError):
        while data := slow.recv(1 << 20):
            received += len(data)
    assert received < MANY


def test_all_of_a_large_answer_arrives(connect):
    one = connect()
    one.sendall(post("/many"))
    assert len(answer(one)[1]) == MANY


def test_who_does_not_close_keeps_nobody_waiting(connect):
    for _ in range(4):
        one = connect()
        one.sendall(post("/", 0, "Connection: close"))
        assert answer(one)[0] == 200
    assert is_served(connect)


def test_what_is_too_large_is_refused_unread_and_the_sender_gets_to_know(connect):
    one = connect()
    one.sendall(post("/refuse", 3_000_000) + bytes(3_000_000))
    assert answer(one) == (413, b"refused")


def test_a_large_body_is_read_by_the_application_as_it_comes(connect):
    one = connect()
    one.sendall(post("/", 3_000_000) + bytes(3_000_000))
    assert answer(one)[1].startswith(b"3000000 ")


def test_who_asks_whether_to_send_is_told_once(connect):
    one = connect()
    one.sendall(post("/", 3, "Expect: 100-continue"))
    with one.makefile("rb") as file:
        assert file.readline() + file.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.sendall(b"abc")
        assert file.readline() == b"HTTP/1.1 200 OK\r\n"


def test_who_asks_whether_to_send_what_is_too_large_is_refused_at_once(connect):
    one = connect()
    one.sendall(post("/refuse", 3_000_000, "Expect: 100-continue"))
    assert answer(one) == (413, b"refused")


def test_of_too_much_together_the_largest_is_let_go(connect):
    large, small = connect(), connect()
    large.sendall(post("/", 990_000) + bytes(980_000))
    small.sendall(post("/", 700_000) + bytes(300_000))
    time.sleep(0.3)
    small.sendall(bytes(300_000))
    assert answer(large) == (503, b"overloaded")
    small.sendall(bytes(100_000))
    assert answer(small)[1].startswith(b"700000 ")


def test_a_network_has_its_share_of_connections_and_the_oldest_goes(connect):
    many = [connect() for _ in range(25)]
    for one in many:
        one.sendall(b"POST / HTTP/1.1\r\n")
    assert is_served(connect)
    assert many[0].recv(1000) == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"zz\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    ],
)
def test_nonsense_is_answered_and_hurts_nobody(connect, sent):
    one = connect()
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        one.sendall(sent)
        assert answer(one)[0] in (400, 431)
    assert is_served(connect)
