"""Fetch the IIIF viewer of the browser tests: ``python -m tools.viewer``.

Mirador, as npm has it, of one version whose bytes are known. It lies under ``build/``
and is no part of the program.
"""

import base64
import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

from app.configuration.load import ROOT
from app.retrieval.files.atomic import write_atomically

VERSION = "4.0.0"
PACKAGE = f"https://registry.npmjs.org/mirador/-/mirador-{VERSION}.tgz"
SHA512 = (
    "uWsE9e2oqSc/lUu+vVwDGhTsycuhGsfZ2KfX6CLfXiT3wgGy6qT9+q5M3V9Zz72hkdIgsJugKesaowmRtYmvrA"
    "=="
)
"""Of the package, as the registry tells it."""
SCRIPT = "package/dist/mirador.min.js"
SECONDS = 60


class DamagedPackageError(Exception):
    """The registry sent other bytes than expected."""


def obtain_viewer(folder: Path = ROOT / "build") -> Path:
    """Return the viewer's script, fetched first where it is not there.

    Raises
    ------
    OSError
        If the registry cannot be reached, or the folder not be written.
    DamagedPackageError
    """
    path = folder / f"mirador-{VERSION}.min.js"
    if path.exists():
        return path
    with urllib.request.urlopen(PACKAGE, timeout=SECONDS) as answer:
        package = answer.read()
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != SHA512:
        raise DamagedPackageError(f"{PACKAGE} is not what it was")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        script = archive.extractfile(SCRIPT)
        if script is None:
            raise DamagedPackageError(f"{PACKAGE} holds no {SCRIPT}")
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, script.read())
    return path


if __name__ == "__main__":
    try:
        print(obtain_viewer())
    except (OSError, DamagedPackageError) as error:
        sys.exit(f"The viewer cannot be fetched: {error}")
