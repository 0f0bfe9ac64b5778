"""Look, before the server starts, whether it could serve; say in a sentence why not.

A program of its own, which ends before the server begins: what it loads, the process
that watches over server and worker need not carry. Where there are no tables yet, as
at the very first start, it makes them.
"""

import errno
import os
import socket
import sys

from app.commands.accounts import tell_first_code
from app.commands.shared import run_explained
from app.commands.statuses import DONE
from app.configuration.load import ConfigurationError, Folders, keep_to_owner
from app.factory import create_app
from app.retrieval.errors import ArtefactError
from app.retrieval.model import model_id_of
from app.services.system import database


def main() -> int:
    """Look at everything; return the exit status."""
    keep_to_owner()
    return run_explained(look)


def look() -> int:
    """Look at the settings, the folder, the port, the model and the database.

    Raises
    ------
    ConfigurationError, DatabaseNotReadyError
        Which of them keeps the server from serving.
    """
    app = create_app()
    config = app.config
    check_folder(Folders(config["MORELLI_INSTANCE"]))
    check_port(config["MORELLI_HOST"], config["MORELLI_PORT"])
    try:
        model_id_of(config["MORELLI_MODEL"])
    except ArtefactError as error:
        raise ConfigurationError(
            "MORELLI_MODEL", str(config["MORELLI_MODEL"]), f"it is no model: {error}"
        ) from error
    with app.app_context():
        database.prepare()
        tell_first_code()
    return DONE


def check_folder(folders: Folders) -> None:
    """Raise where the instance folder cannot be written."""
    probe = folders.instance / f".probe.{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            "MORELLI_INSTANCE",
            str(folders.instance),
            f"the folder cannot be written ({error.strerror}); let it belong to the "
            "user that runs this, or choose another one",
        ) from error


def check_port(host: str, port: int) -> None:
    """Raise where the server could not listen on its address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            refuse(host, port, error)


def refuse(host: str, port: int, error: OSError) -> None:
    """Say which of the two settings is wrong, and why."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        raise ConfigurationError(
            "MORELLI_HOST", host, "this machine has no such address"
        ) from error
    if error.errno == errno.EADDRINUSE:
        reason = "another program listens there; stop it, or choose another port"
    elif error.errno == errno.EACCES:
        reason = "only root may listen below 1024; choose another port, behind a proxy"
    else:
        reason = error.strerror or str(error)
    raise ConfigurationError("MORELLI_PORT", str(port), reason) from error


if __name__ == "__main__":
    sys.exit(main())
