"""What the server loads: nothing that only the worker and the scripts need."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.configuration.load import ROOT

SECTION = "# The worker and the scripts only"
"""Opens that part of requirements.txt."""
VISIT = """
import json, runpy, sys

begun = set(sys.modules)  # what setuptools lets every interpreter load
runpy.run_path("gunicorn.conf.py")  # as gunicorn does, before it loads anything else
from wsgi import app
from app.services.system import database

with app.app_context():
    database.upgrade()
client = app.test_client()
for page in ("/works/", "/map", "/about", "/privacy", "/account/login", "/healthz"):
    assert client.get(page).status_code == 200, page
assert client.get("/").status_code == 503  # no index: the page says so
loaded = {name for name, module in sys.modules.items() if module and name not in begun}
print(json.dumps(sorted({name.partition(".")[0] for name in loaded})))
"""


def sections():
    """Return the distributions of every process, and those of worker and scripts."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return [re.findall(r"^([\w.-]+)==", part, re.M) for part in text.split(SECTION)]


def needed_by(distributions: Iterable[str]) -> set[str]:
    """Return distributions and, over all steps, what they require."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in distributions]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for text in metadata.requires(name) or ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(one.name))
    return found


@pytest.fixture(scope="module")
def forbidden():
    """Names of packages that only worker and scripts need, directly or not."""
    everybody, workers = sections()
    only = needed_by(workers) - needed_by(everybody)
    return {
        package
        for package, owners in metadata.packages_distributions().items()
        if {canonicalize_name(owner) for owner in owners} <= only
    }


def test_the_forbidden_packages_are_the_heavy_ones(forbidden):
    heavy = {"keras", "tensorflow", "sklearn", "scipy", "openTSNE", "matplotlib"}
    assert heavy <= forbidden
    assert not forbidden & {"numpy", "cv2", "flask", "openvino", "PIL"}


def test_the_server_loads_no_package_of_worker_and_scripts(forbidden, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env={"MORELLI_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "flask" in loaded
    assert sorted(loaded & forbidden) == []
