"""The layers of docs/architecture.md, as a test: imports point down only."""

import ast
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.support.waiting import SCRIPT_SECONDS

ROOT = Path(__file__).resolve().parent.parent

RETRIEVAL = "app.retrieval"

# Lowest first. A folder may import from itself and from the folders above it here.
LAYERS = (
    "app.version",
    f"{RETRIEVAL}.errors",
    f"{RETRIEVAL}.types",
    f"{RETRIEVAL}.settings",
    f"{RETRIEVAL}.runtime",
    f"{RETRIEVAL}.files",
    f"{RETRIEVAL}.images",
    f"{RETRIEVAL}.descriptors",
    f"{RETRIEVAL}.measures",
    f"{RETRIEVAL}.local",
    f"{RETRIEVAL}.map",
    f"{RETRIEVAL}.gallery",
    f"{RETRIEVAL}.verification",
    f"{RETRIEVAL}.model",
    f"{RETRIEVAL}.search",
    f"{RETRIEVAL}.simulation",
    f"{RETRIEVAL}.drawings",
    f"{RETRIEVAL}.generations",
    f"{RETRIEVAL}.evaluation",
    f"{RETRIEVAL}.training",
    "app.configuration",
    "app.extensions",
    "app.models",
    "app.services.media",
    "app.services.vectors",
    "app.services.shards",
    "app.services.system",
    "app.services.collection",
    "app.services.index",
    "app.services.words",
    "app.services.labels",
    "app.services.search",
    "app.services.visits",
    "app.services.accounts",
    "app.services.curation",
    "app.services.tours",
    "app.services.site",
    "app.services.importing",
    "app.services.evaluation",
    "app.services.map",
    "app.services.comparing",
    "app.services.operations",
    "app.background",
    "app.web.server",
    "app.web.shell",
    "app.web.callers",
    "app.web",
    "app.commands",
    "app.factory",
    "app.lab",
    "app.programs",
    "app.__main__",
)
KERAS_ROOMS = (
    f"{RETRIEVAL}.runtime.keras",
    f"{RETRIEVAL}.descriptors.backbone",
    f"{RETRIEVAL}.descriptors.network",
    f"{RETRIEVAL}.descriptors.weights",
    f"{RETRIEVAL}.training",
)
HOMES = {  # third-party package -> the only places that may import it
    "flask": (
        "app.extensions",
        "app.background",
        "app.web",
        "app.commands",
        "app.factory",
        "app.programs",
    ),
    "flask_sqlalchemy": ("app.extensions", "app.services.system.paging"),
    "flask_smorest": ("app.web.api",),
    "marshmallow": ("app.web.api",),
    "webargs": ("app.web.api",),
    "apispec": ("app.web.api",),
    "gunicorn": ("app.web.server",),
    "zipstream": ("app.services",),
    "pythonjsonlogger": ("app.web.shell.logs",),
    "jinja2": ("app.lab",),
    "markupsafe": ("app.lab", "app.web"),
    "flask_migrate": ("app.commands.migrations",),
    "flask_limiter": ("app.web.callers.throttling",),
    "flask_security": (
        "app.extensions",
        "app.models",
        "app.services",
        "app.web",
        "app.commands",
    ),
    "prometheus_client": ("app.web.shell.metrics",),
    "authlib": ("app.web.account.provider",),
    "joserfc": ("app.web.account.provider",),
    "flask_login": ("app.web",),
    "flask_babel": ("app.extensions", "app.services", "app.web", "app.factory"),
    "flask_wtf": ("app.extensions", "app.web"),
    "sqlalchemy": (
        "app.configuration.databases",
        "app.extensions",
        "app.models",
        "app.services",
        "app.background",
        "app.commands",
        "app.programs",
        # What the database's errors mean to a visitor.
        "app.web.errors",
        "app.web.account.recognition",
        "app.web.shell.museum",
    ),
    "keras": (f"{RETRIEVAL}.runtime.keras",),
    "tensorflow": (f"{RETRIEVAL}.runtime.keras",),
    "matplotlib": ("app.lab.plots",),
    "sklearn": (f"{RETRIEVAL}.training", "app.lab"),
    "annoy": (f"{RETRIEVAL}.gallery.nearest",),
    "openvino": (f"{RETRIEVAL}.runtime.openvino",),
    "onnx": (f"{RETRIEVAL}.descriptors.translation",),
    "PIL": (f"{RETRIEVAL}.images",),
    "pillow_heif": (f"{RETRIEVAL}.images",),
    "tifffile": (f"{RETRIEVAL}.images",),
    "imagecodecs": (f"{RETRIEVAL}.images",),
    "cv2": (
        f"{RETRIEVAL}.runtime.threads",
        f"{RETRIEVAL}.images",
        f"{RETRIEVAL}.descriptors.graph",
        f"{RETRIEVAL}.descriptors.opencv_network",
        f"{RETRIEVAL}.descriptors.style",
        f"{RETRIEVAL}.local.rootsift",
        f"{RETRIEVAL}.map.sprites",
        f"{RETRIEVAL}.measures",
        f"{RETRIEVAL}.verification",
        f"{RETRIEVAL}.search.explanation",
        f"{RETRIEVAL}.simulation",
        f"{RETRIEVAL}.drawings",
        f"{RETRIEVAL}.training.conversion",
        "app.services.labels",
    ),
    "markdown_it": (
        "app.services.collection.content.html_blocks",
        "app.services.collection.content.markup",
        "app.services.site.rich_text",
    ),
    "nh3": (
        "app.services.collection.content.html_blocks",
        "app.services.collection.content.markup",
        "app.services.site.rich_text",
    ),
    "lxml": ("app.services.importing.standards.markup",),
    "chardet": ("app.services.importing.tables.encodings",),
    "fpdf": ("app.services.visits.pdf_writer",),
    "font_source_serif_pro": ("app.services.visits.pdf_writer",),
    "openpyxl": ("app.services.importing.tables.xlsx",),
    "rapidfuzz": ("app.services.labels",),
    "zxingcpp": ("app.services.labels.codes",),
    "obstore": ("app.services.media.s3",),
    "distributed": ("app.services.shards.dask", "app.services.shards.feature_workers"),
    "pymilvus": ("app.services.vectors.milvus",),
    "av": ("app.services.collection.content.remuxing",),
    "openTSNE": (f"{RETRIEVAL}.map.layout",),
    "threadpoolctl": (f"{RETRIEVAL}.runtime.threads",),
}
GATHERING = ["app.models"]
"""Packages whose ``__init__`` gathers names: SQLAlchemy needs all tables at once."""
PATHS = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
    for p in sorted((ROOT / "app").rglob("*.py"))
}


