from pathlib import Path

import pytest

from app.retrieval.training.data.works import (
    TrainingWork,
    catalogue_classes,
    is_held_out,
)

SCHOOLS = ("Rococo", "Cubism")


def work(number, **label):
    return TrainingWork(f"W-{number}", Path(f"{number}.jpg"), label)


def test_about_a_fifth_is_held_out_and_whole_artists_with_it():
    works = [work(n, artist=f"artist {n % 100}") for n in range(3000)]
    held_out = [w for w in works if is_held_out(w, seed=0)]
    assert 0.15 < len(held_out) / len(works) < 0.28
    artists = {w.label["artist"] for w in works}
    seen = {w.label["artist"] for w in works if not is_held_out(w, seed=0)}
    assert 1 <= len(artists - seen) <= 15


def test_who_is_held_out_does_not_depend_on_the_rest_of_the_catalogue():
    works = [work(n) for n in range(50)]
    chosen = [is_held_out(w, seed=4) for w in works]
    assert [is_held_out(w, seed=4) for w in works[::-1]] == chosen[::-1]
    assert [is_held_out(w, seed=5) for w in works] != chosen


def test_unknown_artists_are_not_one_artist():
    works = [work(n, artist="") for n in range(400)]
    assert 0 < sum(is_held_out(w, seed=0) for w in works) < 120


def test_frequent_labels_become_classes_and_share_a_work():
    works = [work(n, school=SCHOOLS[n % 3 == 0], artist="Rare") for n in range(9)]
    works[1] = work(1, school="Rococo", artist="Other")
    classes = catalogue_classes(works, min_works=3)
    assert classes.names == ("Rare", "Rococo", "Cubism")
    assert classes.targets[0].tolist() == [0.5, 0, 0.5]
    assert classes.targets[1].tolist() == [0, 1, 0]


def test_what_is_said_of_every_work_tells_nothing_apart():
    assert catalogue_classes([work(n, school="All") for n in range(9)]).names == ()


@pytest.mark.parametrize("works", [[], [work(1)]])
def test_a_catalogue_without_labels_has_no_classes(works):
    assert catalogue_classes(works).targets.shape == (len(works), 0)
