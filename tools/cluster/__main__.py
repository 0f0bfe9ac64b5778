"""Start several servers on one machine, as a museum would have them on several.

    python -m tools.cluster                                    drawn works
    python -m tools.cluster --catalogue works.csv --images pictures/

Two application servers with a worker each, PostgreSQL, a storage that speaks like S3,
Redis and a mail server, each in a network and a folder of its own below
``instance/cluster`` (MORELLI_INSTANCE names another one). Takes in a collection on the
first server and looks for it on the second one. Then ``kill NAME``, ``start NAME``,
``cut NAME`` and ``mend NAME`` do to a part what happens to machines; Ctrl-C ends all.
What has not changed since the last time is not taken in again.
"""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tools.cluster.namespaces import NoNamespacesError, isolate

INSTANCE, PORT = "instance/cluster", "8000"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, metavar="CSV")
    parser.add_argument("--images", type=Path, metavar="DIR")
    options = parser.parse_args(arguments)
    if bool(options.catalogue) != bool(options.images):
        parser.error("--catalogue and --images go together")
    folder = Path(os.environ.get("MORELLI_INSTANCE") or INSTANCE).resolve()
    first = int(os.environ.get("MORELLI_PORT") or PORT)
    try:
        # Opened outside: who is let in here is served in there.
        listeners = [
            socket.create_server(("127.0.0.1", first + number), backlog=64)
            for number in range(2)
        ]
    except OSError as error:
        print(
            f"Port {first} or {first + 1} cannot be had ({error.strerror}). Choose "
            "another one: MORELLI_PORT=… make cluster-demo",
            file=sys.stderr,
        )
        return 2
    try:
        isolate()
    except NoNamespacesError as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # Only now: libraries start threads, and a process with threads cannot leave.
    from tools.cluster.demonstration import run

    return run(folder, listeners, options.catalogue, options.images)


def stop(_number: int, _frame: FrameType | None) -> None:
    """Answer a signal as Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
