"""The comparison end to end: one table of all methods, and a report that agrees."""

import csv
import json
import re
import shutil

import pytest

from app.lab import __main__ as lab
from app.lab import networks
from app.lab.asking import Asker
from app.lab.collection import Collection
from app.lab.compare import HEADER, Findings
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.training.data.works import is_held_out
from tests.lab.quick import WORKS, quick_methods
from tests.lab.stopping import Switch

MANIFEST = ModelManifest(
    name="fake",
    backbone="morelli",
    layer="stage4_conv3",
    stride=16,
    frames=((64, 64),),
    dimension=8,
    classes=("one", "other"),
    training={"seed": 0},
)
TIME = HEADER.index("ms per query")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(networks, "bundled_methods", lambda *_: iter(quick_methods()))


@pytest.fixture
def arguments(museum, tmp_path):
    MANIFEST.write(tmp_path)
    data = ["--catalogue", str(museum / "works.csv"), "--images", str(museum)]
    return ["compare", *data, "--model", str(tmp_path), "--out", str(tmp_path / "out")]


def rows_of(folder):
    with (folder / "comparison.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_one_table_has_every_descriptor_by_every_measure(
    arguments, works, tmp_path, capsys
):
    assert lab.main(arguments) == 0
    printed = capsys.readouterr()
    held_out = sum(is_held_out(work, 0) for work in works.works)
    assert f"{WORKS} works, {held_out} of them held out" in printed.out
    header, *rows = rows_of(tmp_path / "out")
    assert header == list(HEADER)
    names = [(row[0], row[1]) for row in rows]
    assert names[:4] == [
        ("blocks", measure) for measure in ("cosine", "Euclid", "SSIM", "SSIM ÷ Euclid")
    ]
    assert names[-2:] == [("pHash", "Hamming"), ("pHash", "SSIM")]
    lines = printed.out.splitlines()
    for name, measure in names:
        assert any(re.match(rf"{name} +{measure} ", line) for line in lines)
    for row in rows:
        assert all(0 <= float(figure) <= 1 for figure in row[2:TIME])
        assert row[4] == row[8] == "1.0", "the works are fewer than a hundred"
        assert float(row[2]) > 0.5, "a mild photo resembles its work"
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    for name in ("vgg16", "resnet152", "densenet121"):
        assert f"{name}_weights_tf_dim_ordering_tf_kernels.h5" in page
        assert f"{name}_weights_tf_dim_ordering_tf_kernels.h5" in printed.err


def lasting(folder):
    """Return what does not depend on the clock: figures, plots and settings."""
    content = json.loads((folder / "report.json").read_text("utf-8"))
    return (
        [row[:TIME] + row[TIME + 1 :] for row in rows_of(folder)],
        [path.read_text("utf-8") for path in sorted(folder.glob("*.svg"))],
        content["settings"],
    )


def test_two_runs_differ_in_times_alone(arguments, tmp_path):
    reports = []
    for _ in "ab":
        lab.main(arguments)
        reports.append(lasting(tmp_path / "out"))
    assert reports[0] == reports[1]
    assert len(reports[0][1]) == 2
    assert reports[0][2]["seed"] == 0


@pytest.mark.parametrize(
    ("owner", "method", "stop_at"),
    [
        (Collection, "picture", 5),  # while looking at works
        (Asker, "ask_alike", 2),
    ],
)
def test_stopped_anywhere_it_goes_on_and_ends_the_same(
    arguments, owner, method, stop_at, tmp_path, monkeypatch, capsys
):
    switch = Switch(monkeypatch, owner, method)
    lab.main(arguments)
    undisturbed, calls = lasting(tmp_path / "out"), switch.calls
    shutil.rmtree(tmp_path / "out")
    switch.set(stop_at)
    assert lab.main(arguments) == 130
    assert "run the same command again to go on" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    switch.set()
    assert lab.main(arguments) == 0
    assert switch.calls == calls - stop_at, "nothing is done twice"
    assert lasting(tmp_path / "out") == undisturbed
    assert not (tmp_path / "out.notes").exists()


def test_what_was_asked_in_another_way_is_not_gone_on_with(
    arguments, monkeypatch, capsys
):
    looking = Switch(monkeypatch, Collection, "picture")
    monkeypatch.setattr(networks, "variant_methods", lambda *_: iter(()))
    looking.set(stop_at=5)
    assert lab.main(arguments) == 130
    looking.set(stop_at=1)
    lab.main([*arguments, "--variants"])
    assert "Going on" not in capsys.readouterr().err


@pytest.mark.parametrize("weights", ["vgg16", "vgg17=random", "vgg16="])
def test_weights_of_no_network_are_refused(arguments, weights, capsys):
    assert lab.main([*arguments, "--weights", weights]) == 2
    assert "names no network and file" in capsys.readouterr().err


def test_a_model_that_hides_its_training_is_refused(arguments, tmp_path, capsys):
    facts = json.loads((tmp_path / "model.json").read_text("utf-8"))
    (tmp_path / "model.json").write_text(json.dumps({**facts, "training": {}}))
    assert lab.main(arguments) == 2
    assert "does not say which works" in capsys.readouterr().err


def test_the_first_place_counts_most_in_the_mean_average_precision():
    found = Findings()
    found.ranks["hard"] = [0, 1, 3]
    # Trapezoids from 1, 0 and 0 to the precision where the work is.
    expected = (1 + (0 + 1 / 2) / 2 + (0 + 1 / 4) / 2) / 3
    assert found.mean_average_precision("hard") == pytest.approx(expected)


def test_likeness_is_measured_over_those_asked():
    found = Findings(alike={0: [1, 2], 3: [2, 1]})
    labels = ["a", "a", "b", "b"]
    assert found.precision(labels, [0]) == 0.5
    assert found.precision(labels, [0, 3]) == 0.5
    assert found.precision(["a", "a", "a", "b"], [0]) == 1
    assert found.precision(labels, []) != found.precision(labels, [])
