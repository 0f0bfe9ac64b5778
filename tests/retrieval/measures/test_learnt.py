import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.measures.learnt import LearntSimilarity


def numbers(values):
    return np.array(values, np.float32)


ARRAYS = (
    "projection",
    "offset",
    "hidden_kernel",
    "hidden_bias",
    "output_kernel",
    "output_bias",
)


def learnt(seed=0, *, dimension=5, size=4, hidden=3, model_id="m1"):
    rng = np.random.default_rng(seed)
    shapes = [(size, dimension), size, (2 * size, hidden), hidden, hidden, ()]
    return LearntSimilarity(
        model_id, *(np.asarray(rng.normal(size=s), np.float32) for s in shapes)
    )


def vectors(seed, count=6, dimension=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, dimension)).astype(np.float32)


def score_by_loops(network, a, b):
    size, dimension = network.projection.shape
    u, v = (
        [
            sum(network.projection[e, d] * x[d] for d in range(dimension))
            + network.offset[e]
            for e in range(size)
        ]
        for x in (a, b)
    )
    relations = [abs(u[e] - v[e]) for e in range(size)]
    relations += [u[e] * v[e] for e in range(size)]
    total = float(network.output_bias)
    for h, bias in enumerate(network.hidden_bias):
        value = bias + sum(
            r * network.hidden_kernel[i, h] for i, r in enumerate(relations)
        )
        total += max(0.0, value) * network.output_kernel[h]
    return total


def test_score_is_the_formula():
    network, drawn = learnt(), vectors(1)
    expected = [score_by_loops(network, drawn[0], other) for other in drawn]
    scores = network.score(drawn[0], drawn)
    assert scores == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert scores.dtype == np.float32


def test_score_by_hand():
    one = np.ones((1, 1), np.float32)
    network = LearntSimilarity(
        "m1",
        one,
        np.zeros(1, np.float32),
        numbers([[-1], [2]]),
        numbers([0.5]),
        numbers([3]),
        numbers(-1),
    )
    # |2 - 3| = 1 and 2 * 3 = 6: -1 + 12 + 0.5 = 11.5, times 3, less 1. Then |2 + 1|
    # and -2: the hidden unit is silent.
    assert network.score(numbers([2]), numbers([[3], [-1]])).tolist() == [
        33.5,
        -1,
    ]


@given(st.integers(0, 1000), st.permutations(range(6)))
def test_symmetric_and_blind_to_the_order(seed, order):
    network, drawn = learnt(seed), vectors(seed + 1)
    scores = np.stack([network.score(one, drawn) for one in drawn])
    assert scores == pytest.approx(scores.T, rel=1e-4, abs=1e-4)
    shuffled = network.score(drawn[0], drawn[order])
    assert shuffled == pytest.approx(scores[0][order], rel=1e-4, abs=1e-4)


def test_no_candidates_have_no_scores():
    assert learnt().score(vectors(0)[0], vectors(0, 0)).shape == (0,)


def test_vectors_of_another_length_are_refused():
    with pytest.raises(ValueError, match="5 long, not 7"):
        learnt().score(vectors(0, dimension=7)[0], vectors(0, dimension=7))


def test_saved_and_loaded_it_is_the_same(tmp_path):
    network, drawn = learnt(), vectors(1)
    network.save(tmp_path / "new" / "similarity.npz")
    loaded = LearntSimilarity.load(tmp_path / "new" / "similarity.npz", model_id="m1")
    assert loaded.dimension == 5
    np.testing.assert_allclose(
        loaded.score(drawn[0], drawn), network.score(drawn[0], drawn), rtol=5e-3
    )
    loaded.save(tmp_path / "again.npz")
    once, twice = (tmp_path / name for name in ("new/similarity.npz", "again.npz"))
    assert once.read_bytes() == twice.read_bytes()


def test_saved_twice_the_files_are_the_same(tmp_path):
    for name in "ab":
        learnt().save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_missing_file_names_the_command(tmp_path):
    with pytest.raises(MissingArtefactError, match=r"app\.lab train-similarity"):
        LearntSimilarity.load(tmp_path / "none.npz", model_id="m1")


def test_one_for_another_model_is_refused(tmp_path):
    learnt().save(tmp_path / "s.npz")
    with pytest.raises(IncompatibleArtefactError, match="for model m1, but model m2"):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m2")


def stored(**changes):
    network = learnt()
    arrays = {name: getattr(network, name) for name in ARRAYS}
    return {"format": np.int64(1), "model_id": "m1", **arrays, **changes}


def test_one_of_another_format_is_refused(tmp_path):
    np.savez(tmp_path / "s.npz", **stored(format=np.int64(2)))
    with pytest.raises(IncompatibleArtefactError, match="format 2"):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m1")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"offset": np.zeros(9, np.float32)}, r"offset must be \(4,\), got \(9,\)"),
        ({"hidden_kernel": np.zeros((4, 3), np.float32)}, "hidden_kernel must be"),
        ({"projection": numbers(1)}, "damaged"),
        ({"output_bias": numbers(math.nan)}, "output_bias must hold"),
        ({"offset": np.array(["a"] * 4)}, "offset must hold float32"),
        ({"offset": np.array([{}] * 4)}, "not a learnt similarity"),
        ({"format": np.zeros(3)}, "not a learnt similarity"),
    ],
)
def test_wrong_arrays_are_refused_by_name(tmp_path, changes, fault):
    np.savez(tmp_path / "s.npz", **stored(**changes))
    with pytest.raises(DamagedArtefactError, match=fault):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m1")


def test_a_missing_array_is_refused(tmp_path):
    arrays = stored()
    del arrays["offset"]
    np.savez(tmp_path / "s.npz", **arrays)
    with pytest.raises(DamagedArtefactError, match="offset"):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m1")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no file of ours"])
def test_something_else_is_refused(tmp_path, content):
    (tmp_path / "s.npz").write_bytes(content)
    with pytest.raises(DamagedArtefactError, match="not a learnt similarity"):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m1")


def test_a_lone_array_is_refused(tmp_path):
    with (tmp_path / "s.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DamagedArtefactError, match="not a learnt similarity"):
        LearntSimilarity.load(tmp_path / "s.npz", model_id="m1")


@pytest.mark.parametrize("seed", range(200))
def test_a_broken_file_is_refused_or_whole(tmp_path, seed):
    path = tmp_path / "s.npz"
    learnt().save(path)
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for position in rng.integers(len(content), size=3):
        content[position] = rng.integers(256)
    path.write_bytes(bytes(content[: rng.integers(1, len(content) + 1)]))
    try:
        network = LearntSimilarity.load(path, model_id="m1")
    except (DamagedArtefactError, IncompatibleArtefactError):
        return
    assert network.score(vectors(0)[0], vectors(0)).shape == (6,)
