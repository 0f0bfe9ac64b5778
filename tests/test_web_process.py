"""What the server loads: nothing that only the worker and the scripts need."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from importlib import metadata

import numpy as np
import pytest
from packaging.utils import canonicalize_name

from app.configuration.load import ROOT
from app.factory import create_app
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.runtime.extras import MODULES
from app.services.system import database

VISIT = """
import base64, io, json, runpy, sys

JPEG = base64.b64decode(sys.argv[1])
begun = set(sys.modules)  # what setuptools lets every interpreter load
# As gunicorn does, before it loads anything else, and before the processes part.
runpy.run_path("gunicorn.conf.py")["load_all"]()
from wsgi import app

client = app.test_client()
for page in ("/works/", "/map", "/about", "/privacy", "/account/login", "/healthz"):
    assert client.get(page).status_code == 200, page
for page in ("/visit", "/favourites", "/tours/"):
    assert client.get(page).status_code == 200, page
assert client.get("/").status_code == 503  # no index: the page says so
photo = {"photo": (io.BytesIO(JPEG), "photo.jpg")}
assert client.post("/api/v1/search", data=photo).status_code == 503
loaded = {name for name, module in sys.modules.items() if module and name not in begun}
print(json.dumps(sorted({name.partition(".")[0] for name in loaded})))
"""


def locked(lock: str) -> set[str]:
    """Return the distributions in a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.M)}


@pytest.fixture(scope="module")
def forbidden():
    """Names of packages that only worker and scripts need, directly or not."""
    only = locked("requirements.txt") - locked("requirements/server.txt")
    return {
        package
        for package, owners in metadata.packages_distributions().items()
        if {canonicalize_name(owner) for owner in owners} <= only
    }


def test_the_forbidden_packages_are_the_heavy_ones(forbidden):
    heavy = {"keras", "tensorflow", "sklearn", "scipy", "openTSNE", "matplotlib"}
    assert heavy <= forbidden
    assert not forbidden & {"numpy", "cv2", "flask", "openvino", "PIL"}


def visit(instance, *barred: str) -> set[str]:
    """Return the packages that a server has loaded after its first visitors."""
    app = create_app({"MORELLI_INSTANCE": instance})
    with app.app_context():
        database.upgrade()
    bars = "".join(f"import sys; sys.modules[{name!r}] = None\n" for name in barred)
    photo = encode_jpeg(np.full((300, 400, 3), 127, np.uint8))
    done = subprocess.run(
        [sys.executable, "-c", bars + VISIT, b64encode(photo).decode()],
        cwd=ROOT,
        env={"MORELLI_INSTANCE": str(instance)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Names of the packages that a server has loaded after its first visitors."""
    return visit(tmp_path_factory.mktemp("instance"))


def test_the_server_loads_no_package_of_worker_and_scripts(forbidden, loaded):
    assert "flask" in loaded
    assert sorted(loaded & forbidden) == []


def test_what_few_need_is_loaded_by_the_first_of_them(loaded):
    reads_tables, reads_xml, reads_tiff = (
        {"openpyxl", "chardet"},
        {"lxml"},
        {"tifffile"},
    )
    writes_pdf = {"fpdf", "fontTools"}
    migrates = {"alembic", "flask_migrate", "mako"}
    rare = reads_tables | reads_xml | reads_tiff | writes_pdf | migrates
    assert sorted(loaded & rare) == []


def test_it_serves_where_nothing_but_the_base_is_installed(tmp_path):
    extras = [name for own in MODULES.values() for name in own]
    assert {"openvino", "av"} <= set(extras)
    assert visit(tmp_path, *extras).isdisjoint(extras)
