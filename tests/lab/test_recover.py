"""The experiment end to end: who is asked, and what the report says of it."""

import argparse
import csv
import json
import shutil
from pathlib import Path

import pytest

from app.lab import __main__ as lab
from app.lab import networks, recover, recovery_report
from app.lab.collection import Collection
from app.lab.recovery import Trial
from app.retrieval.simulation.photo import PROFILES
from tests.lab.quick import WORKS, quick_methods
from tests.lab.stopping import Switch
from tests.lab.test_compare import MANIFEST

FEW = ("crop", "jpeg", "hard")
KEYS = (("blocks", "cosine"), ("plain blocks", "SSIM"), ("pHash", "Hamming"))


@pytest.fixture
def few(monkeypatch):
    for module in (recover, recovery_report):
        monkeypatch.setattr(module, "PROFILE_NAMES", FEW)
        monkeypatch.setattr(module, "STRENGTHS", (0.5, 1.0))


@pytest.fixture
def arguments(few, museum, tmp_path, monkeypatch):
    MANIFEST.write(tmp_path)
    monkeypatch.setattr(recover, "LINES", KEYS)
    monkeypatch.setattr(networks, "bundled_methods", lambda *_: iter(quick_methods()))
    data = ["--catalogue", str(museum / "works.csv"), "--images", str(museum)]
    model = ["--model", str(tmp_path)]
    return ["recover", *data, *model, "--asked", "2", "--out", str(tmp_path / "out")]


def test_every_perturbation_is_one_step_or_one_of_the_mixtures():
    names = recovery_report.PROFILE_NAMES
    assert len(names) >= 10
    assert len(recovery_report.STRENGTHS) == 5
    assert set(names) == set(PROFILES)


@pytest.mark.slow
def test_the_report_has_every_method_at_every_strength(arguments, tmp_path, capsys):
    assert lab.main(arguments) == 0
    assert "2 works asked for, 1 strangers" in capsys.readouterr().out
    with (tmp_path / "out" / "all-figures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(FEW) * 2 * len(KEYS)
    assert {row["method"] for row in rows} == {" – ".join(key) for key in KEYS}
    for row in rows:
        assert row["photos"] == "2"
        assert 0 <= float(row["recall@1"]) <= float(row["recall@10"]) <= 1
    copies = [row for row in rows if row["perturbation"] == "jpeg"]
    assert all(row["recall@1"] == "1.0" for row in copies)
    plots = {path.stem for path in (tmp_path / "out").glob("*.svg")}
    assert plots == {
        "recall-1-by-strength",
        "precision-by-strength",
        "recall-by-strength",
        "f1-by-strength",
        "rank-curves",
    }


def test_two_runs_write_the_same_report(arguments, tmp_path):
    contents = []
    for _ in "ab":
        lab.main(arguments)
        files = sorted((tmp_path / "out").iterdir())
        contents.append({path.name: path.read_bytes() for path in files})
    assert contents[0] == contents[1]
    assert json.loads(contents[0]["report.json"])["settings"]["seed"] == 0


def test_stopped_between_photos_it_goes_on_and_ends_the_same(
    arguments, tmp_path, monkeypatch
):
    out = tmp_path / "out"

    def files():
        return {path.name: path.read_bytes() for path in out.iterdir()}

    switch = Switch(monkeypatch, Collection, "picture")
    lab.main(arguments)
    undisturbed, calls = files(), switch.calls
    shutil.rmtree(out)
    stop_at = WORKS + 4
    switch.set(stop_at)
    assert lab.main(arguments) == 130
    switch.set()
    assert lab.main(arguments) == 0
    assert switch.calls == calls - stop_at, "nothing is done twice"
    assert files() == undisturbed


def test_strangers_are_not_asked_for(works):
    options = argparse.Namespace(seed=1, asked=2)
    asked, strangers = recover.choose_works(works, 0, options)
    assert not set(asked) & set(strangers)
    assert {*asked, *strangers} <= set(works.held_out(0))
    again = recover.choose_works(works, 0, options)
    assert again == (asked, strangers)


def test_nobody_to_ask_for_is_refused(arguments, capsys):
    assert lab.main([*arguments, "--asked", "0"]) == 2
    assert "at least 1" in capsys.readouterr().err


@pytest.mark.slow
def test_backbones_are_compared_among_themselves(tmp_path, few):
    from app.lab.report import ReportFolder

    others = [("vgg16, sum (SPoC)", "cosine")]
    trials = [
        Trial(key, name, strength, rank, 1.0 / (rank + 1))
        for key in (*KEYS, *others)
        for name in FEW
        for strength in (0.5, 1.0)
        for rank in (0, 3)
    ]
    report = ReportFolder(tmp_path / "out", "title", {})
    recovery_report.fill(report, "2 works", trials, KEYS, others)
    report.write()
    plot = (tmp_path / "out" / "f1-by-backbone-by-strength.svg").read_text("utf-8")
    assert "vgg16, sum (SPoC) – cosine" in plot
    assert "plain blocks – SSIM" in plot
    assert "pHash" not in plot


@pytest.mark.slow
def test_the_engine_bears_more_than_a_hash(few, tmp_path):
    out = tmp_path / "out"
    assert (
        lab.main(["recover", "--works", "24", "--asked", "2", "--out", str(out)]) == 0
    )
    content = json.loads((out / "report.json").read_text("utf-8"))
    worst = content["figures"]["Recall@1 over all strengths"][FEW.index("hard")]
    assert worst["whole engine – probability"] == 1
    assert worst["pHash – Hamming"] < 1
    assert Path(out / "index.html").is_file()
