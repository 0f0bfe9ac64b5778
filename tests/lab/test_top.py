"""The first works for one picture: over a catalogue and over an indexed instance."""

import csv
import json

import pytest
from sqlalchemy import update

from app.extensions import db
from app.factory import create_app
from app.lab import __main__ as lab
from app.lab import networks
from app.models import Artwork, now
from app.programs import index
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from tests.lab.quick import WORKS, quick_methods
from tests.support.fakes import draw_picture, fake_model, photograph


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encode_jpeg(photograph(draw_picture(5))))
    return str(path)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def catalogue(museum, monkeypatch):
    monkeypatch.setattr(networks, "bundled_methods", lambda *_: iter(quick_methods()))
    monkeypatch.setattr(networks, "ACTIVATIONS", "plain blocks")
    return ["--catalogue", str(museum / "works.csv"), "--images", str(museum)]


@pytest.fixture(scope="module")
def instance(museum, tmp_path_factory):
    """The same museum, indexed with a model that needs no network."""
    folder = tmp_path_factory.mktemp("indexed")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, folder)
        data = ["--catalogue", str(museum / "works.csv"), "--images", str(museum)]
        assert index.main(data) in (0, 1)
    return folder


def use(patch, folder):
    patch.setenv("MORELLI_INSTANCE", str(folder))
    patch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads=1: fake_model())
    )


def rows_of(out, name):
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_method_shows_its_first_works(catalogue, photo, out, capsys):
    arguments = ["top", photo, *catalogue, "--first", "4", "--out", str(out)]
    assert lab.main(arguments) == 0
    firsts = rows_of(out, "first-works-by-method")
    assert [row["method"] for row in firsts] == [
        "blocks – cosine",
        "plain blocks – cosine",
        "plain blocks – Euclid",
        "plain blocks – SSIM",
        "plain blocks – SSIM ÷ Euclid",
        "pHash – Hamming",
    ]
    assert list(firsts[0]) == ["method", "1", "2", "3", "4"]
    assert firsts[0]["1"] == "A-5"
    assert "blocks – cosine" in capsys.readouterr().out
    page = (out / "index.html").read_text("utf-8")
    assert page.count("<img") == 1 + 6 * 4


def test_agreement_counts_the_methods_that_name_a_work(catalogue, photo, out):
    lab.main(["top", photo, *catalogue, "--first", "3", "--out", str(out)])
    named = [
        row[place] for row in rows_of(out, "first-works-by-method") for place in "123"
    ]
    agreed = rows_of(out, "agreement")
    assert {row["work"] for row in agreed} == set(named)
    for row in agreed:
        assert int(row["methods that name it"]) == named.count(row["work"])
    counts = [int(row["methods that name it"]) for row in agreed]
    assert counts == sorted(counts, reverse=True)


def test_an_index_is_asked_by_what_it_holds(instance, photo, out, monkeypatch):
    use(monkeypatch, instance)
    assert lab.main(["top", photo, "--first", "3", "--out", str(out)]) == 0
    firsts = {row["method"]: row for row in rows_of(out, "first-works-by-method")}
    assert list(firsts) == [
        "bundled, deep ranking – cosine",
        "style – cosine",
        "local words – votes",
        "whole engine – probability",
    ]
    assert firsts["local words – votes"]["1"] == "A-5"
    assert firsts["whole engine – probability"]["1"] == "A-5"


def test_withdrawn_works_are_shown_by_no_method(instance, photo, out, monkeypatch):
    use(monkeypatch, instance)
    with create_app().app_context():
        withdraw = update(Artwork).where(Artwork.accession == "A-5")
        db.session.execute(withdraw.values(withdrawn_at=now()))
        db.session.commit()
        try:
            lab.main(["top", photo, "--first", str(WORKS), "--out", str(out)])
        finally:
            db.session.execute(withdraw.values(withdrawn_at=None))
            db.session.commit()
    assert "A-5" not in {row["work"] for row in rows_of(out, "agreement")}
    assert len(rows_of(out, "agreement")) == WORKS - 1


def test_two_runs_write_the_same_report(catalogue, photo, out):
    contents = []
    for _ in "ab":
        lab.main(["top", photo, *catalogue, "--out", str(out)])
        contents.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert contents[0] == contents[1]
    assert json.loads(contents[0]["report.json"])["settings"]["picture"] == "photo.jpg"


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (["--first", "0"], "at least 1"),
        (["--weights", "vgg16=random"], "add --catalogue"),
        (["--images", "."], "go together"),
    ],
)
def test_options_that_ask_nothing_are_refused(more, fault, photo, out, capsys):
    assert lab.main(["top", photo, "--out", str(out), *more]) == 2
    assert fault in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_is_no_picture_is_named(tmp_path, out, capsys):
    (tmp_path / "letter.jpg").write_text("dear")
    arguments = ["top", str(tmp_path / "letter.jpg"), "--out", str(out)]
    assert lab.main(arguments) == 2
    assert "letter.jpg cannot be asked for" in capsys.readouterr().err
    assert lab.main(["top", str(tmp_path / "gone.jpg"), "--out", str(out)]) == 2
