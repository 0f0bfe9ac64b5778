"""Recipes of containers: what they name, the program knows."""

import re
from pathlib import Path

import yaml

from app.configuration.settings import SETTINGS
from app.programs.morelli import COMMANDS, PROGRAMS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "container"
COMMAND_NAMES = {**COMMANDS, **PROGRAMS}
OURS = ("server", "worker")


def compose():
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


def test_settings_and_commands_are_those_there_are():
    services = compose()["services"]
    known = {setting.name for setting in SETTINGS}
    for name in OURS:
        service = services[name]
        given = {key for key in service["environment"] if key.startswith("MORELLI_")}
        assert given
        assert given <= known
        assert set(service.get("command", ["serve"])) <= COMMAND_NAMES.keys()


def test_our_containers_may_do_little():
    for name in OURS:
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_only_the_proxy_can_be_reached_from_outside():
    published = [n for n, one in compose()["services"].items() if "ports" in one]
    assert published == ["proxy"]


def test_every_value_that_is_asked_for_is_in_the_example():
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = (FOLDER / "env.example").read_text(encoding="utf-8")
    assert asked == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_the_image_is_made_from_what_a_release_has_and_runs_as_its_own_user():
    lines = (FOLDER / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    assert {"requirements", "requirements-cluster.txt", "dist"} <= set(copied)
    assert (ROOT / "requirements-cluster.txt").exists()
    assert "USER morelli" in lines
    assert lines.index("USER morelli") < lines.index('ENTRYPOINT ["morelli"]')


def test_its_proxy_is_the_one_that_is_tried():
    """But for the name of the site and of the server."""

    def rules(path):
        text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [re.sub(r"(server|127\.0\.0\.1):8000", "SERVER", one) for one in lines]

    ours = rules(FOLDER / "Caddyfile")
    theirs = rules(ROOT / "deploy" / "proxy" / "Caddyfile")
    assert ours[0] == "{$MORELLI_NAME} {"
    assert ours[1:] == theirs[1:]
