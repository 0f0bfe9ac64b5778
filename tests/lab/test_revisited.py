"""The revisited protocol against figures done on paper, and a folder run through it."""

import csv
import math
import pickle  # noqa: TID251 - to make files as the benchmark's authors did

import numpy as np
import pytest

from app.lab import __main__ as lab
from app.lab import revisited
from app.lab.errors import LabError
from app.lab.ground_truth import RevisitedQuery
from app.lab.revisited import HEADER, find_pictures, judge
from app.retrieval.images.codec import encode_jpeg
from tests.lab.trees import fake_extractor
from tests.support.fakes import draw_picture

BOX = (10, 10, 100, 80)


def query(easy=(), hard=(), junk=()):
    return RevisitedQuery("q", BOX, tuple(easy), tuple(hard), tuple(junk))


def figures_of(orders, queries):
    return dict(zip(HEADER[1:], judge(np.array(orders), queries), strict=True))


def test_one_query_by_hand():
    # In the order: junk, hard, easy, nothing, hard, nothing.
    found = figures_of([[5, 1, 0, 3, 2, 4]], [query(easy=[0], hard=[1, 2], junk=[5])])
    # Easy: junk and hard are taken out, 0 comes first.
    assert found["easy mAP"] == 1
    assert [found[f"easy mP@{rank}"] for rank in (1, 5, 10)] == [1, 1, 1]
    # Medium: 1, 0, 3, 2: right, right, wrong, right. Of the last trapezoid the sides
    # are 2/3 and 3/4.
    assert found["medium mAP"] == pytest.approx((1 + 1 + (2 / 3 + 3 / 4) / 2) / 3)
    # The last answer is at place 4, so only so many places count.
    assert found["medium mP@1"] == 1
    assert found["medium mP@5"] == found["medium mP@10"] == pytest.approx(3 / 4)
    # Hard: 1, 3, 2: right, wrong, right.
    assert found["hard mAP"] == pytest.approx((1 + (1 / 2 + 2 / 3) / 2) / 2)
    assert found["hard mP@5"] == pytest.approx(2 / 3)


def test_places_are_cut_at_the_rank():
    order = [*range(12)]
    found = figures_of([order], [query(easy=[1, 11])])
    assert found["easy mP@1"] == 0
    assert found["easy mP@5"] == pytest.approx(1 / 5)
    assert found["easy mP@10"] == pytest.approx(1 / 10)


def test_queries_without_answers_do_not_count():
    orders = [[0, 1], [0, 1]]
    found = figures_of(orders, [query(easy=[1]), query(hard=[0])])
    assert found["easy mAP"] == pytest.approx((0 + 1 / 2) / 2)
    assert found["hard mAP"] == 1
    assert found["medium mAP"] == pytest.approx((1 / 4 + 1) / 2)
    nobody = figures_of(orders, [query(), query(junk=[1])])
    assert all(math.isnan(figure) for figure in nobody.values())


def test_what_was_not_found_costs_its_share():
    found = figures_of([[0, 3]], [query(easy=[0, 1])])
    assert found["easy mAP"] == 0.5
    assert found["easy mP@5"] == 1
    assert figures_of([[3]], [query(easy=[0])])["easy mP@1"] == 0


def authors_figures(ranks, easy, hard, junk):
    """mAP by the definition of the paper's section 4, counted place by place."""
    result = []
    for right, unwanted in (
        (easy, junk + hard),
        (easy + hard, junk),
        (hard, junk + easy),
    ):
        kept = [found for found in ranks if found not in unwanted]
        area, hits = 0.0, 0
        for place, found in enumerate(kept):
            if found in right:
                before = hits / place if place else 1
                hits += 1
                area += (before + hits / (place + 1)) / 2 / len(right)
        result.append(area)
    return result


