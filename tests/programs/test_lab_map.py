"""The map from the shell; here, because it is made of the small museum."""

import csv

import numpy as np
import pytest

from app.extensions import db
from app.lab import map as command
from app.lab import map_report
from app.lab.__main__ import main
from app.lab.report import ReportFolder
from app.models import Artwork, now
from app.retrieval.images.codec import read
from app.services.map import building
from app.services.map.registry import MapRegistry
from tests.support.mapped import MODEL, add_features

PLACES = "places-by-style.csv"


def place_simply(vectors, told):
    told(1, 1)
    return vectors[:, :2].copy()


@pytest.fixture
def here(app, monkeypatch):
    """Let the command find the small museum."""
    monkeypatch.setattr(command, "create_app", lambda: app)
    monkeypatch.setattr(building, "arrange", place_simply)
    monkeypatch.setattr(building, "live_model_id", lambda _folders: MODEL)
    return app


def test_the_command_makes_the_map(here, tmp_path, capsys):
    with here.app_context():
        add_features(db.session())
    assert main(["map", "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "is shown: 7 works by style and picture." in told.out
    for words in command.STEPS.values():
        assert words in told.err
    assert MapRegistry(here.config["MORELLI_INSTANCE"] / "maps").current() is not None


def test_the_report_shows_the_map_without_what_was_withdrawn(here, tmp_path):
    with here.app_context():
        add_features(db.session())
    arguments = ["map", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    with here.app_context():
        gone = db.session.scalars(db.select(Artwork).limit(1)).one()
        gone.withdrawn_at = now()
        db.session.commit()
        stored = MapRegistry(here.config["MORELLI_INSTANCE"] / "maps").current()
        assert stored is not None
        report = ReportFolder(tmp_path / "again", "Map", {})
        map_report.fill(report, stored)
        report.write()
        number = gone.accession
    before, after = (
        list(csv.DictReader((tmp_path / name / PLACES).read_text().splitlines()))
        for name in ("out", "again")
    )
    assert [row["accession"] for row in after] == [
        row["accession"] for row in before if row["accession"] != number
    ]
    assert len({(row["column"], row["row"]) for row in before}) == len(before) == 7
    for likeness in ("style", "recognition"):
        assert read(tmp_path / "out" / f"map-by-{likeness}.jpg").std() > 20
        assert (tmp_path / "out" / f"schools-by-{likeness}.svg").is_file()


def test_neighbours_are_counted_over_the_works_whose_label_is_known():
    works = [
        Artwork(accession=str(number), artist=artist, school="")
        for number, artist in enumerate(["Ada", "Ada", "", "Bo", "Bo"])
    ]
    cells = np.array([[0, 0], [1, 0], [2, 0], [10, 0], [11, 0]])
    places = map_report.Places(np.arange(5), works, cells, np.ones(5, np.float32))
    artist, school = map_report.neighbour_rows("by style", places)
    # All four others are neighbours, one of which is by the same artist.
    assert artist == ["by style", "artist", 4, 0.25, 4 / (4 * 4)]
    assert school == ["by style", "school", 0, None, None]


def test_without_features_it_says_what_to_do(here, tmp_path, capsys):
    assert main(["map", "--out", str(tmp_path / "out")]) == 2
    assert "precompute_descriptors.py" in capsys.readouterr().err
