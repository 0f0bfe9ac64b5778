"""Table of every sentence that an operator can meet, from the program itself.

    python -m tools.messages          # writes docs/messages.md; a test compares

Read from the source: what commands say, what errors are raised with that commands tell
in a sentence, and what ``doctor`` finds. What is filled in stands as an ellipsis.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.commands.statuses import (
    FAILED,
    INCOMPLETE,
    MEANINGS,
    MISCONFIGURED,
    UNREACHABLE,
)
from app.configuration.load import ROOT

PAGE = ROOT / "docs" / "messages.md"
FILLED_IN = "…"
WORD = re.compile(r"[^\W\d_]{2}")
INTRODUCTION = """# Exit statuses and messages

Written by `python -m tools.messages` from the program's own text; a test compares them.
What is filled in stands as `…`. Messages go to standard error, results to standard
output.

## Exit statuses

| status | meaning |
|---|---|
"""


@dataclass(frozen=True)
class Group:
    """Messages of one kind.

    Attributes
    ----------
    title, note : str
    folders : tuple of str
        Modules and folders below ``app/`` that they are in.
    callers : tuple of str
        Names of what is called, raised or, as ``yield``, yielded with them.
    place : int
        Which of the arguments is the sentence.
    """

    title: str
    note: str
    folders: tuple[str, ...]
    callers: tuple[str, ...]
    place: int = 0


GROUPS = (
    Group(
        "Settings",
        "`NAME=value cannot be used:`, then one of these; the value without its "
        f"password. Status {MISCONFIGURED}.",
        ("configuration", "programs"),
        ("ValueError",),
    ),
    Group(
        "Settings that disagree, or cannot be used here",
        f"Likewise. Status {MISCONFIGURED}.",
        ("configuration", "programs"),
        ("ConfigurationError",),
        place=2,
    ),
    Group(
        "Database",
        "`The database … cannot be opened: …. Is MORELLI_DATABASE_URL right, does the "
        f"database exist, does its server run?` Status {UNREACHABLE}. These, with the "
        f"command that mends it, {FAILED}:",
        ("services/system/database.py",),
        ("DatabaseNotReadyError",),
    ),
    Group(
        "Backup, restore and upgrade",
        f"Status {FAILED}. What was there before is whole.",
        ("services/operations/backup", "services/operations/upgrading.py"),
        ("BackupError", "UpgradeError"),
    ),
    Group(
        "Commands and programs",
        f"Status {FAILED} where nothing could be done, {INCOMPLETE} where some could "
        "not; otherwise for information.",
        ("commands", "programs"),
        ("say",),
    ),
    Group(
        "Catalogues and pictures",
        f"Status {FAILED}; of a single row, {INCOMPLETE}.",
        ("services/importing",),
        ("SourceError",),
    ),
    Group(
        "Doctor",
        f"`warning` ends with status {INCOMPLETE}, `fault` with {FAILED}; each is "
        "followed by what to do.",
        ("services/operations/doctor",),
        ("yield",),
        place=1,
    ),
)


def messages(group: Group) -> list[str]:
    """Return the sentences of a group, each once, in the order of the source."""
    found: dict[str, None] = {}
    for name in group.folders:
        place = ROOT / "app" / name
        modules = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        for module in modules:
            tree = ast.parse(module.read_text(encoding="utf-8"))
            for sentence in told(tree, group):
                found[sentence] = None
    return list(found)


def told(tree: ast.AST, group: Group) -> Iterator[str]:
    """Yield the sentences in a module that are told by a group's callers."""
    words: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            words[node.targets[0].id].append(node.value)
    for node in ast.walk(tree):
        arguments: list[ast.expr] = []
        if isinstance(node, ast.Call) and _name(node.func) in group.callers:
            arguments = node.args
        elif isinstance(node, ast.Yield) and "yield" in group.callers:
            arguments = node.value.elts if isinstance(node.value, ast.Tuple) else []
        if len(arguments) > group.place:
            given = arguments[group.place]
            named = words[given.id] if isinstance(given, ast.Name) else [given]
            sentences = map(text_of, named)
            yield from (one for one in sentences if WORD.search(one))


def text_of(node: ast.expr) -> str:
    """Return a sentence of the source as a reader would meet it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"%\(\w+\)s", FILLED_IN, node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    if (
        isinstance(node, ast.Call)
        and _name(node.func) in ("_", "gettext")
        and node.args
    ):
        return text_of(node.args[0])
    return FILLED_IN


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    parts += [f"| {status} | {meaning} |\n" for status, meaning in MEANINGS.items()]
    parts.append(
        "\nThe server itself ends with gunicorn's status: 0 when it was told to end, 1 "
        "or 3 when it could not start, which the log explains.\n"
    )
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n\n{group.note}\n\n")
        parts += [f"- {sentence}\n" for sentence in messages(group)]
    return "".join(parts)


def main(path: Path = PAGE) -> int:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
