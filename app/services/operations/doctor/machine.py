"""Checks of the machine: disk, memory, rights of files, version."""

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from flask_babel import gettext as _

from app.configuration.instance import OTHERS
from app.services.operations.doctor.checks import Examined, Found, Health
from app.services.operations.inspection import free_bytes
from app.version import RELEASED, VERSION

GIGABYTE = 1_000_000_000
FULL, LOW = GIGABYTE // 2, 2 * GIGABYTE
"""Free bytes of a disk below which something fails soon, and below which one looks."""
PROCESS_BYTES = 450_000_000
"""That a server process takes with its index of some thousands of works; see
docs/operating.md."""
BASE_BYTES = 500_000_000
"""For the system and the worker."""
MEMINFO = Path("/proc/meminfo")
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
CLOSED = "secret_key"


def disk(examined: Examined) -> Found:
    """Check that the disks of the instance and of temporary files are not full."""
    places = {
        str(examined.folders.instance): free_bytes(examined.folders),
        tempfile.gettempdir(): shutil.disk_usage(tempfile.gettempdir()).free,
    }
    for place, free in places.items():
        words = _(
            "%(free)s GB are free for %(place)s.",
            free=f"{free / GIGABYTE:,.1f}",
            place=place,
        )
        health = Health.FAULT if free < FULL else Health.WARNING
        if free < LOW:
            yield health, words, _("Free space, or move it to a larger disk.")
        else:
            yield Health.OK, words, ""


def memory(examined: Examined) -> Found:
    """Check that the memory is enough for the processes that are set."""
    total = _memory_bytes()
    processes = examined.config["MORELLI_WORKERS"]
    needed = BASE_BYTES + processes * PROCESS_BYTES
    words = _(
        "The machine has %(total)s GB of memory; %(processes)s server processes want "
        "%(needed)s GB.",
        total=f"{total / GIGABYTE:.1f}",
        processes=processes,
        needed=f"{needed / GIGABYTE:.1f}",
    )
    if total < needed:
        yield Health.WARNING, words, _("Lower MORELLI_WORKERS, or add memory.")
    else:
        yield Health.OK, words, ""


def modes(examined: Examined) -> Found:
    """Check that nobody but the owner gets at the instance, and that we are the owner.

    Whoever cannot enter the folder gets at nothing in it; the key is looked at all the
    same, because it is what is copied elsewhere.
    """
    instance = examined.folders.instance
    looked_at = [instance, *sorted(instance.iterdir())]
    foreign = [one for one in looked_at if _is_foreign(one)]
    if foreign:
        owner = _("Run: %(command)s", command=f"chown -R {os.geteuid()} {instance}")
        words = _("%(path)s belongs to another user.", path=foreign[0])
        yield Health.FAULT, words, owner
    is_open = _is_open(instance)
    key = instance / CLOSED
    if is_open or (key.exists() and _is_open(key)):
        opened = instance if is_open else key
        yield (
            Health.FAULT,
            _("Others than its owner may read %(path)s.", path=opened),
            _("Run: %(command)s", command=f"chmod -R go= {opened}"),
        )
    elif not foreign:
        yield Health.OK, _("The instance is its owner’s alone."), ""


def program(examined: Examined) -> Found:
    """Say which version it is."""
    words = _(
        "Morelli %(version)s of %(released)s.", version=VERSION, released=RELEASED
    )
    yield Health.OK, words, ""


def _is_foreign(path: Path) -> bool:
    try:
        return path.lstat().st_uid != os.geteuid()
    except FileNotFoundError:
        return False  # it was there for a moment only


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def _memory_bytes() -> int:
    """Return the memory of the machine, or of the container if that has less."""
    found = re.search(r"MemTotal:\s+(\d+) kB", MEMINFO.read_text(encoding="ascii"))
    total = int(found[1]) * 1024 if found else 0
    if CGROUP_LIMIT.exists():
        limit = CGROUP_LIMIT.read_text(encoding="ascii").strip()
        if limit.isdecimal():
            return min(total, int(limit))
    return total