def within(name, prefixes):
    return any(name == p or name.startswith(f"{p}.") for p in prefixes)


def rank(name):
    return next((i for i, room in enumerate(LAYERS) if within(name, (room,))), None)


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(name):
    found = []
    for node in ast.walk(parsed(PATHS[name])):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return found


def test_imports_point_down():
    faults: dict[str, object] = {}
    for name, path in PATHS.items():
        mine = rank(name)
        if path.name == "__init__.py" and name not in GATHERING:
            if imports_of(name):
                faults[name] = "package __init__ files hold only a docstring"
        elif mine is None:
            faults[name] = "has no layer yet: add it to LAYERS"
        elif up := [i for i in imports_of(name) if (rank(i) or 0) > mine]:
            faults[name] = up
    assert not faults


def test_libraries_stay_in_their_homes():
    strays = defaultdict(set)
    for name in PATHS:
        for library in {i.split(".")[0] for i in imports_of(name)}:
            if not within(name, HOMES.get(library, (name,))):
                strays[name].add(library)
    assert not strays


def test_retrieval_imports_without_flask_or_keras():
    light = [
        name
        for name in PATHS
        if name.startswith(f"{RETRIEVAL}.") and not within(name, KERAS_ROOMS)
    ]
    code = (
        f"import sys, importlib; [importlib.import_module(n) for n in {light!r}]; "
        "sys.exit(any(m in sys.modules for m in "
        "('flask', 'sqlalchemy', 'keras', 'tensorflow')))"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, timeout=SCRIPT_SECONDS
    )


def loaded_by(node):
    """Yield what a module imports as it is loaded itself, not when it is called."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from loaded_by(child)


def test_collecting_the_tests_loads_no_keras():
    """It takes seconds in each process, for tests of which most runs have none."""
    loads = {name: set(loaded_by(parsed(path))) for name, path in PATHS.items()}
    loading, found = set(), {"keras"}
    while found:
        loading |= found
        found = {name for name in loads.keys() - loading if loads[name] & loading}
    faults = {
        str(path): at_once
        for path in (ROOT / "tests").rglob("*.py")
        if (at_once := loading.intersection(loaded_by(parsed(path))))
    }
    assert not faults


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("conftest.py")), ids=str)
def test_conftest_holds_fixtures_and_hooks_only(path):
    helpers = [
        node.name
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("pytest_")
        and not any("fixture" in ast.unparse(one) for one in node.decorator_list)
    ]
    assert not helpers, "they belong in a module of their own, as in tests/support"


def test_no_class_name_has_two_meanings():
    homes = defaultdict(list)
    for name, path in PATHS.items():
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    assert not {name: places for name, places in homes.items() if len(places) > 1}
