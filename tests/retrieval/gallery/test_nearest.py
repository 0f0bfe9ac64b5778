"""Annoy against exact search, and both against answers done on paper."""

import json
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.gallery.nearest import FOREST_NUMBERS, AnnoyIndex, ExactIndex
from app.retrieval.gallery.tuning import choose_search_k, measure_recall
from tests.support.waiting import SCRIPT_SECONDS


def draw_descriptors(count, dimension=16, seed=5):
    rng = np.random.default_rng(seed)
    return unit_length(rng.normal(size=(count, dimension)).astype(np.float32))


@pytest.fixture(scope="module")
def descriptors():
    return draw_descriptors(600)


@pytest.fixture(scope="module")
def index(descriptors, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "index.ann"
    return AnnoyIndex.build(descriptors, path, n_trees=8, seed=1)


@pytest.fixture(params=["exact", "annoy"])
def either(request, descriptors, index):
    return ExactIndex(descriptors) if request.param == "exact" else index


def positions(hits):
    return [hit.position for hit in hits]


def test_exact_search_by_hand():
    rows = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)
    hits = ExactIndex(rows).nearest(np.array([1, 0], np.float32), 3)
    assert positions(hits) == [0, 1, 2]
    assert [hit.similarity for hit in hits] == pytest.approx([1, 0.6, 0])


@given(
    count=st.sampled_from([1, 4, 5, 6, 7, 9, 101, 1001]),
    dimension=st.sampled_from([2, 16, 48, 257]),
    k=st.integers(0, 12),
    seed=st.integers(0, 9),
)
def test_of_equal_rows_the_first_comes_first(count, dimension, k, seed):
    rows = np.tile(draw_descriptors(1, dimension, seed), (count, 1))
    found = positions(ExactIndex(rows).nearest(rows[0], k))
    assert found == list(range(min(k, count)))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=200), st.integers(0, 40))
def test_equal_rows_among_others_keep_their_order(drawn, k):
    kinds = draw_descriptors(4, seed=11)
    rows = kinds[drawn]
    nearest = np.argsort(-(kinds @ kinds[0]))
    expected = [
        position
        for kind in nearest
        for position, one in enumerate(drawn)
        if one == kind
    ]
    assert positions(ExactIndex(rows).nearest(kinds[0], k)) == expected[:k]


@given(
    arrays(np.float16, (3, 8), elements=st.floats(-2, 2, width=16)),
    st.sampled_from([np.float16, np.float32]),
)
def test_rows_of_half_precision_are_compared_as_they_are(rows, dtype):
    query = draw_descriptors(1, 8)[0]
    found = ExactIndex(rows.astype(dtype)).nearest(query, 2)
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    cosines = rows.astype(np.float64) @ query / np.where(lengths > 0, lengths, 1)
    inner = rows.astype(np.float64) @ query
    assert inner[positions(found)].min() >= np.sort(inner)[-2] - 1e-2
    for hit in found:
        assert hit.similarity == pytest.approx(cosines[hit.position], abs=1e-3)


def test_every_row_finds_itself_with_similarity_one(either, descriptors):
    for position in (0, 17, 599):
        hit = either.nearest(descriptors[position], 1)[0]
        assert hit.position == position
        assert hit.similarity == pytest.approx(1, abs=1e-5)


def test_annoy_at_full_effort_is_exact(index, descriptors):
    exact = ExactIndex(descriptors)
    for query in draw_descriptors(20, seed=6):
        ours, truth = index.nearest(query, 50), exact.nearest(query, 50)
        assert positions(ours) == positions(truth)
        np.testing.assert_allclose(
            [hit.similarity for hit in ours],
            [hit.similarity for hit in truth],
            atol=1e-5,
        )


def test_excluded_rows_are_replaced_by_the_next(either, descriptors):
    query = draw_descriptors(1, seed=7)[0]
    order = positions(either.nearest(query, 40))
    excluded = np.zeros(600, np.bool_)
    excluded[order[:10]] = True
    assert positions(either.nearest(query, 30, excluded=excluded)) == order[10:]


@given(kept=st.sets(st.integers(0, 599), max_size=8), k=st.integers(0, 10))
def test_with_almost_everything_excluded_the_rest_is_still_found(
    index, descriptors, kept, k
):
    forest = AnnoyIndex(index._forest, index._rows, search_k=1)  # as lazy as can be
    excluded = np.ones(600, np.bool_)
    excluded[list(kept)] = False
    hits = forest.nearest(descriptors[0], k, excluded=excluded)
    assert len(hits) == min(k, len(kept))
    assert set(positions(hits)) <= kept


def test_many_excluded_rows_take_no_memory(tmp_path):
    rows = draw_descriptors(20_000, 256).astype(np.float16)
    many = AnnoyIndex.build(rows, tmp_path / "index.ann", n_trees=1, seed=1)
    many.search_k = 1_000
    asked = rows[-1].astype(np.float32)
    excluded = np.arange(len(rows)) < 8_000
    tracemalloc.start()
    try:
        hits = many.nearest(asked, 10, excluded=excluded)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert hits == ExactIndex(rows).nearest(asked, 10, excluded=excluded)
    assert peak < 4_000_000


