"""Units of systemd: what they start, and how little it may do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.commands.statuses import MISCONFIGURED
from app.configuration.settings import SETTINGS
from app.programs.morelli import COMMANDS, PROGRAMS

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SERVICES = ("morelli-server", "morelli-worker", "morelli-backup")
MOST_EXPOSED = 25
"""Tenths: 2.5 of 10."""
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="apt install systemd"
)


def lines_of(service):
    return (FOLDER / f"{service}.service").read_text(encoding="utf-8").splitlines()


@needs_systemd
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_hardly_exposed(service):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager"]
    unit = FOLDER / f"{service}.service"
    done = subprocess.run(
        [*command, f"--threshold={MOST_EXPOSED}", unit],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert "Overall exposure level" in done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_a_command_that_there_is_as_its_own_user(service):
    lines = lines_of(service)
    [start] = [line for line in lines if line.startswith("ExecStart=")]
    program, command, *_ = start.removeprefix("ExecStart=").split()
    assert program == "/opt/morelli/bin/morelli"
    assert command in {**COMMANDS, **PROGRAMS}
    assert "User=morelli" in lines
    assert "NoNewPrivileges=yes" in lines


def hardening_of(service):
    """Return what a service may not do, without what is said of it."""
    lines = lines_of(service)
    end = lines.index("[Install]") if "[Install]" in lines else len(lines)
    part = lines[lines.index("User=morelli") : end]
    return {line for line in part if line and not line.startswith("#")}


def test_all_services_are_hardened_alike_but_for_what_compiles_the_network():
    server, worker, backup = map(hardening_of, SERVICES)
    assert len(server) > 30
    assert server == worker
    assert backup - server == {"MemoryDenyWriteExecute=yes"}
    assert not server - backup


def test_a_wrong_setting_is_not_tried_again_and_again():
    for service in ("morelli-server", "morelli-worker"):
        [line] = [one for one in lines_of(service) if "RestartPrevent" in one]
        assert str(MISCONFIGURED) in line.partition("=")[2].split()


def test_the_file_of_settings_names_settings_that_there_are():
    text = (FOLDER / "morelli.env").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?(MORELLI_[A-Z_]+)=", text, re.MULTILINE))
    assert len(named) >= 5
    assert named <= {setting.name for setting in SETTINGS}


def test_the_timer_makes_a_backup_every_night():
    lines = (FOLDER / "morelli-backup.timer").read_text(encoding="utf-8").splitlines()
    assert "OnCalendar=*-*-* 02:00:00" in lines
    assert "Persistent=yes" in lines
