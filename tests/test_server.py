"""The server as the operator starts it: gunicorn, two processes, real sockets."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.configuration.load import ROOT
from app.factory import create_app
from app.services.system import database
from tests.support.databases import environ_of
from tests.support.waiting import SCRIPT_SECONDS, WAIT_SECONDS

pytestmark = pytest.mark.slow

METRICS_TOKEN = "t" * 40


@contextmanager
def serving(**environ):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env={
            **environ_of(Path(environ["MORELLI_INSTANCE"])),
            "MORELLI_PORT": str(port),
            **environ,
        },
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        assert server.wait(WAIT_SECONDS) == 0


def wait_for(port, server):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert server.poll() is None
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def ask(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A server without a collection, whose tables are made."""
    instance = tmp_path_factory.mktemp("instance")
    app = create_app({"MORELLI_INSTANCE": instance})
    with app.app_context():
        database.upgrade()
    (instance / "secret_key").unlink()  # both processes will want to make one
    with serving(
        MORELLI_INSTANCE=str(instance), MORELLI_METRICS_TOKEN=METRICS_TOKEN
    ) as port:
        yield port


def test_it_lives_but_is_not_ready_without_a_collection(port):
    assert ask(port, "GET", "/healthz")[0].status == 200
    response, page = ask(port, "GET", "/")
    assert response.status == 503
    assert "python precompute_descriptors.py" in page


def test_a_browser_gets_to_read_why_its_hundred_megabytes_were_refused(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/api/v1/search")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", "100000000")
    connection.endheaders()
    for _ in range(100):
        connection.send(bytes(1_000_000))
    response = connection.getresponse()
    assert response.status == 413
    assert json.loads(response.read())["error"]["code"] == "image_too_large"
    connection.close()


def test_processes_accept_each_others_cookies(port):
    """They started at once, and still made one secret key."""
    response, page = ask(port, "POST", "/queries")
    cookie = str(response.headers["Set-Cookie"]).partition(";")[0]
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    for _ in range(12):  # whichever process answers
        _, page = ask(
            port,
            "POST",
            "/queries",
            f"csrf_token={token}",
            **{"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        # The token is accepted; only the photo is missing.
        assert "No photo was sent" in page


@pytest.mark.parametrize(
    "lengths",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Content-Length: 4", "Content-Length: 5"),
        ("Transfer-Encoding: chunked, identity",),
    ],
)
def test_a_request_of_two_lengths_is_refused(port, lengths):
    """Where a proxy and the server end it differently, another could be hidden."""
    lines = ["POST /healthz HTTP/1.1", "Host: localhost", *lengths, "", "0\r\n\r\n"]
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        status = connection.makefile("rb").readline()
    assert status.split()[1] in (b"400", b"501")


def test_what_all_processes_count_is_summed_up(port):
    counted = re.compile(
        r'^morelli_requests_total\{endpoint="about.show".*\} ([0-9.]+)$', re.M
    )
    for _ in range(30):  # whichever process answers
        ask(port, "GET", "/about")
    sums = set()
    for _ in range(6):
        bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        response, text = ask(port, "GET", "/metrics", **bearer)
        assert response.status == 200
        sums.add(sum(map(float, counted.findall(text))))
    assert sums == {30.0}


def test_nonsense_in_the_environment_is_one_sentence(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env={**os.environ, "MORELLI_PORT": "http"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SCRIPT_SECONDS,
    )
    assert result.returncode == 78
    assert result.stderr == (
        "MORELLI_PORT=http cannot be used: a whole number is needed.\n"
    )


SLOW = 130
START = b"POST /api/v1/search HTTP/1.1\r\nHost: x\r\n"
TRICKLED = {
    "heads": START,
    "bodies": START + b"Content-Length: 9000\r\n\r\n",
    "connections": b"",
}


@pytest.mark.parametrize("opening", TRICKLED.values(), ids=TRICKLED)
def test_slow_senders_keep_nobody_from_being_served(port, opening):
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
            for _ in range(SLOW)
        ]
        for one in slow:
            one.sendall(opening)
        for _ in range(3):
            for one in slow if opening else ():
                one.sendall(b"a")
            begun = time.monotonic()
            assert ask(port, "GET", "/healthz")[0].status == 200
            photo = {"Content-Type": "multipart/form-data; boundary=x"}
            answer, text = ask(port, "POST", "/api/v1/search", b"--x--\r\n", **photo)
            assert answer.status == 400, text
            assert time.monotonic() - begun < 3
            time.sleep(1)
