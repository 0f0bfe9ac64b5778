"""The layers of docs/architecture.md, as a test: imports point down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

RETRIEVAL = "app.retrieval"
TRAINING = f"{RETRIEVAL}.training"
NETWORK = f"{RETRIEVAL}.network"

# Lowest first. A module may import from its own row or from a row above it here.
LAYERS = [
    [
        f"{RETRIEVAL}.{m}"
        for m in (
            "errors",
            "types",
            "settings",
            "library_folders",
            "keras_runtime",
            "openvino_runtime",
        )
    ],
    [
        f"{RETRIEVAL}.{m}"
        for m in (
            "images",
            "photo_edits",
            "pooling",
            "whitening",
            "metrics",
            "local_features",
            "verification",
            "viewpoint",
            "photometry",
            "surroundings",
            "occlusion",
            "perturbations",
            "explanation",
            "styles",
            "synthetic",
            "decision",
            "style",
            "stopwatch",
            "curves",
            "sprites",
            "map_layout",
            "perceptual_hash",
            "weights",
            "threads",
            "array_files",
        )
    ],
    [
        f"{RETRIEVAL}.{m}"
        for m in (
            "backbone",
            "framing",
            "frame_finding",
            "photo_quality",
            "model_manifest",
            "index",
            "visual_words",
            "voting",
            "feature_bank",
            "measures",
        )
    ],
    [
        f"{RETRIEVAL}.{m}"
        for m in ("network", "inverted_index", "descriptor", "search_effort")
    ],
    [f"{RETRIEVAL}.{m}" for m in ("model", "searchable", "gallery", "manifest")],
    [f"{RETRIEVAL}.shelf"],
    [f"{RETRIEVAL}.{m}" for m in ("extended_gallery", "gallery_writer", "views")],
    [f"{RETRIEVAL}.{m}" for m in ("relations", "rerank", "trace", "engine")],
    [
        f"{RETRIEVAL}.{m}"
        for m in ("store", "evaluation", "examination", "report", "comparison")
    ],
    [TRAINING],
    ["app.configuration.parsers"],
    ["app.configuration.settings"],
    ["app.configuration.load", "app.extensions", "app.models"],
    ["app.services"],
    ["app.background"],
    ["app.web", "app.commands.shared"],
    ["app.commands.accounts", "app.commands.feedback", "app.commands.imports"],
    ["app.commands.retention", "app.commands.worker"],
    ["app.factory"],
    ["app.lab"],
]
KERAS_ROOMS = [
    *(f"{RETRIEVAL}.{m}" for m in ("keras_runtime", "backbone", "weights")),
    NETWORK,
    TRAINING,
]
HOMES = {  # third-party package -> the only places that may import it
    "flask": [
        "app.web",
        "app.commands.shared",
        "app.background",
        "app.commands.accounts",
        "app.commands.feedback",
        "app.commands.imports",
        "app.commands.retention",
        "app.commands.worker",
        "app.factory",
        "app.extensions",
    ],
    "flask_sqlalchemy": ["app.extensions"],
    "flask_migrate": ["app.extensions", "app.commands.shared", "app.services"],
    "flask_limiter": ["app.extensions"],
    "flask_security": [
        "app.extensions",
        "app.models",
        "app.services",
        "app.web",
        "app.commands.accounts",
    ],
    "huey": ["app.background"],
    "prometheus_client": ["app.web.shell.metrics"],
    "flask_login": ["app.web"],
    "flask_babel": ["app.extensions", "app.services", "app.web", "app.factory"],
    "flask_wtf": ["app.extensions", "app.web"],
    "sqlalchemy": [
        "app.models",
        "app.services",
        "app.extensions",
        "app.commands.shared",
    ],
    "keras": [f"{RETRIEVAL}.keras_runtime"],
    "tensorflow": [f"{RETRIEVAL}.keras_runtime"],
    "matplotlib": ["app.lab.plots"],
    "sklearn": [TRAINING, "app.lab"],
    "annoy": [f"{RETRIEVAL}.index"],
    "openvino": [f"{RETRIEVAL}.openvino_runtime"],
    "PIL": [f"{RETRIEVAL}.images"],
    "pillow_heif": [f"{RETRIEVAL}.images"],
    "cv2": [
        f"{RETRIEVAL}.{m}"
        for m in (
            "images",
            "local_features",
            "verification",
            "viewpoint",
            "photometry",
            "surroundings",
            "occlusion",
            "perturbations",
            "explanation",
            "photo_quality",
            "perceptual_hash",
            "styles",
            "style",
            "sprites",
            "threads",
            "frame_finding",
            "measures.structural",
        )
    ],
    "openTSNE": [f"{RETRIEVAL}.map_layout"],
    "threadpoolctl": [f"{RETRIEVAL}.threads"],
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
    return next((i for i, row in enumerate(LAYERS) if within(name, row)), None)


def imports_of(name):
    tree = ast.parse(PATHS[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", PATHS)
def test_imports_point_down(name):
    if PATHS[name].name == "__init__.py" and name not in GATHERING:
        assert not list(imports_of(name)), (
            "package __init__ files hold only a docstring"
        )
        return
    mine = rank(name)
    assert mine is not None, f"{name} has no layer yet: add it to LAYERS"
    assert not [i for i in imports_of(name) if (rank(i) or 0) > mine]


@pytest.mark.parametrize("name", PATHS)
def test_libraries_stay_in_their_homes(name):
    strays = {
        i.split(".")[0]
        for i in imports_of(name)
        if not within(name, HOMES.get(i.split(".")[0], [name]))
    }
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
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
