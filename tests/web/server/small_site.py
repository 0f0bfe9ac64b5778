"""gunicorn's settings for a small site with one thread and little patience."""

from pathlib import Path

from app.retrieval.runtime.memory import keep_freed_memory
from app.web.server.limits import Limits
from app.web.server.worker import BufferingWorker

worker_class = BufferingWorker
BufferingWorker.limits = Limits(
    body_bytes=1_000_000,
    held_bytes=1_500_000,
    unsent_bytes=200_000,
    head_seconds=1.0,
    body_seconds=8.0,
    grace_seconds=1.0,
    bytes_per_second=2_000,
    linger_seconds=1.0,
    per_network=20,
)
wsgi_app = "tests.web.server.small_site:site"
MANY = 30_000_000
workers, threads = 1, 1
keepalive = 3
sendfile = False
control_socket_disable = True


def on_starting(_server):
    """Let the server keep what it frees, as the real one does."""
    keep_freed_memory()


def resident_mb():
    """Return the memory of this process."""
    fields = dict(
        line.split(":") for line in Path("/proc/self/status").read_text().splitlines()
    )
    return int(fields["VmRSS"].split()[0]) // 1024


def site(environ, start_response):
    """Say how long the body is; or refuse it unread; or give many bytes."""
    path, status = environ["PATH_INFO"], "200 OK"
    if environ["gunicorn.socket"].is_overloaded:
        status, text = "503 Service Unavailable", b"overloaded"
    elif path == "/refuse":
        status, text = "413 Content Too Large", b"refused"
    elif path in {"/memory", "/memory/used"}:
        blocks = [b"x" * (4 << 20) for _ in range(15 if path.endswith("used") else 0)]
        del blocks
        text = str(resident_mb()).encode()
    elif path == "/many":
        text = bytes(MANY)
    else:
        body = environ["wsgi.input"].read()
        text = f"{len(body)} {body[:20].decode('latin-1')}".encode()
    start_response(status, [("Content-Length", str(len(text)))])
    return [text]
