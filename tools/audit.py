"""Audit of the locked packages: which of them have known vulnerabilities.

    python -m tools.audit

Asks what PyPI knows of each version in `requirements-dev.txt` that this Python would
install. Exit status 0: nothing is known against any of them; 1: something is; 3: not
known, because the data cannot be reached or say nothing of some packages.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.locks import EVERYTHING, ROOT

CLEAN, VULNERABLE, UNKNOWN = 0, 1, 3
CANARY = "jinja2==2.4.1"
"""A release with published vulnerabilities. pip-audit takes an index that publishes no
such data for one that knows of none; where not even these are named, nothing is
known."""
TIMEOUT_SECONDS = 15
"""Of one question."""


class NoDataError(Exception):
    """The vulnerability data could not be had."""


@dataclass(frozen=True)
class Findings:
    """What is known of a list of packages.

    Attributes
    ----------
    checked : int
        Packages that the data know.
    vulnerable : tuple of str
        One line per vulnerability.
    unknown : tuple of str
        Packages of which the data say nothing, as `name: why`.
    """

    checked: int
    vulnerable: tuple[str, ...]
    unknown: tuple[str, ...]


def ask(requirements: Path, *options: str) -> Findings:
    """Ask for the vulnerabilities of the packages in a requirements file.

    Raises
    ------
    NoDataError
        If there is no answer.
    """
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", *options]
    command += ["--requirement", str(requirements), "--timeout", str(TIMEOUT_SECONDS)]
    command += ["--format", "json", "--progress-spinner", "off"]
    with tempfile.TemporaryDirectory() as cache:  # else an old answer may be taken
        done = subprocess.run(  # noqa: S603 - our own words
            [*command, "--cache-dir", cache],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return read(done.stdout)
    except ValueError:
        why = done.stderr.strip().splitlines() or ["pip-audit said nothing"]
        raise NoDataError(why[-1]) from None


def read(answer: str) -> Findings:
    """Read what pip-audit answered in JSON.

    Raises
    ------
    ValueError
        If it is no such answer.
    """
    packages = json.loads(answer)["dependencies"]
    return Findings(
        checked=sum("skip_reason" not in one for one in packages),
        vulnerable=tuple(
            f"{one['name']} {one['version']}: "
            f"{', '.join([found['id'], *found['aliases']])}; "
            f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
            for one in packages
            for found in one.get("vulns", ())
        ),
        unknown=tuple(
            f"{one['name']}: {one['skip_reason']}"
            for one in packages
            if "skip_reason" in one
        ),
    )


def audit(lock: Path) -> Findings:
    """Return what is known of all packages in a lock.

    Raises
    ------
    NoDataError
        If there are no vulnerability data.
    """
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(CANARY, "utf-8")
        if not ask(canary, "--no-deps").vulnerable:
            raise NoDataError(f"nothing is said against {CANARY}, which is vulnerable")
    return ask(lock, "--require-hashes")


def main() -> int:
    """Audit the lock of everything, print the findings and return the exit status."""
    try:
        findings = audit(ROOT / EVERYTHING.path)
    except NoDataError as error:
        print(
            "The vulnerability data cannot be reached, so nothing has been checked: "
            f"{error}.",
            file=sys.stderr,
        )
        return UNKNOWN
    return report(findings)


def report(findings: Findings) -> int:
    """Print what was found and return the exit status."""
    for line in findings.vulnerable:
        print(line)
    for line in findings.unknown:
        print(f"not checked: {line}", file=sys.stderr)
    print(
        f"{findings.checked} packages checked, "
        f"{len(findings.vulnerable)} vulnerabilities known."
    )
    if findings.vulnerable:
        return VULNERABLE
    return UNKNOWN if findings.unknown or not findings.checked else CLEAN


if __name__ == "__main__":
    sys.exit(main())
