"""gunicorn's settings for a small site with one thread and little patience."""

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


def site(environ, start_response):
    """Say how long the body is; or refuse it unread; or give many bytes."""
    path, status = environ["PATH_INFO"], "200 OK"
    if environ["gunicorn.socket"].is_overloaded:
        status, text = "503 Service Unavailable", b"overloaded"
    elif path == "/refuse":
        status, text = "413 Content Too Large", b"refused"
    elif path == "/many":
        text = bytes(MANY)
    else:
        body = environ["wsgi.input"].read()
        text = f"{len(body)} {body[:20].decode('latin-1')}".encode()
    start_response(status, [("Content-Length", str(len(text)))])
    return [text]
