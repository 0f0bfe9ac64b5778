"""train-similarity end to end, with a quick stand-in for what is learnt in Keras."""

import csv
import json

import numpy as np
import pytest

from app.lab import __main__ as lab
from app.lab import train_similarity
from app.retrieval.errors import TrainingError
from app.retrieval.measures.learnt import LearntSimilarity
from tests.lab.trees import fake_extractor, write_tree

SIZE = 192


def mean_colours(structural, views, labels, model_id, seed):
    assert model_id == "fake"
    assert len(structural.features) == len(views) == len(labels) == 12
    return similarity_of(seed)


def similarity_of(seed):
    """Minus the differences of mean colours: what tells the classes of a tree apart."""
    return LearntSimilarity(
        "fake",
        np.tile(np.eye(3, dtype=np.float32), SIZE // 3) + np.float32(seed),
        np.zeros(3, np.float32),
        np.array([[1, 0]] * 3 + [[0, 0]] * 3, np.float32),
        np.zeros(2, np.float32),
        np.array([-1, 0], np.float32),
        np.array(0, np.float32),
    )


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(train_similarity, "open_extractor", fake_extractor)
    monkeypatch.setattr(train_similarity, "learn", mean_colours)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write_tree(tmp_path_factory.mktemp("tree"))


def command(tmp_path, *more):
    out = ["--out", str(tmp_path / "out"), "--similarity", str(tmp_path / "s.npz")]
    return ["train-similarity", *out, *map(str, more)]


def rows_of(folder):
    path = folder / "pairs-that-were-not-learnt-from.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_says_by_how_much_it_beats_the_distance(tree, tmp_path, capsys):
    assert lab.main(command(tmp_path, "--folder", tree)) == 0
    printed = capsys.readouterr().out
    assert "Learnt from 12 pictures. Of 12 others" in printed
    header, *rows = rows_of(tmp_path / "out")
    assert header == list(train_similarity.HEADER)
    named = {(row[0], row[3]): row for row in rows}
    assert len(named) == 7
    everything = named["all", "AUC"]
    assert everything[1:3] == ["66", "18"]
    plain, learnt, gain = map(float, everything[4:])
    assert learnt > plain
    assert gain == pytest.approx(learnt - plain, abs=1e-4)
    content = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert content["settings"]["seed"] == 0
    assert "catalogue" not in content["settings"]


def test_what_it_writes_can_be_loaded(tree, tmp_path):
    lab.main(command(tmp_path, "--folder", tree))
    assert LearntSimilarity.load(tmp_path / "s.npz", model_id="fake").dimension == SIZE


def test_two_runs_write_the_same(tree, tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        lab.main(command(tmp_path / name, "--folder", tree))
    for file in [tmp_path / "a/s.npz", *(tmp_path / "a/out").iterdir()]:
        other = tmp_path / "b" / file.relative_to(tmp_path / "a")
        assert file.read_bytes() == other.read_bytes()


def test_a_catalogues_works_are_classed_by_a_label(museum, tmp_path):
    data = ["--catalogue", museum / "works.csv", "--images", museum]
    assert lab.main(command(tmp_path, *data, "--label", "school")) == 0
    content = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert content["settings"]["label"] == "school"
    # 16 works of one school and 8 of the other, half of each held back.
    assert rows_of(tmp_path / "out")[1][1:3] == ["66", str(28 + 6)]


def test_an_unreadable_picture_is_named(tree, tmp_path, capsys, monkeypatch):
    own = write_tree(tmp_path / "tree")
    path = own / "red" / "image_0000.jpg"
    path.write_bytes(path.read_bytes()[:100])
    learnt = similarity_of(seed=0)
    monkeypatch.setattr(train_similarity, "learn", lambda *_: learnt)
    assert lab.main(command(tmp_path, "--folder", own)) == 1
    assert f"{path} is left out" in capsys.readouterr().err


def test_a_folder_and_a_catalogue_are_too_much(tree, tmp_path, capsys):
    more = ["--catalogue", tree / "works.csv", "--images", tree]
    assert lab.main(command(tmp_path, "--folder", tree, *more)) == 2
    assert "either --folder, or a catalogue" in capsys.readouterr().err


def test_labels_that_teach_nothing_are_explained(tree, tmp_path, capsys, monkeypatch):
    def refuse(*_):
        raise TrainingError("A similarity is learnt from at least 2 classes.")

    monkeypatch.setattr(train_similarity, "learn", refuse)
    assert lab.main(command(tmp_path, "--folder", tree)) == 2
    assert "at least 2 classes" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "s.npz").exists()


@pytest.mark.slow
@pytest.mark.lasting
def test_with_the_bundled_model_and_drawn_works(tmp_path, monkeypatch, capsys):
    monkeypatch.undo()
    assert lab.main(command(tmp_path, "--works", 104)) == 0
    assert "Learnt from 52 pictures. Of 52 others" in capsys.readouterr().out
    assert (tmp_path / "s.npz").is_file()
    figures = {(row[0], row[3]): row for row in rows_of(tmp_path / "out")[1:]}
    # Better than the distance where that is hardest; and not by chance.
    euclid, learnt = map(float, figures["hard", "AUC"][4:6])
    assert learnt > max(euclid, 0.6)
