"""The folder experiment end to end: figures, sheets, faults."""

import csv
import json

import pytest

from app.lab import __main__ as lab
from app.lab import folder
from app.lab.class_search import FIGURES
from app.lab.labelled import LabelledPicture
from tests.lab.stopping import Switch
from tests.lab.trees import FakeLearnt, fake_extractor, write_tree

MEASURES = ["Euclid", "cosine", "SSIM", "SSIM ÷ Euclid", "learnt"]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(folder, "open_extractor", fake_extractor)
    monkeypatch.setattr(folder, "learn", lambda *_: FakeLearnt())


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write_tree(tmp_path_factory.mktemp("tree"))


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_prints_and_writes_figures_by_measure_and_class(tree, tmp_path, capsys):
    assert lab.main(["folder", str(tree), "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "12 pictures of 3 classes are asked" in printed
    assert "12 others were learnt from" in printed
    header, *rows = rows_of(tmp_path / "out" / "overall.csv")
    assert header == ["measure", *FIGURES]
    assert [row[0] for row in rows] == MEASURES
    by_class = rows_of(tmp_path / "out" / "by-learnt.csv")
    assert [row[0] for row in by_class] == ["class", "blue", "green", "red", folder.ALL]
    assert by_class[-1][1:] == rows[-1][1:]
    for name in MEASURES:
        assert f"\nBy {name}\n" in printed
    content = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert content["settings"]["seed"] == 0
    assert content["figures"]["Overall"][4]["measure"] == "learnt"


def test_a_half_that_was_looked_at_is_not_looked_at_again(tree, tmp_path, monkeypatch):
    command = ["folder", str(tree), "--out", str(tmp_path / "out")]
    learning = Switch(monkeypatch, folder, "learn")
    reading = Switch(monkeypatch, LabelledPicture, "read")
    lab.main(command)
    undisturbed, calls = rows_of(tmp_path / "out" / "overall.csv"), reading.calls
    learning.set(stop_at=0)
    reading.set()
    assert lab.main(command) == 130
    assert reading.calls == 24
    learning.set()
    reading.set()
    assert lab.main(command) == 0
    assert reading.calls == calls - 24, "only those that the sheets show"
    assert rows_of(tmp_path / "out" / "overall.csv") == undisturbed


def test_what_knows_the_classes_is_judged_best(tree, tmp_path):
    lab.main(["folder", str(tree), "--out", str(tmp_path / "out")])
    figures = {row[0]: row[1:] for row in rows_of(tmp_path / "out" / "overall.csv")}
    ap = {name: float(figures[name][-1]) for name in MEASURES}
    assert max(ap, key=lambda name: ap[name]) == "learnt"
    # Three others of its class, and ten places.
    assert float(figures["learnt"][0]) > 0.25


def test_sheets_show_right_and_wrong_by_sign_and_word(tree, tmp_path):
    lab.main(["folder", str(tree), "--out", str(tmp_path / "out")])
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    for name in MEASURES:
        assert f"Found by {name}" in page
    assert page.count("asked: red") == len(MEASURES)
    assert page.count("<img") == len(MEASURES) * 3 * 11
    assert page.count("<svg") == 1
    assert "1 ✓ red" in page
    assert "✗" in page


def test_two_runs_write_the_same(tree, tmp_path):
    for name in "ab":
        lab.main(["folder", str(tree), "--out", str(tmp_path / name)])
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_unreadable_pictures_and_small_classes_are_named(tree, tmp_path, capsys):
    own = write_tree(tmp_path / "tree")
    (own / "red" / "broken.jpg").write_bytes(b"no picture")
    (own / "tiny").mkdir()
    (own / "tiny" / "1.jpg").write_bytes(b"")
    assert lab.main(["folder", str(own), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr()
    assert "broken.jpg is left out: " in printed.err
    assert "The class tiny is left out: it has fewer than 4 pictures" in printed.err


def test_one_class_is_not_enough(tmp_path, capsys):
    own = write_tree(tmp_path / "tree", 4)
    for label in ("red", "green"):
        (own / label / "image_0000.jpg").unlink()
    assert lab.main(["folder", str(own), "--out", str(tmp_path / "out")]) == 2
    assert "At least two classes of at least 4" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_classes_is_explained(tmp_path, capsys):
    assert lab.main(["folder", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no class folders" in capsys.readouterr().err


@pytest.mark.slow
def test_with_the_bundled_model_and_what_is_really_learnt(tree, tmp_path, monkeypatch):
    """That it learns the same every time, tests/retrieval/training/similarity holds."""
    monkeypatch.undo()
    assert lab.main(["folder", str(tree), "--out", str(tmp_path / "out")]) == 0
    figures = {row[0]: row[1:] for row in rows_of(tmp_path / "out" / "overall.csv")}
    assert list(figures)[1:] == MEASURES
    # Colours tell the classes apart, and a dozen pictures are enough to see that.
    assert float(figures["learnt"][-1]) > 0.5
