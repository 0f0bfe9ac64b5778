"""Checks of the packages: those of the lock, and the extras that are not installed."""

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.configuration.load import ROOT
from app.retrieval.runtime.extras import Extra, install_command, is_installed
from app.services.operations.doctor.checks import Examined, Found, Health

NEEDED_LOCK = ROOT / "requirements" / "base.txt"
"""What the program needs by itself."""
SERVER_LOCK = ROOT / "requirements" / "server.txt"
"""The same, with the extras that a server usually has."""
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\$", re.MULTILINE)
"""A line of a lock; what is for other systems only has them behind the version."""
NAMED = 5
"""Packages that a sentence names at most."""
# Translators: each says what is not done where an extra's packages are not installed.
WITHOUT: Mapping[Extra, LazyString] = {
    Extra.OPENVINO: lazy_gettext(
        "Without the extra “openvino” OpenCV runs the networks, which takes twice as "
        "long."
    ),
    Extra.FORMATS: lazy_gettext(
        "Without the extra “formats” no JPEG XL and no compressed TIFF is read."
    ),
    Extra.VIDEO: lazy_gettext(
        "Without the extra “video” no audio and video of works is taken."
    ),
    Extra.LABELS: lazy_gettext(
        "Without the extra “labels” no labels and codes in photos are read."
    ),
    Extra.MAPS: lazy_gettext("Without the extra “maps” no new map is made."),
    Extra.TRAINING: lazy_gettext(
        "Without the extra “train” no model is trained, and the lab compares nothing."
    ),
    Extra.CLUSTER: lazy_gettext(
        "Without the extra “cluster” PostgreSQL, buckets and Redis cannot be used; one "
        "machine needs none of them."
    ),
    Extra.SHARDS: lazy_gettext(
        "Without the extra “shards” no index is cut over several machines."
    ),
}


def locked(examined: Examined) -> Found:
    """Compare the packages that are installed with the locks."""
    if not NEEDED_LOCK.exists():
        words = gettext("There is no lock to compare the packages with.")
        yield Health.OK, words, ""
        return
    needed = _versions(NEEDED_LOCK)
    wrong, lost = [], []
    for name, wanted in {**_versions(SERVER_LOCK), **needed}.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            if name in needed:
                lost.append(name)
        else:
            if found != wanted:
                wrong.append(f"{name} {found} ({wanted})")
    command = "pip install --require-hashes -r requirements/server.txt"
    remedy = gettext("Run: %(command)s", command=command)
    if lost:
        names = ", ".join(lost[:NAMED])
        words = gettext("Packages are missing: %(names)s.", names=names)
        yield Health.FAULT, words, remedy
    if wrong:
        names = ", ".join(wrong[:NAMED])
        words = gettext("Packages are not those of the lock: %(names)s.", names=names)
        yield Health.WARNING, words, remedy
    if not lost and not wrong:
        yield Health.OK, gettext("The packages are those of the lock."), ""


def extras(examined: Examined) -> Found:
    """Name the extras that are not installed, and what is not done without them.

    None of them is a fault: each is left out on purpose.
    """
    missing = [extra for extra in Extra if not is_installed(extra)]
    for extra in missing:
        remedy = gettext("Run: %(command)s", command=install_command(extra))
        yield Health.OK, str(WITHOUT[extra]), remedy
    if not missing:
        yield Health.OK, gettext("All extras are installed."), ""


def _versions(lock: Path) -> dict[str, str]:
    return dict(_LOCKED.findall(lock.read_text(encoding="utf-8")))
