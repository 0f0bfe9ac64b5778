"""Extras that are left out: their packages barred from import."""

import sys

from app.retrieval.runtime.extras import MODULES, Extra


def leave_out(monkeypatch, *extras: Extra) -> None:
    """Let the packages of extras be as if they were not installed, for one test."""
    for module in (module for extra in extras for module in MODULES[extra]):
        monkeypatch.setitem(sys.modules, module, None)