def test_asking_for_more_than_there_is_gives_all(either):
    assert len(either.nearest(draw_descriptors(1)[0], 5000)) == 600


def test_wrong_shapes_are_refused(either):
    with pytest.raises(ValueError, match=r"\(16,\), got \(4,\)"):
        either.nearest(np.zeros(4, np.float32), 1)
    with pytest.raises(ValueError, match="excluded"):
        either.nearest(np.zeros(16, np.float32), 1, excluded=np.zeros(3, np.bool_))


def test_the_same_seed_gives_the_same_file(tmp_path, descriptors):
    for name in ("one", "two"):
        AnnoyIndex.build(descriptors, tmp_path / name, n_trees=3, seed=9)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_chosen_effort_reaches_the_target_and_no_less_does(index, descriptors):
    exact, queries = ExactIndex(descriptors), draw_descriptors(30, seed=8)
    chosen = choose_search_k(index, exact, queries, target=0.9)
    assert index.search_k == chosen > 151
    assert measure_recall(index, exact, queries) >= 0.9
    lazier = AnnoyIndex(index._forest, index._rows, search_k=int(chosen / 1.5))
    assert measure_recall(lazier, exact, queries) < 0.9


def test_recall_counts_equal_rows_as_found(tmp_path):
    rows = np.tile(draw_descriptors(1), (30, 1))
    forest = AnnoyIndex.build(rows, tmp_path / "index.ann", n_trees=2, seed=1)
    assert measure_recall(forest, ExactIndex(rows), rows[:2]) == 1


def test_a_missing_index_names_the_command(tmp_path, descriptors):
    with pytest.raises(MissingArtefactError, match="precompute_descriptors"):
        AnnoyIndex.open(tmp_path / "index.ann", descriptors, 100)


def test_an_index_of_another_model_is_incompatible(tmp_path, descriptors):
    AnnoyIndex.build(descriptors, tmp_path / "index.ann", n_trees=1, seed=1)
    with pytest.raises(IncompatibleArtefactError, match="length 16, but"):
        AnnoyIndex.open(tmp_path / "index.ann", draw_descriptors(600, 32), 100)


def test_an_index_of_other_rows_is_damaged(tmp_path, descriptors):
    AnnoyIndex.build(descriptors, tmp_path / "index.ann", n_trees=1, seed=1)
    with pytest.raises(DamagedArtefactError, match="does not hold 599 rows"):
        AnnoyIndex.open(tmp_path / "index.ann", descriptors[1:], 100)


def test_rows_that_are_alike_at_first_are_told_apart_by_the_rest(tmp_path):
    rng = np.random.default_rng(3)
    rows = np.tile(rng.normal(size=FOREST_NUMBERS + 40), (400, 1)).astype(np.float32)
    rows[:, FOREST_NUMBERS:] = rng.normal(size=(400, 40))
    rows = unit_length(rows)
    path = tmp_path / "index.ann"
    forest = AnnoyIndex.build(rows, path, n_trees=8, seed=1)
    hits = forest.nearest(rows[7], 20)
    assert hits == ExactIndex(rows).nearest(rows[7], 20)
    assert path.stat().st_size < 400 * 4 * rows.shape[1] * 1.5


@pytest.mark.parametrize("fault", ["cut", "changed", "empty", "note"])
def test_a_damaged_index_is_an_error_and_not_a_crash(tmp_path, descriptors, fault):
    path = tmp_path / "index.ann"
    AnnoyIndex.build(descriptors, path, n_trees=2, seed=1)
    content = path.read_bytes()
    node_bytes = len(content) // 600  # cut at a node's end, as Annoy would accept it
    damaged = {
        "cut": content[: -40 * node_bytes],
        "changed": content[:-1] + bytes([content[-1] ^ 255]),
        "empty": b"",
        "note": content,
    }
    path.write_bytes(damaged[fault])
    if fault == "note":
        (tmp_path / "index.ann.json").write_text("[]")
    with pytest.raises(DamagedArtefactError):
        AnnoyIndex.open(path, descriptors, 100)


def test_processes_open_what_another_has_built(tmp_path, descriptors):
    AnnoyIndex.build(descriptors, tmp_path / "index.ann", n_trees=4, seed=1)
    np.save(tmp_path / "query.npy", descriptors[3])
    np.save(tmp_path / "rows.npy", descriptors)
    code = (
        "import numpy, pathlib, sys; "
        "from app.retrieval.gallery.nearest import AnnoyIndex; "
        f"here = pathlib.Path({str(tmp_path)!r}); "
        "rows = numpy.load(here / 'rows.npy'); "
        "index = AnnoyIndex.open(here / 'index.ann', rows, 500); "
        "print(index.nearest(numpy.load(here / 'query.npy'), 1)[0].position)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=SCRIPT_SECONDS,
    )
    assert done.stdout == "3\n"


def test_the_note_is_small_and_readable(tmp_path, descriptors):
    path = tmp_path / "index.ann"
    AnnoyIndex.build(descriptors, path, n_trees=1, seed=1)
    note = json.loads((tmp_path / "index.ann.json").read_text())
    assert note["count"] == 600
    assert note["size_bytes"] == path.stat().st_size
