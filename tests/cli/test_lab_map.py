"""The map from the shell; here, because it is made of the small museum."""

import pytest

from app.extensions import db
from app.lab import map as command
from app.lab.__main__ import main
from app.services import collection_map
from app.services.map_shelf import MapShelf
from tests.mapped import add_features


def place_simply(vectors, told):
    told(1, 1)
    return vectors[:, :2].copy()


@pytest.fixture
def here(app, monkeypatch):
    """Let the command find the small museum."""
    monkeypatch.setattr(command, "create_app", lambda: app)
    monkeypatch.setattr(collection_map, "arrange", place_simply)
    return app


def test_the_command_makes_the_map(here, capsys):
    with here.app_context():
        add_features(db.session())
    assert main(["map"]) == 0
    told = capsys.readouterr()
    assert "is shown: 7 works by style and picture." in told.out
    for words in command.STEPS.values():
        assert words in told.err
    assert MapShelf(here.config["MORELLI_INSTANCE"] / "maps").current() is not None


def test_without_features_it_says_what_to_do(here, capsys):
    assert main(["map"]) == 2
    assert "precompute_descriptors.py" in capsys.readouterr().err
