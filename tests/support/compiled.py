"""Memory for what every application of the tests compiles: its addresses and pages."""

from collections.abc import Callable
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

MADE = ("_parts", "_trace", "_converters", "arguments")
"""What compiling a rule makes of its text, and nobody changes afterwards."""

MOST_STATEMENTS = 10_000


def compiling_once(compile_anew: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Return Werkzeug's `Rule.compile`, which remembers what it made of equal rules."""
    kept: dict[object, Rule] = {}

    def compile_once(rule: Rule) -> None:
        key = (
            *(rule.rule, rule.subdomain, rule.host, rule.merge_slashes),
            *(repr(rule.defaults), rule.map.host_matching),
            tuple(rule.map.converters.items()),
        )
        known = kept.setdefault(key, rule)
        if known is rule:
            compile_anew(rule)
            return
        for name in MADE:
            setattr(rule, name, getattr(known, name))
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, getattr(known, name).__func__.__get__(rule))

    return compile_once


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in a folder that processes share, each read once."""

    def __init__(self, folder: Path):
        folder.mkdir(exist_ok=True)
        super().__init__(str(folder))
        self._read: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        key = bucket.key, bucket.checksum
        if key not in self._read:
            super().load_bytecode(bucket)
            if bucket.code is None:
                return
            self._read[key] = bucket.code
        bucket.code = self._read[key]


def share_statements(patched: pytest.MonkeyPatch) -> None:
    """Let databases of a kind have their statements compiled once, not each its own."""
    kept: LRUCache[object, object] = LRUCache(MOST_STATEMENTS)
    shared = property(lambda _engine: kept, lambda _engine, _own: None)
    patched.setattr(Engine, "_compiled_cache", shared, raising=False)
    # By the dialect, too, SQLAlchemy knows what it has compiled; each engine has one.
    patched.setattr(DefaultDialect, "__hash__", lambda self: hash(_speech(self)))
    patched.setattr(DefaultDialect, "__eq__", _are_alike)


def _are_alike(one: object, other: object) -> bool:
    return _speech(one) == _speech(other)


def _speech(dialect: object) -> tuple[object, ...]:
    return type(dialect), getattr(dialect, "server_version_info", None)
