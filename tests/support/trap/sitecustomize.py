"""Notes every address a process asks for and every file it writes out of bounds.

Python imports this module at the start of each process that has its folder on
PYTHONPATH, those that a process starts itself included. An audit hook sees the names
that are looked up and the hosts that are connected to, whichever library does it, and
cannot be taken out again. Nobody answers: the attempt fails as without a network.

Environment
-----------
TRAP_NOTES : path of a file that gets a line for each attempt
TRAP_ALLOWED : folders that may be written to, separated by colons
"""

import errno
import ipaddress
import os
import sys
import traceback
from pathlib import Path
from typing import Any

NOTES = os.environ["TRAP_NOTES"]
ALLOWED = [Path(folder).resolve() for folder in os.environ["TRAP_ALLOWED"].split(":")]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
REACHED = ("socket.connect", "socket.sendto", "socket.sendmsg")
MADE = {"os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
"""Events that make a file or folder, and which of their arguments is its path."""


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Look at what Python is about to do."""
    if event in LOOKED_UP:
        refuse(event, arguments[0])
    elif event in REACHED and isinstance(arguments[1], tuple):
        refuse(event, arguments[1][0])
    elif event == "open":
        path, _, flags = arguments
        if isinstance(path, str | bytes | os.PathLike) and flags & WRITING:
            look_at(event, path)
    elif event in MADE:
        look_at(event, arguments[MADE[event]])


def refuse(event: str, host: object) -> None:
    """Note a host that is not this machine, and let the attempt fail."""
    if not is_here(host):
        note(f"{event} {host}")
        raise OSError(errno.ENETUNREACH, f"trapped: {event} {host}")


def is_here(host: object) -> bool:
    """Tell whether a host is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def look_at(event: str, path: Any) -> None:
    """Note a path that lies outside the folders that may be written to."""
    place = Path(os.fsdecode(path)).absolute()
    if place == Path(NOTES) or place.is_char_device():
        return
    place = place.parent.resolve() / place.name
    if not any(place.is_relative_to(folder) for folder in ALLOWED):
        note(f"{event} {place}")


def note(text: str) -> None:
    """Add a line to the notes, and the calls that led there."""
    calls = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in reversed(traceback.extract_stack()[:-3])
        if not frame.filename.startswith("<")
    )
    with open(NOTES, "a", encoding="utf-8") as file:  # noqa: PTH123 - Path.open is watched too
        file.write(f"{text} ({calls})\n")


sys.addaudithook(watch)
