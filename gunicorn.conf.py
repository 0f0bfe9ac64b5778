"""The server: a few processes, each with many threads and one engine.

``app.web.server`` waits for slow phones to send their photos, threads wait for their
turn: how many photos are searched at a time ``app.services.search.admission`` sees to.
Start it by ``gunicorn`` in this folder.
"""

import os
import shutil
import sys
from pathlib import Path

# Mako imports it where other packages happen to have brought it along; what for, the
# server never needs, and goes without. None bars an import.
sys.modules["pygments"] = None
# Flask-Security loads it wherever it is installed, for what is not used here: 18 MB.
sys.modules["authlib"] = None

from app.commands.statuses import MISCONFIGURED
from app.configuration.load import (
    ConfigurationError,
    Folders,
    keep_to_owner,
    read_settings,
)

# Imported before the processes part, so that they share the libraries' memory, as all
# that `on_starting` imports: of the accounts, cryptography and WebAuthn (10 MB).
from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.retrieval.runtime.memory import keep_freed_memory, spare_started_objects
from app.services.accounts import second_factor  # noqa: F401
from app.web.server.limits import HELD_UPLOADS, Limits
from app.web.server.worker import BufferingWorker
from app.web.shell import logs
from app.web.shell.current import SEARCH

del sys.modules["authlib"]  # single sign-on needs it, where a provider is set

keep_to_owner()
try:
    settings = read_settings(os.environ)
except ConfigurationError as error:
    print(error, file=sys.stderr)
    sys.exit(MISCONFIGURED)

logs.configure(settings["MORELLI_LOG_FORMAT"])
keep_freed_memory()
# What processes count is summed up through files; read when the library is imported,
# which only the processes do.
METRICS = Folders(settings["MORELLI_INSTANCE"]).metrics
if settings["MORELLI_METRICS_TOKEN"]:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)

wsgi_app = "wsgi:app"
bind = f"{settings['MORELLI_HOST']}:{settings['MORELLI_PORT']}"
workers = settings["MORELLI_WORKERS"]
# Where the site is says its public address, and no header that somebody sends.
forwarder_headers = ""
# Its threads get whole requests: who sends slowly keeps none of them.
worker_class = BufferingWorker
BufferingWorker.limits = Limits(
    body_bytes=settings["MORELLI_MAX_UPLOAD_MB"] * 1_000_000,
    held_bytes=HELD_UPLOADS * settings["MORELLI_MAX_UPLOAD_MB"] * 1_000_000,
    per_network=None if settings["MORELLI_PROXIES"] else Limits().per_network,
)
# Fewer than the files that a process may have open by default.
worker_connections = 500
# Even if all who wait for their turn wait in one process, threads are left for pages.
threads = 16 + settings["MORELLI_QUEUE"] + workers
# A process that gives no sign of life for so long is replaced (seconds).
timeout = 60
graceful_timeout = 30
keepalive = 5
# What a slow reader has not taken yet is held in memory instead.
sendfile = False
# The sign of life is a file; in memory it never waits for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not a guessable file, gunicorn makes its own
# Signals are enough to run this server, and two servers would share the socket.
control_socket_disable = True


def on_starting(server):
    """Log as the application does, count anew, tell who gets no mail, and load all."""
    server.log.error_log.handlers = [logs.handler(settings["MORELLI_LOG_FORMAT"])]
    server.log.error_log.addFilter(logs.RequestLess())
    if settings["MORELLI_METRICS_TOKEN"]:
        shutil.rmtree(METRICS, ignore_errors=True)
        METRICS.mkdir(parents=True)
    if not settings["MORELLI_SMTP_HOST"]:
        server.log.warning(
            "No mail server is set (MORELLI_SMTP_HOST): mails to visitors are put "
            "into %s, and nobody sends them.",
            Folders(settings["MORELLI_INSTANCE"]).mail,
        )
    load_all()


def load_all():
    """Load the program, and what runs networks, before the processes part.

    They share the memory of both, as long as none writes to it, which a garbage
    collection would. Only now, for the figures' folder must be there.
    """
    import app.factory
    from app.retrieval.descriptors.graph import load_openvino
    from app.services.labels import opening

    load_openvino()
    if settings["MORELLI_LABELS"] and opening.is_installed():
        import app.services.labels.service  # noqa: F401 - to be shared, not used
    spare_started_objects()


def post_worker_init(worker):
    """Open the index before the first visitor comes, in the process that uses it."""
    try:
        worker.wsgi.extensions[SEARCH].open()
    except (ArtefactError, EmptyGalleryError) as error:
        # Every page says so too, and the next request tries again.
        worker.log.warning("Cannot search yet: %s", error)
    spare_started_objects()


def child_exit(_server, worker):
    """Let the figures forget what a process was just doing, and keep what it did."""
    if settings["MORELLI_METRICS_TOKEN"]:
        from prometheus_client import multiprocess  # once its folder is known

        multiprocess.mark_process_dead(worker.pid)
