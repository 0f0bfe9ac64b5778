import numpy as np
import pytest

from app.configuration.load import Folders
from app.factory import create_app
from app.services.map.registry import Likeness, MapRegistry
from bench import map as bench
from bench.map import invent, invent_places


@pytest.fixture
def invented(tmp_path):
    invent(tmp_path, 300, np.random.default_rng(0))
    return tmp_path


def test_an_invented_map_can_be_opened(invented):
    stored = MapRegistry(Folders(invented).maps).current()
    assert stored is not None
    assert stored.is_whole
    assert (stored.works, stored.likenesses) == (300, (Likeness.STYLE,))
    client = create_app({"MORELLI_INSTANCE": invented}).test_client()
    page = client.get("/map").text
    assert "300 works" in page
    assert page.count("<li data-work=") == 48


def test_without_a_map_it_says_what_to_do(tmp_path, capsys):
    assert bench.run(tmp_path) == 2
    assert "python -m app.lab map" in capsys.readouterr().err


def test_places_lie_around_some_middles():
    places = invent_places(2000, np.random.default_rng(0))
    even = np.random.default_rng(1).uniform(places.min(0), places.max(0), (2000, 2))
    assert nearness(places) < nearness(even) / 1.5


def nearness(places):
    """Return how far the nearest other place is, usually."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.median(apart.min(axis=1))