@pytest.mark.parametrize("seed", range(5))
def test_many_queries_are_averaged(seed):
    rng = np.random.default_rng(seed)
    orders, queries, expected = [], [], []
    for _ in range(4):
        order = rng.permutation(30).tolist()
        easy, hard, junk = np.split(rng.permutation(30)[:12], [4, 9])
        roles = easy.tolist(), hard.tolist(), junk.tolist()
        orders.append(order)
        queries.append(query(*roles))
        expected.append(authors_figures(order, *roles))
    found = figures_of(orders, queries)
    means = np.mean(expected, axis=0)
    for setup, mean in zip(("easy", "medium", "hard"), means, strict=True):
        assert found[f"{setup} mAP"] == pytest.approx(mean)


@pytest.fixture
def oxford(tmp_path):
    """Eight buildings; 0 and 1 are asked, each by a part of itself with its name q…"""
    folder = tmp_path / "oxford"
    (folder / "jpg").mkdir(parents=True)
    for number in range(8):
        data = encode_jpeg(draw_picture(number))
        (folder / "jpg" / f"b{number}.jpg").write_bytes(data)
        if number < 2:
            (folder / "jpg" / f"q{number}.jpg").write_bytes(data)
    truth = {
        "imlist": [f"b{number}" for number in range(8)],
        "qimlist": ["q0", "q1"],
        "gnd": [
            {"bbx": [0, 0, 320, 240], "easy": [0], "hard": [2], "junk": [3]},
            {"bbx": [0, 0, 320, 240], "easy": [1], "hard": [], "junk": []},
        ],
    }
    (folder / "gnd.pkl").write_bytes(pickle.dumps(truth))
    return folder


def command(oxford):
    truth, out = str(oxford / "gnd.pkl"), str(oxford / "out")
    return ["folder", str(oxford), "--ground-truth", truth, "--out", out]


def test_the_protocol_is_run_on_a_folder(oxford, monkeypatch, capsys):
    monkeypatch.setattr(revisited, "open_extractor", fake_extractor)
    assert lab.main(command(oxford)) == 0
    assert "2 queries, 8 pictures." in capsys.readouterr().out
    path = oxford / "out" / "figures-by-measure.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == list(HEADER)
    assert [row[0] for row in rows] == ["Euclid", "cosine", "SSIM", "SSIM ÷ Euclid"]
    # The queries are the whole pictures: each finds itself at once.
    for row in rows:
        assert row[1:5] == ["1.0", "1.0", "1.0", "1.0"]


def test_missing_and_broken_pictures_are_named_and_never_found(
    oxford, monkeypatch, capsys
):
    monkeypatch.setattr(revisited, "open_extractor", fake_extractor)
    (oxford / "jpg" / "b0.jpg").unlink()
    (oxford / "jpg" / "b1.jpg").write_bytes(b"broken")
    assert lab.main(command(oxford)) == 1
    printed = capsys.readouterr()
    assert "b0.jpg is not in" in printed.err
    assert "b1.jpg is left out" in printed.err
    with (oxford / "out" / "figures-by-measure.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["easy mAP"] for row in rows} == {"0.0"}
    # The other positions keep their numbers: 2 is still the hard one.
    assert all(float(row["hard mAP"]) > 0 for row in rows)


def test_a_folder_without_the_pictures_is_explained(oxford, tmp_path, capsys):
    arguments = command(oxford)
    arguments[1] = str(tmp_path)
    assert lab.main(arguments) == 2
    assert "Not one picture of the ground truth" in capsys.readouterr().err


def test_a_malicious_file_is_refused_in_one_sentence(oxford, capsys):
    (oxford / "gnd.pkl").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    assert lab.main(command(oxford)) == 2
    printed = capsys.readouterr().err.strip()
    assert "is refused: it asks for os.system" in printed
    assert "\n" not in printed


def test_names_cannot_lead_out_of_the_folder(tmp_path, capsys):
    (tmp_path / "secret.jpg").write_bytes(encode_jpeg(draw_picture(0)))
    (tmp_path / "inside").mkdir()
    wanted = [("../secret", None), (str(tmp_path / "secret"), None)]
    with pytest.raises(LabError, match="Not one picture"):
        find_pictures(tmp_path / "inside", wanted)
    assert "../secret.jpg is not in" in capsys.readouterr().err
