"""The bills of materials, as `make sbom` writes them."""

import json
import re
import subprocess
import sys

import pytest

from tools.locks import ROOT

COMMAND = re.compile(r"^SBOM := \$\(BIN\)/cyclonedx-py (.+)$", re.M)


def bill(lock, target, seed):
    """Write the bill of a lock with the options of the Makefile."""
    options = COMMAND.findall((ROOT / "Makefile").read_text("utf-8"))[0].split()
    command = [sys.executable, "-m", "cyclonedx_py", *options, "--no-validate"]
    subprocess.run(
        [*command, lock, "--output-file", str(target)],
        cwd=ROOT,
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        timeout=60,
        check=True,
    )
    return target.read_bytes()


@pytest.mark.slow
def test_two_runs_give_the_same_bill_of_all_packages_and_hashes(tmp_path):
    lock = "requirements/build.txt"
    first = bill(lock, tmp_path / "first.json", seed="1")
    assert bill(lock, tmp_path / "second.json", seed="2") == first
    written = json.loads(first)
    assert written["metadata"]["component"]["name"] == "morelli"
    text = (ROOT / lock).read_text("utf-8")
    named = {f"{one['name']}=={one['version']}" for one in written["components"]}
    assert named == set(re.findall(r"^[\w.-]+==[\w.]+", text, re.M))
    hashes = {
        digest["content"]
        for one in written["components"]
        for digest in one["externalReferences"][0]["hashes"]
    }
    assert hashes == set(re.findall(r"sha256:(\w+)", text))
