"""Extras that are left out: their packages barred from import."""

import sys

from app.retrieval.descriptors import graph
from app.retrieval.runtime.extras import MODULES, Extra


def leave_out(monkeypatch, *extras: Extra) -> None:
    """Let the packages of extras be as if they were not installed, for one test."""
    for module in (module for extra in extras for module in MODULES[extra]):
        monkeypatch.setitem(sys.modules, module, None)


def break_openvino(monkeypatch) -> None:
    """Let OpenVINO be installed, and not to be loaded, for one test."""
    for module in ("descriptors.openvino_network", "runtime.openvino"):
        monkeypatch.setitem(sys.modules, f"app.retrieval.{module}", None)
    monkeypatch.setattr(graph, "_try_openvino", graph._try_openvino.__wrapped__)
