"""What every engine of nearest neighbours must do, beside exact search."""

import signal
import subprocess
import sys

import numpy as np
import pytest

from app.configuration.load import ROOT
from app.retrieval.errors import NeighboursAwayError
from app.retrieval.gallery.nearest import ExactIndex
from app.retrieval.gallery.shared import SharedIndex
from app.retrieval.gallery.writer import photo_like
from app.services.vectors.opening import _make
from app.services.vectors.store import table_of
from tests.services.vectors.put_half import COUNT as HALVED
from tests.support.vectors import draw_generation
from tests.support.waiting import SCRIPT_SECONDS

COUNT = 300
WHOLE = draw_generation("whole", range(COUNT))
EXACT = ExactIndex(WHOLE.descriptors)
QUERIES = photo_like(WHOLE.descriptors, np.random.default_rng(1), 5)


def searched(store, generation=WHOLE):
    positions = {one: number for number, one in enumerate(generation.image_ids)}
    return SharedIndex(
        store.open(generation.name, generation.model_id),
        ExactIndex(generation.descriptors),
        positions.get,
    )


def ids_found(store, generation=WHOLE, count=10):
    neighbours = store.open(generation.name, generation.model_id)
    return list(neighbours.nearest(QUERIES[0], count))


def ids_expected(generation, count=10):
    hits = ExactIndex(generation.descriptors).nearest(QUERIES[0], count)
    return [generation.image_ids[hit.position] for hit in hits]


def test_it_finds_what_exact_search_finds(store):
    store.put(WHOLE, {})
    index = searched(store)
    assert index.fault() is None
    for query in QUERIES:
        assert index.nearest(query, 50) == EXACT.nearest(query, 50)


def test_what_is_excluded_is_replaced_by_the_next(store):
    store.put(WHOLE, {})
    index = searched(store)
    for excluded in (3, 200, COUNT - 1):
        mask = np.zeros(COUNT, np.bool_)
        mask[[hit.position for hit in EXACT.nearest(QUERIES[0], excluded)]] = True
        found = index.nearest(QUERIES[0], 20, excluded=mask)
        assert found == EXACT.nearest(QUERIES[0], 20, excluded=mask)


def test_a_picture_in_which_nothing_was_seen_is_there_too(store):
    blank = draw_generation("blank", range(5))
    blank.descriptors[2] = 0
    store.put(blank, {})
    assert len(ids_found(store, blank)) == 5


def test_generations_that_are_kept_are_whole_and_others_are_said_to_be_gone(store):
    first = draw_generation("first", range(60))
    second = draw_generation("second", range(20, 90))
    third = draw_generation("third", range(40, 90))
    store.put(first, {})
    store.put(second, {"first": first.image_ids})
    for one in (first, second):
        positions = set(one.image_ids)
        found = [i for i in ids_found(store, one, 90) if i in positions]
        assert found == ids_expected(one, 90)
    store.put(third, {"second": second.image_ids})
    with pytest.raises(NeighboursAwayError, match="first is not in"):
        ids_found(store, first)
    assert set(ids_found(store, third, 90)) == set(second.image_ids)


def test_a_model_that_is_used_no_more_leaves_nothing(store):
    store.put(draw_generation("old", range(9), model_id="old"), {})
    store.put(draw_generation("new", range(9)), {})
    with pytest.raises(NeighboursAwayError):
        ids_found(store, draw_generation("old", range(9), model_id="old"))


def test_putting_again_changes_nothing(store):
    for _ in range(2):
        store.put(WHOLE, {})
    assert ids_found(store) == ids_expected(WHOLE)


def test_a_generation_that_was_never_put_is_said_to_be_missing(store):
    with pytest.raises(NeighboursAwayError, match="precompute_descriptors"):
        ids_found(store)


def test_what_was_killed_in_the_middle_is_missing_and_can_be_put_again(url, store):
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.vectors.put_half", url],
        cwd=ROOT,
        timeout=SCRIPT_SECONDS,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    whole = draw_generation("half", range(HALVED))
    with pytest.raises(NeighboursAwayError):
        ids_found(store, whole)
    store.put(whole, {})
    index = searched(store, whole)
    exact = ExactIndex(whole.descriptors)
    assert index.nearest(QUERIES[0], 20) == exact.nearest(QUERIES[0], 20)
    assert index.fault() is None


def test_an_engine_that_finds_too_little_is_not_used(store, monkeypatch):
    monkeypatch.setattr("app.services.vectors.store.LEAST_RECALL", 1.1)
    monkeypatch.setattr("app.services.vectors.store.CHOSEN_RECALL", 1.1)
    with pytest.raises(NeighboursAwayError, match="found there"):
        store.put(WHOLE, {})
    with pytest.raises(NeighboursAwayError, match="is not in"):
        ids_found(store)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://someone:secret@127.0.0.1:9/vectors",
        pytest.param("milvus://127.0.0.1:9", marks=pytest.mark.slow),
    ],
)
def test_an_engine_that_is_away_is_left_in_peace_and_not_missed(address):
    if address.startswith("milvus"):
        pytest.importorskip("pymilvus", reason="the package pymilvus is not installed")
    store = _make(address)
    index = searched(store)
    for query in QUERIES:
        assert index.nearest(query, 20) == EXACT.nearest(query, 20)
    assert "cannot be asked" in index.fault()
    assert "secret" not in index.fault()
    with pytest.raises(NeighboursAwayError):
        store.put(WHOLE, {})
    store.close()


@pytest.mark.parametrize("model_id", ["", "a;b", "A", "x" * 50])
def test_what_is_no_id_of_a_model_is_no_name_of_a_table(model_id):
    with pytest.raises(ValueError, match="no id of a model"):
        table_of(model_id)
