"""Wheel of the program, the same bytes whoever builds it from the same commit.

    python -m tools.dist [--out dist]

Built without fetching anything: what builds it is in requirements/build.txt.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app.configuration.load import ROOT
from app.version import RELEASED

USUAL_UMASK = 0o022


def build(out: Path) -> Path:
    """Build the wheel into a folder; return its path.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be built; why, has been printed.
    """
    out.mkdir(parents=True, exist_ok=True)
    moment = int(datetime.fromisoformat(RELEASED).replace(tzinfo=UTC).timestamp())
    os.umask(USUAL_UMASK)
    with tempfile.TemporaryDirectory() as folder:
        draft, wheels = Path(folder) / "source", Path(folder) / "wheels"
        copy_tracked(draft)
        # Nothing left over from an earlier build, and nothing that git ignores.
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        command += ["--no-index", "--no-build-isolation", "--wheel-dir", str(wheels)]
        subprocess.run(  # noqa: S603 - our own interpreter
            [*command, str(draft)],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)},
            check=True,
        )
        [wheel] = wheels.glob("*.whl")
        return Path(shutil.copyfile(wheel, out / wheel.name))


def copy_tracked(target: Path) -> None:
    """Copy what git knows of the checkout, as it is on the disk."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="tools.dist", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    wheel = build(parser.parse_args().out)
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
