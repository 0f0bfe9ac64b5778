"""``morelli``: all commands by one name, wrong settings as one sentence."""

import subprocess
import sys

import click
import pytest

from app.commands.statuses import FAILED, MISCONFIGURED
from app.configuration.load import ROOT
from app.factory import COMMANDS
from app.programs import morelli, versions
from app.version import RELEASED, VERSION
from tests.support.waiting import SCRIPT_SECONDS

NAMES = sorted({**morelli.PROGRAMS, **morelli.COMMANDS})


def run(*words, **environ):
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        timeout=SCRIPT_SECONDS,
        check=False,
    )


def test_it_has_every_command_that_flask_has():
    # Migrations one by one are for developers; operators upgrade.
    names = [str(one.name) for one in COMMANDS if one.name != "db"]
    given = {morelli.ALIASES.get(name, name) for name in names}
    assert given == set(morelli.COMMANDS)
    for name in morelli.COMMANDS:
        command = morelli.morelli.get_command(click.Context(morelli.morelli), name)
        assert command is not None
        assert command.name in (name, *morelli.ALIASES)


@pytest.mark.parametrize("name", sorted(morelli.PROGRAMS))
def test_every_program_is_there(name):
    assert callable(morelli.PROGRAMS[name].load())


def test_its_help_names_them_all_without_loading_any():
    shown = run("--help").stdout
    assert [name for name in NAMES if f"\n  {name} " not in shown] == []
    code = (
        "import sys; from app.programs import morelli\n"
        "try: morelli.morelli(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(any(n in sys.modules for n in ('cv2', 'openvino', 'app.factory')))"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, timeout=SCRIPT_SECONDS
    )


def test_a_programs_own_help_calls_it_so():
    assert run("index", "--help").stdout.startswith("usage: morelli index ")


@pytest.mark.slow
@pytest.mark.parametrize("words", [["doctor"], ["serve"], ["upgrade"], ["index"]])
def test_a_wrong_setting_is_one_sentence(words, tmp_path):
    done = run(*words, MORELLI_INSTANCE=str(tmp_path), MORELLI_HTTPS="maybe")
    assert done.returncode == MISCONFIGURED
    assert done.stderr == "MORELLI_HTTPS=maybe cannot be used: say yes or no.\n"
    assert done.stdout == ""


def test_packages_of_the_extra_that_are_missing_are_named(capsys):
    def needs(package):
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    assert morelli.explained(lambda: needs("keras.layers")) == FAILED
    assert "needs the package keras, which is not installed" in capsys.readouterr().err
    with pytest.raises(ModuleNotFoundError):
        morelli.explained(lambda: needs("nowhere"))


def test_versions_name_program_and_model(monkeypatch, tmp_path):
    assert versions.versions().startswith(
        f"Morelli {VERSION} of {RELEASED}, model default "
    )
    monkeypatch.setenv("MORELLI_MODEL", str(tmp_path))
    assert "no model: " in versions.versions()


def test_the_version_has_its_section_in_the_changelog():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"\n## [{VERSION}] - {RELEASED}\n" in text
