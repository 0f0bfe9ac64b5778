"""A receiver of webhooks: a web server that notes what it is told."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.waiting import ended


class Receiver(ThreadingHTTPServer):
    """Server whose answers are those in ``answers``, one after the other, then 204."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Post)
        self.messages = []
        self.answers = []
        self.meanwhile = lambda: None
        self.arrived = threading.Event()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/told"

    @property
    def kinds(self):
        return [json.loads(message.body)["type"] for message in self.messages]


class Message:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body

    @property
    def data(self):
        return json.loads(self.body)["data"]


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(Message(self.path, dict(self.headers), body))
        self.server.arrived.set()
        self.server.meanwhile()
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.address}/elsewhere")
        self.end_headers()

    def log_message(self, *_arguments):
        """Keep quiet."""


@contextmanager
def receiving():
    server = Receiver()
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        ended(thread)
        server.server_close()
