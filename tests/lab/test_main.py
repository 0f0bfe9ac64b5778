"""The lab's command line: what it offers, and what it imports for that."""

import subprocess
import sys

import pytest

import app.lab
from app.lab import __main__ as lab
from tests.support.waiting import SCRIPT_SECONDS


@pytest.fixture
def command(monkeypatch, tmp_path):
    """A command `count` that says how often it was asked for."""
    source = tmp_path / "count.py"
    source.write_text(
        "import app.lab.errors\n"
        "def add_arguments(parser):\n    parser.add_argument('--to', type=int)\n"
        "def run(options):\n"
        "    if options.to is None:\n"
        "        raise app.lab.errors.LabError('Say how far: --to 3.')\n"
        "    if options.to > 99:\n"
        "        raise KeyboardInterrupt\n"
        "    return options.to\n"
    )
    monkeypatch.setattr(app.lab, "__path__", [*app.lab.__path__, str(tmp_path)])
    monkeypatch.setattr(lab, "COMMANDS", {"count": "Count things."})
    yield
    sys.modules.pop("app.lab.count", None)


@pytest.mark.usefixtures("command")
def test_a_command_is_run_and_its_status_returned():
    assert lab.main(["count", "--to", "1"]) == 1


@pytest.mark.usefixtures("command")
def test_what_stops_a_command_is_one_sentence(capsys):
    assert lab.main(["count"]) == 2
    assert capsys.readouterr().err == "Say how far: --to 3.\n"


@pytest.mark.usefixtures("command")
def test_a_stopped_command_says_that_it_can_be_gone_on_with(capsys):
    assert lab.main(["count", "--to", "100"]) == 130
    assert "to go on" in capsys.readouterr().err


@pytest.mark.usefixtures("command")
def test_help_imports_no_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        lab.main(["--help"])
    assert stopped.value.code == 0
    assert "Count things." in capsys.readouterr().out
    assert "app.lab.count" not in sys.modules


@pytest.mark.usefixtures("command")
def test_an_unknown_command_is_refused_with_status_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        lab.main(["colour"])
    assert stopped.value.code == 2
    assert "count" in capsys.readouterr().err


@pytest.mark.parametrize("name", [*lab.COMMANDS])
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        lab.main([name, "--help"])
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    assert f"usage: python -m app.lab {name}" in printed
    assert "default: None" not in printed


@pytest.mark.slow
def test_the_lab_can_be_imported_without_tensorflow():
    code = (
        "import sys, importlib, pkgutil, app.lab; "
        "[importlib.import_module(m.name) for m in "
        "pkgutil.iter_modules(app.lab.__path__, 'app.lab.')]; "
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=SCRIPT_SECONDS)
