"""Installation as docs/install.md has it, in an empty Debian that boots, and again.

    sudo python -m tools.installing ROOT [--wheel dist/…whl]

Makes a Debian in the folder ROOT (mmdebstrap), runs the commands of the page in it one
after another under its own systemd (systemd-nspawn), boots it once more, and asks about
a photo of a drawn work. Needs root, mmdebstrap and systemd-container; the packages come
from Debian's mirror and the Python package index. Exit status 0: a running service
under its own user gave the right answer before and after the restart, within ten
minutes of commands.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from app.retrieval.drawings.collection import generate_collection
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.simulation.photo import PROFILES, perturb
from app.services.operations import demonstration

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "install.md"
RELEASE = ("requirements", "requirements-labels.txt", "deploy", "docs")
"""What of a checkout an operator uses beside the wheel."""
SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
PACKAGES = "systemd-sysv,dbus,adduser"
"""Of a Debian on a machine; a smallest one has not even these."""
MOST_SECONDS = 600
WORKS, SEED = 24, 2024
ASKED = 7
"""Which of the works the photo shows."""
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
BROUGHT_CERTIFICATES = "/srv/certificates.crt"
UNIT = """[Unit]
Description=One step of an installation
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash /srv/step.sh
ExecStopPost=/bin/sh -c "systemctl poweroff --no-block"
Environment=PIP_CERT={certificates} PIP_DISABLE_PIP_VERSION_CHECK=1
StandardOutput=file:/srv/step.log
StandardError=file:/srv/step.log
[Install]
WantedBy=default.target
"""
WAIT = """
for _ in $(seq 120); do
  curl --fail --silent http://127.0.0.1:8000/healthz >/dev/null && break
  sleep 0.5
done
"""
SERVICE_USER = "morelli"
UNITS = ("morelli-server", "morelli-worker")
TELL_USERS = f"""
for unit in {" ".join(UNITS)}; do
  process=$(systemctl show --property=MainPID --value $unit)
  echo "user: $(stat --format=%U /proc/$process)"
done
"""


def main() -> int:
    """Install, start again, ask; return the exit status."""
    parser = argparse.ArgumentParser(description="Try docs/install.md in a Debian.")
    parser.add_argument("root", type=Path, help="folder that the Debian is made in")
    parser.add_argument("--wheel", type=Path, help="otherwise the newest in dist/")
    options = parser.parse_args()
    wheel = options.wheel or max((ROOT / "dist").glob("morelli-*.whl"))
    root: Path = options.root.resolve()
    if not root.exists():
        make_debian(root)
    accession = bring_along(root, wheel)
    commands = commands_of(PAGE.read_text(encoding="utf-8"))
    *install, ask = commands
    begun = time.monotonic()
    boot(root, "\n".join(["set -ex", "cd /usr/src/morelli", *install, WAIT, ask]))
    seconds = time.monotonic() - begun
    print((root / "srv/step.log").read_text()[-2_000:])
    first = answer_in(root)
    boot(root, "\n".join(["set -ex", WAIT, ask, "echo", TELL_USERS]))
    second, users = answer_in(root), users_in(root)
    print(f"{seconds:.0f} s of commands; answers: {first}, {second} for {accession}")
    print(f"Server and worker run as: {', '.join(sorted(users))}")
    is_right = first == second == accession and seconds <= MOST_SECONDS
    is_right &= users == {SERVICE_USER}
    return 0 if is_right else 1


def commands_of(page: str) -> list[str]:
    """Return the commands of a page, block by block; the last asks about a photo."""
    return re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def make_debian(root: Path) -> None:
    """Make a smallest Debian that boots."""
    command = ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}"]
    subprocess.run([*command, SUITE, str(root), MIRROR], check=True)  # noqa: S603 - from Debian, into a folder that was given


def bring_along(root: Path, wheel: Path) -> str:
    """Put the release and a collection into it; return the number of the work asked."""
    release = root / "usr/src/morelli"
    shutil.rmtree(release, ignore_errors=True)
    (release / "dist").mkdir(parents=True)
    shutil.copy(wheel, release / "dist")
    for name in RELEASE:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, release / name)
    collection = root / "srv/collection"
    shutil.rmtree(collection, ignore_errors=True)
    works = list(generate_collection(WORKS, SEED))
    demonstration.draw_collection(collection, works)
    asked = works[ASKED]
    photo = perturb(asked.image, PROFILES["mild"], np.random.default_rng(SEED))
    (collection / "photo.jpg").write_bytes(encode_jpeg(photo.image))
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # Where a mirror of packages has certificates of its own.
    shutil.copy(CERTIFICATES, root / BROUGHT_CERTIFICATES.lstrip("/"))
    return str(asked.accession)


def boot(root: Path, script: str) -> None:
    """Boot the Debian, run a script in it, and let it end."""
    (root / "srv/step.sh").write_text(script)
    (root / "srv/step.log").unlink(missing_ok=True)
    unit = root / "etc/systemd/system/step.service"
    unit.write_text(UNIT.format(certificates=BROUGHT_CERTIFICATES))
    wanted = root / "etc/systemd/system/default.target.wants"
    wanted.mkdir(exist_ok=True)
    link = wanted / "step.service"
    if not link.is_symlink():
        link.symlink_to("/etc/systemd/system/step.service")
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"]
    subprocess.run(  # noqa: S603 - likewise
        [*command, f"--directory={root}"],
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        timeout=2 * MOST_SECONDS,
        env={**os.environ, "SYSTEMD_NSPAWN_LOCK": "0"},
        check=False,  # it says what went wrong by its last signal, not by the step
    )


def users_in(root: Path) -> set[str]:
    """Return whom the step's log names as users of the services."""
    log = (root / "srv/step.log").read_text(encoding="utf-8", errors="replace")
    return set(re.findall(r"^user: (\S+)$", log, re.MULTILINE))


def answer_in(root: Path) -> str | None:
    """Return the work that the step's log says was found."""
    log = (root / "srv/step.log").read_text(encoding="utf-8", errors="replace")
    for line in log.splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            is_found = answer["decision"] == "found"
            return str(answer["matches"][0]["accession"]) if is_found else None
    return None


if __name__ == "__main__":
    sys.exit(main())
