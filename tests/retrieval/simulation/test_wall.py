import numpy as np
import pytest

from app.retrieval.simulation.photo import PROFILES
from app.retrieval.simulation.wall import photograph_wall
from tests.support.pictures import artwork


def photograph(count, seed=0):
    pictures = [artwork(number, size=(90, 120)) for number in range(count)]
    return photograph_wall(pictures, PROFILES["mild"], np.random.default_rng(seed))


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_every_work_hangs_somewhere_and_none_over_another(count):
    wall = photograph(count)
    assert len(wall.area_shares) == count
    assert all(share > 0.01 for share in wall.area_shares)
    assert sum(wall.area_shares) < 1


def test_the_same_state_gives_the_same_photo():
    assert np.array_equal(photograph(3).image, photograph(3).image)
    assert photograph(3).area_shares != photograph(3, seed=1).area_shares


def test_a_wall_without_works_is_refused():
    with pytest.raises(ValueError, match="at least one work"):
        photograph(0)
