"""Every wait of the tests ends: for threads, processes, queues, answers."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
BARE = {"join", "wait", "result", "get", "acquire"}
"""Methods that wait for ever when they are called without anything."""
NAMED = {"communicate", "urlopen"}
"""What waits for ever without ``timeout=``, and so do the functions below."""
SUBPROCESS = {"run", "call", "check_call", "check_output"}


def endless_waits(source):
    """Yield the lines on which something waits without an end."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        *owner, name = ast.unparse(node.func).split(".")
        is_bare = not node.args and not node.keywords
        is_ours = name in NAMED or (name in SUBPROCESS and owner == ["subprocess"])
        has_timeout = any(keyword.arg == "timeout" for keyword in node.keywords)
        if (owner and name in BARE and is_bare) or (is_ours and not has_timeout):
            yield node.lineno


def test_every_wait_ends():
    lines = [
        f"{path.relative_to(FOLDER)}:{line}"
        for path in sorted(FOLDER.rglob("*.py"))
        for line in endless_waits(path.read_text(encoding="utf-8"))
    ]
    assert not lines, "give these lines a timeout; tests.support.waiting has some"


@pytest.mark.parametrize(
    "source",
    [
        "thread.join()",
        "process.wait()",
        "future.result()",
        "queue.get()",
        "process.communicate(b'x')",
        "urllib.request.urlopen(address)",
        "subprocess.run(command, check=True)",
        "def test():\n    for one in many:\n        one.join()",
    ],
)
def test_a_wait_without_an_end_is_noticed(source):
    assert list(endless_waits(source)) == [source.count("\n") + 1]


@pytest.mark.parametrize(
    "source",
    [
        "thread.join(WAIT_SECONDS)",
        "process.wait(timeout=3)",
        "', '.join(words)",
        "words.get('name')",
        "subprocess.run(command, timeout=3)",
        "notebook.run()",
    ],
)
def test_a_wait_with_an_end_is_not(source):
    assert not list(endless_waits(source))
