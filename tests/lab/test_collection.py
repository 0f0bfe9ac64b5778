"""Which works the lab takes, and the photos it takes of them."""

import argparse

import numpy as np
import pytest

from app.lab import collection
from app.lab.collection import Collection, choose
from app.lab.errors import LabError
from app.retrieval.simulation.photo import PROFILES
from app.retrieval.training.data.works import is_held_out
from tests.lab.quick import WORKS


def options(**given):
    parser = argparse.ArgumentParser()
    collection.add_arguments(parser)
    return argparse.Namespace(**{**vars(parser.parse_args([])), **given})


def test_works_with_a_picture_are_taken_once(works):
    assert [work.accession for work in works.works] == [f"A-{n}" for n in range(WORKS)]
    assert works.labels("artist")[:4] == ["hand 0", "hand 1", "hand 2", "hand 0"]
    assert works.labels("technique") == [""] * WORKS


def test_a_sample_is_repeatable(museum):
    one, same = (choose(museum / "works.csv", museum, 9, 1) for _ in "ab")
    other = choose(museum / "works.csv", museum, 9, 2)
    assert one == same != other
    assert len(one) == 9


def test_held_out_are_those_that_training_never_saw(works):
    unseen = works.held_out(0)
    assert 0 < len(unseen) < WORKS
    assert all(is_held_out(works.works[position], 0) for position in unseen)


def test_too_few_works_to_ask_and_to_learn_from_are_refused(works):
    for part in (works.works[:1], works.works[1:2]):
        with pytest.raises(LabError, match="Use more works"):
            Collection(part, 0).held_out(0)


def test_a_photo_hangs_on_the_work_and_the_seed_alone(works):
    profile = PROFILES["hard"]
    fewer = Collection(works.works[5:], seed=3)
    other = Collection(works.works, seed=4)
    assert np.array_equal(works.photo(7, profile), fewer.photo(2, profile))
    assert not np.array_equal(works.photo(7, profile), other.photo(7, profile))


def test_a_broken_picture_is_named(works, tmp_path):
    (tmp_path / "7.jpg").write_bytes(b"no picture")
    broken = Collection((type(works.works[0])("A-7", tmp_path / "7.jpg"),), seed=0)
    with pytest.raises(LabError, match=r"7\.jpg cannot be used"):
        broken.picture(0)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"catalogue": "works.csv"}, "go together"),
        ({"works": 0}, "at least 1"),
    ],
)
def test_options_that_name_no_collection_are_refused(given, fault):
    with pytest.raises(LabError, match=fault), collection.opened(options(**given)):
        pass


def test_pictures_that_are_elsewhere_are_missed(museum, tmp_path):
    with pytest.raises(LabError, match="--images"):
        choose(museum / "works.csv", tmp_path, None, 0)


def test_without_a_catalogue_works_are_drawn():
    with collection.opened(options(works=2)) as drawn:
        assert len(drawn) == 2
        assert drawn.picture(1).shape[2] == 3
        assert all(drawn.labels("school"))
        path = drawn.works[0].image_path
    assert not path.exists()
