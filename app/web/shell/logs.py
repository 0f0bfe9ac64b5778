"""Structured logs, as text or JSON: a line per request, its request ID on every line.

No personal data: no network address, no account, and no path, because the address of
an answer is its key. Security events (``callers/events``) name account and network by
keyed hashes; only if a setting asks for it do their lines, and no others, hold the
network address. The name of a request goes back with its answer, so that whoever
complains can tell which lines are meant.
"""

import logging
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, current_app, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

logger = logging.getLogger("morelli.request")

HEADER = "X-Request-ID"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a proxy may call a request."""
ANSWER_NAME = re.compile(r"\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
"""UUID, which only answers and their photos are named by."""
QUIET = frozenset(
    (
        *("assets.file", "static", "media.work"),
        *("health.alive", "health.ready", "metrics.show"),
    )
)
"""Endpoints that are asked so often that nobody wants a line of each."""
ABOUT_REQUESTS = ("Invalid request", "Error handling request")
"""How gunicorn's lines about a single request begin."""
REFUSED = "a request could not be read or answered"
FACTS = (
    *("method", "endpoint", "status", "ms"),
    *("event", "address", "account", "network"),
)
"""Of a request, and of a security event; attributes of its record."""


class RequestNaming(logging.Filter):
    """Filter that puts the present request's name on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass."""
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class RequestLess(logging.Filter):
    """Filter that takes who sent a request, and what, from the server's own lines.

    gunicorn writes network addresses, headers and paths into them. What happened is
    named by its exception instead.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass, reworded where it must be."""
        if str(record.msg).startswith(ABOUT_REQUESTS):
            kind = sys.exc_info()[0]
            name = kind.__name__ if kind else "unknown"
            record.msg, record.args = f"{REFUSED}: {name}", ()
        return True


class TextFormatter(logging.Formatter):
    """Formatter for people: time, process, level, logger, request, facts, words."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line, and a traceback below it."""
        words = super().format(record)
        when = datetime.fromtimestamp(record.created, UTC).isoformat(" ", "seconds")
        name = getattr(record, "request_id", "-")
        known = vars(record)
        facts = "".join(f" {fact}={known[fact]}" for fact in FACTS if fact in known)
        return shortened(
            f"[{when}] [{record.process}] [{record.levelname}] {record.name} "
            f"request={name}{facts}: {words}"
        )


class ObjectFormatter(JsonFormatter):
    """Formatter for machines: a JSON object per line, a traceback inside."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line."""
        return shortened(super().format(record))


def shortened(text: str) -> str:
    """Shorten the names of answers and their photos, so that they open nothing.

    What is left finds the photo's file, for whoever may look into its folder.
    """
    return ANSWER_NAME.sub(r"\1-…", text)


FORMATTERS: Mapping[str, logging.Formatter] = {
    "text": TextFormatter(),
    "json": ObjectFormatter(
        ("process", "levelname", "name", "request_id", "message"),
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
        timestamp="time",
        json_ensure_ascii=False,
    ),
}
"""Writers of lines for people, and for machines."""


def handler(style: str) -> logging.Handler:
    """Return what writes lines in a style, ``text`` or ``json``, to standard error."""
    stream = logging.StreamHandler()
    stream.addFilter(RequestNaming())
    stream.setFormatter(FORMATTERS[style])
    return stream


def configure(style: str) -> None:
    """Let this process log so."""
    logging.basicConfig(level=logging.INFO, handlers=[handler(style)], force=True)
    # It would tell of itself each time that somebody asks whether we are ready.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It would tell which network address asked too often.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)


def register(app: Flask) -> None:
    """Name every request, and write a line once it is answered.

    To be registered before all others: what comes first is done last.
    """
    app.before_request(name_request)
    app.after_request(write_line)


def name_request() -> None:
    """Take the name that a trusted proxy gave, or make one."""
    given = request.headers.get(HEADER, "")
    is_trusted = current_app.config["MORELLI_PROXIES"] > 0 and NAME.fullmatch(given)
    g.request_id = given if is_trusted else uuid4().hex[:16]
    g.request_begun = time.perf_counter()


def write_line(response: Response) -> Response:
    """Tell what was asked, by its kind, and how it was answered."""
    response.headers[HEADER] = g.request_id
    level = logging.DEBUG if request.endpoint in QUIET else logging.INFO
    facts = {
        "method": request.method,
        "endpoint": request.endpoint or "-",
        "status": response.status_code,
        "ms": round(1000 * (time.perf_counter() - g.request_begun)),
    }
    logger.log(level, "answered", extra=facts)
    return response
