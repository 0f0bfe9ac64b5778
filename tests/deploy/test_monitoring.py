"""Dashboard and alert rules: they ask for figures that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from app.models import TaskState
from app.web.shell import metrics

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
RULES = FOLDER / "alerts.yml"
NAME = re.compile(r"\bmorelli_[a-z_]+")
TOKEN = "a token of thirty-two characters"


def expressions():
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    [group] = rules["groups"]
    for rule in group["rules"]:
        yield rule["alert"], rule["expr"]
    board = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.fixture
def known(make_app):
    """Names and labels of all samples, each counted once at least."""
    metrics.SEARCHES.labels("found").inc()
    metrics.FRAMES.labels("found").inc()
    metrics.STAGE_SECONDS.labels("total").observe(0.1)
    client = make_app(MORELLI_METRICS_TOKEN=TOKEN).test_client()
    client.get("/healthz")
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    names: dict[str, set[str]] = {}
    for line in lines:
        name, _, rest = line.partition("{")
        labels = set(re.findall(r'(\w+)="', rest)) if rest else set()
        names.setdefault(name.split(" ")[0], set()).update(labels)
    return names


def test_every_figure_that_is_asked_for_is_given(known):
    asked = {name for _, expr in expressions() for name in NAME.findall(expr)}
    assert len(asked) >= 9
    assert not asked - known.keys()


def test_every_figure_is_on_the_dashboard_or_watched(known):
    asked = " ".join(expr for _, expr in expressions())
    families = {re.sub(r"_(bucket|sum|count|total|created)$", "", n) for n in known}
    own = {name for name in families if name.startswith("morelli_")}
    assert len(own) >= 10
    assert not {name for name in own if name not in asked}


def test_labels_and_states_are_those_there_are(known):
    states = {state.value for state in TaskState}
    for place, expr in expressions():
        for name, chosen in re.findall(r"\b(morelli_[a-z_]+)\{([^}]*)\}", expr):
            labels = dict(re.findall(r'(\w+)(?:=|!=|=~)"([^"]*)"', chosen))
            assert labels.keys() <= known[name], place
            assert labels.get("state", "failed") in states, place


def test_every_alert_has_a_remedy_and_names_a_severity():
    [group] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "remedy"}


@pytest.mark.skipif(not shutil.which("promtool"), reason="apt install prometheus")
def test_prometheus_reads_the_rules():
    command = ["promtool", "check", "rules", str(RULES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
