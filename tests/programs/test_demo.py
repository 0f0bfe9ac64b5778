"""The demonstration up to the moment it would become the server."""

import csv
import os
import shutil
import socket

import pytest

from app.commands.statuses import MISCONFIGURED
from app.programs import demo, index
from app.retrieval.drawings.collection import SyntheticWork
from app.retrieval.generations.validation import Validation
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from app.services.evaluation.listing import list_views
from app.services.index import building
from app.services.operations import demonstration
from tests.support.fakes import draw_picture, fake_model


def small_works(count, seed):
    """Stand in for the drawn works, which take a second each."""
    for number in range(count):
        yield SyntheticWork(
            accession=f"IM-{number + 1:04}",
            title=f"No. {number}",
            artist="É. “Nobody”",
            date="1900",
            technique="",
            type="",
            school="",
            location="Room 1",
            image=draw_picture(seed + number),
        )


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Start nothing; return the list of instances that would have been served."""
    starts = []

    def serve():
        starts.append(os.environ["MORELLI_INSTANCE"])
        return 0

    monkeypatch.setenv("MORELLI_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr(demo, "is_taken", lambda _port: False)
    monkeypatch.setattr(demo, "serve", serve)
    monkeypatch.setattr(demo, "generate_collection", small_works)
    monkeypatch.setattr(demonstration, "generate_collection", small_works)
    monkeypatch.setattr(demonstration, "WORKS", 3)
    monkeypatch.setattr(demonstration, "STRANGERS", 1)
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    # The index is examined in other tests; here it only takes time.
    passed = Validation({}, ())
    monkeypatch.setattr(building, "validate", lambda *_arguments, **_options: passed)
    return starts


@pytest.fixture
def own(tmp_path):
    """Return the arguments that name a museum's own collection."""
    images = tmp_path / "images"
    images.mkdir()
    (images / "a.jpg").write_bytes(encode_jpeg(draw_picture(1)))
    catalogue = tmp_path / "works.csv"
    catalogue.write_text("accession,image,title\nA-1,a.jpg,Still life\n")
    return ["--catalogue", str(catalogue), "--images", str(images)]


def test_drawn_works_are_indexed_and_photographed(served, tmp_path, capsys):
    assert demo.main([]) == 0
    assert served == [str(tmp_path / "instance")]
    printed = capsys.readouterr().out
    assert "is live: 3 works" in printed
    assert "Open http://localhost:8000" in printed
    photos = tmp_path / "instance" / "photos"
    with (photos / "photos.csv").open(encoding="utf-8") as file:
        labels = [(row["photo"], row["references"]) for row in csv.DictReader(file)]
    assert labels[-1] == ("photo-4.jpg", "NONE")
    assert {references for _, references in labels[:3]} == {
        "IM-0001",
        "IM-0002",
        "IM-0003",
    }
    assert all((photos / name).exists() for name, _ in labels)


def test_a_second_start_indexes_nothing(served, own, capsys, monkeypatch):
    assert demo.main(own) == 0
    monkeypatch.setattr(index, "main", lambda _arguments: 2)
    assert demo.main(own) == 0
    assert len(served) == 2


def test_a_changed_catalogue_is_indexed_again(served, own, tmp_path, capsys):
    demo.main(own)
    (tmp_path / "images" / "b.jpg").write_bytes(encode_jpeg(draw_picture(2)))
    (tmp_path / "works.csv").write_text("accession,image,title\nA-2,b.jpg,X\n")
    capsys.readouterr()
    assert demo.main(own) == 0
    assert "1 created" in capsys.readouterr().out


def test_two_collections_do_not_mix(served, own, tmp_path, capsys):
    assert demo.main(own) == 0
    assert demo.main([]) == 2
    assert "must not mix" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "instance")
    (tmp_path / "instance" / "drawn").mkdir(parents=True)
    assert demo.main(own) == 2


def test_a_failed_index_is_not_served(served, own, tmp_path, capsys):
    shutil.rmtree(tmp_path / "images")
    assert demo.main(own) == 2
    assert served == []


def test_a_taken_port_is_said_before_any_work(tmp_path, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("MORELLI_INSTANCE", str(tmp_path / "instance"))
        monkeypatch.setenv("MORELLI_PORT", str(port))
        assert demo.main([]) == MISCONFIGURED
    assert f"Port {port} is taken" in capsys.readouterr().err
    assert not (tmp_path / "instance").exists()


def test_one_argument_alone_is_refused(capsys):
    with pytest.raises(SystemExit) as ending:
        demo.main(["--catalogue", "works.csv"])
    assert ending.value.code == 2


def test_a_drawn_catalogue_reads_without_a_fault(tmp_path):
    folder = tmp_path / "drawn"
    demonstration.draw_collection(folder, small_works(2, 0))
    listing = list_views(
        folder / demonstration.CATALOGUE_FILE, folder / demonstration.IMAGES_FOLDER
    )
    assert [view.accession for view in listing.views] == ["IM-0001", "IM-0002"]
    assert listing.views[0].label["artist"] == "É. “Nobody”"
    assert listing.faults == ()
