"""Museum of a cluster: taken in on one server, asked for on another."""

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.commands.shared import DONE, INCOMPLETE
from app.configuration.load import ROOT, read_settings
from app.programs import demo
from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.simulation.photo import PROFILES, perturb
from tools.cluster.namespaces import Machine
from tools.cluster.settings import own_environ

PHOTOS, PROFILE, QUALITY = 3, "mild", 85
FETCHED_SECONDS = 60.0
"""For the second server to fetch the index of the first."""
LOOK_SECONDS = 0.2
ANSWER_SECONDS = 60.0
BOUNDARY = "4d6f72656c6c69"


class ImportFailedError(Exception):
    """Import that took in nothing; its last words stand above."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a photo.

    Attributes
    ----------
    decision : str
    accession, title : str
        Of the first work that it names; empty where it names none.
    seconds : float
    """

    decision: str
    accession: str
    title: str
    seconds: float


def take_in(
    machine: Machine,
    environ: Mapping[str, str],
    catalogue: Path,
    images: Path,
    folder: Path,
) -> bool:
    """Take in a collection on a machine, unless nothing has changed; tell whether.

    Raises
    ------
    ImportFailedError
        If nothing could be done.
    """
    kept = folder / "collection.fingerprint"
    model = read_settings(environ)["MORELLI_MODEL"]
    state = demo.fingerprint(catalogue, images, model)
    if kept.exists() and kept.read_text() == state:
        return False
    command = [sys.executable, "precompute_descriptors.py"]
    command += ["--catalogue", str(catalogue), "--images", str(images)]
    if _run(machine, environ, command).returncode not in (DONE, INCOMPLETE):
        raise ImportFailedError
    kept.write_text(state)
    return True


def administrator_link(machine: Machine, environ: Mapping[str, str], email: str) -> str:
    """Return the link by which an administrator chooses a password."""
    words = ["--app", "wsgi", "accounts", "create-admin", "--link", email]
    command = [sys.executable, "-m", "flask", *words]
    said = _run(machine, environ, command, stdout=subprocess.PIPE).stdout
    return next(word for word in said.decode().split() if word.startswith("http"))


def _run(
    machine: Machine, environ: Mapping[str, str], command: list[str], **options: Any
) -> subprocess.CompletedProcess[bytes]:
    return machine.run(
        lambda: subprocess.run(  # noqa: S603 - our own scripts
            command, cwd=ROOT, env={**own_environ(), **environ}, check=False, **options
        ),
        alone=True,
    )


def take_photos(address: str, folder: Path) -> list[Path]:
    """Take photos of some works, spread over the collection, as a visitor would.

    Parameters
    ----------
    address : str
        Of a server.
    """
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(len(PROFILE))
    total = _get(f"{address}/api/v1/works?per_page=1")["total"]
    paths = []
    for number in range(min(PHOTOS, total)):
        page = 1 + number * total // PHOTOS
        work = _get(f"{address}/api/v1/works?per_page=1&page={page}")["works"][0]
        path = folder / f"photo-{number + 1}.jpg"
        with urllib.request.urlopen(  # noqa: S310 - ours
            urllib.parse.urljoin(address, work["images"][0]["url"]),
            timeout=ANSWER_SECONDS,
        ) as answer:
            picture = decode(answer.read())
        photo = perturb(picture, PROFILES[PROFILE], rng).image
        path.write_bytes(encode_jpeg(photo, quality=QUALITY))
        paths.append(path)
    return paths


def await_same_index(addresses: list[str]) -> str:
    """Wait until all servers search the newest index; return its name.

    Raises
    ------
    TimeoutError
    """
    end = time.monotonic() + FETCHED_SECONDS
    while True:
        states = [_get(f"{address}/readyz") for address in addresses]
        names = {state["generation"] for state in states}
        if len(names) == 1 and not any("newest" in state for state in states):
            return str(names.pop())
        if time.monotonic() > end:
            raise TimeoutError(f"the servers search {', '.join(sorted(names))}")
        time.sleep(LOOK_SECONDS)


def ask(address: str, photo: bytes) -> Answer:
    """Send a photo to a server."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; '
        'filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    body = head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    begun = time.monotonic()
    answer = _open(urllib.request.Request(f"{address}/api/v1/search", body, kind))  # noqa: S310 - ours
    first = (answer["matches"] or [{}])[0]
    return Answer(
        answer["decision"],
        first.get("accession", ""),
        first.get("title") or "",
        time.monotonic() - begun,
    )


def _get(address: str) -> Any:
    return _open(urllib.request.Request(address))  # noqa: S310 - ours


def _open(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - ours
        return json.load(answer)
