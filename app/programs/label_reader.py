"""Read labels for the server processes of this machine; they start it by themselves."""

import signal
import sys
from pathlib import Path

from app.retrieval.errors import MissingArtefactError
from app.retrieval.runtime.memory import keep_freed_memory
from app.retrieval.runtime.threads import limit_threads
from app.services.labels.networks import PACKAGE, REMEDY, models_folder
from app.services.labels.reader import LabelReader
from app.services.labels.reader_process import serve


def main(name: str) -> None:
    """Serve under a name until whoever started this ends."""
    # Ctrl-C in a terminal is for the server, and this ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed_memory()
    limit_threads(1)
    serve(name, open_reader, sys.stdin.buffer)


def open_reader() -> LabelReader:
    """Open the networks.

    Raises
    ------
    MissingArtefactError, DamagedArtefactError
        If one of them cannot be used.
    """
    folder = models_folder()
    if folder is None:
        raise MissingArtefactError(Path(PACKAGE), REMEDY)
    return LabelReader.open(folder)


if __name__ == "__main__":
    main(sys.argv[1])
