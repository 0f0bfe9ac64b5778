"""Prometheus metrics at /metrics, for whoever sends the right token.

Counted in each server process and summed up over all of them, through files in
``PROMETHEUS_MULTIPROC_DIR``, which ``gunicorn.conf.py`` sets. What the database knows
is read when somebody asks.
"""

import hmac
import os
import time
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.extensions import db
from app.models import Query
from app.services.collection.works import count_works
from app.services.operations import inspection
from app.services.system.mail import Outbox
from app.services.system.workers import count_alive
from app.web.shell.current import folders

bp = Blueprint("metrics", __name__)

SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER = "other"
"""Stands for methods and addresses that are none: their number must stay bounded."""

REQUESTS = Counter(
    "morelli_requests", "Requests answered.", ("method", "endpoint", "status")
)
REQUEST_SECONDS = Histogram(
    "morelli_request_seconds", "Time to an answer.", ("endpoint",), buckets=SECONDS
)
SEARCHES = Counter("morelli_searches", "Photos answered.", ("verdict",))
FRAMES = Counter(
    "morelli_viewfinder_frames", "Frames of viewfinders answered.", ("verdict",)
)
STAGE_SECONDS = Histogram(
    "morelli_search_stage_seconds",
    "Time of each stage of a search, and of the whole.",
    ("stage",),
    buckets=SECONDS,
)


def register(app: Flask) -> None:
    """Count every request, and answer whoever asks for the figures.

    To be registered after the logs, which note when a request came.
    """
    app.after_request(count)
    app.register_blueprint(bp)


@bp.get("/metrics")
def show() -> Response:
    """Give the figures, as Prometheus reads them."""
    token = current_app.config["MORELLI_METRICS_TOKEN"]
    if not token:
        abort(404)
    sent = request.authorization
    given = (sent.token or "") if sent is not None and sent.type == "bearer" else ""
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    figures = generate_latest(counted()) + generate_latest(InstanceCollector())
    return Response(figures, content_type=CONTENT_TYPE_LATEST)


def counted() -> CollectorRegistry:
    """Return what was counted, in all processes if there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it out
    return registry


class InstanceCollector(Collector):
    """Collector of what the database and the instance folder know."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield a family of figures each."""
        yield GaugeMetricFamily("morelli_works", "Works on show.", count_works())
        tasks = GaugeMetricFamily(
            "morelli_tasks", "Background tasks by state.", labels=("state",)
        )
        for state, number in inspection.task_counts(db.session()).items():
            tasks.add_metric((state.value,), number)
        yield tasks
        workers = count_alive(db.session())
        yield GaugeMetricFamily(
            "morelli_workers", "Processes that do background tasks.", workers
        )
        waiting = len(Outbox(folders().mail).waiting())
        yield GaugeMetricFamily("morelli_mails_waiting", "Mails not sent yet.", waiting)
        free = inspection.free_bytes(folders())
        yield GaugeMetricFamily(
            "morelli_disk_free_bytes", "Room left on the disk of the instance.", free
        )


def count(response: Response) -> Response:
    """Count a request and how long it took."""
    method = request.method if request.method in METHODS else OTHER
    endpoint = request.endpoint or OTHER
    REQUESTS.labels(method, endpoint, str(response.status_code)).inc()
    REQUEST_SECONDS.labels(endpoint).observe(time.perf_counter() - g.request_begun)
    return response


def count_frame(query: Query) -> None:
    """Count an answered frame of a viewfinder, which is no search."""
    FRAMES.labels(query.verdict.value).inc()


def count_search(query: Query) -> None:
    """Count an answered photo, and how long each stage of its search took."""
    SEARCHES.labels(query.verdict.value).inc()
    for stage, milliseconds in query.timings_ms.items():
        STAGE_SECONDS.labels(stage).observe(milliseconds / 1000)
