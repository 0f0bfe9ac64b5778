"""Choice of pooling and whitening, on vectors of which it is known what helps."""

import numpy as np
import pytest

from app.retrieval.descriptors import pooling
from app.retrieval.descriptors.whitening import unit_length
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow

WORKS, CHANNELS, DIMENSION, JOINED_DIMENSION = 40, 256, 64, 96
SIZES = ((64, 64), (48, 80), (80, 48))


@pytest.fixture
def network():
    from app.retrieval.descriptors.backbone import build_backbone
    from app.retrieval.descriptors.network import build_network

    return build_network(
        build_backbone("morelli", seed=1),
        class_count=4,
        dimension=DIMENSION,
        top_classes=2,
    )


def vectors_of(rng, classes, plain):
    """Class vectors and two plain ones of each work, with a little noise."""
    parts = [classes, classes, plain, plain]
    vectors = np.stack(parts, axis=1) + rng.normal(0, 0.02, (WORKS, 4, CHANNELS))
    return list(np.maximum(vectors, 0).astype(np.float32))


def choose(network, classes, plain, *, labels, is_trained=False):
    from app.retrieval.training.components.whitening import (
        HeldOutWorks,
        choose_whitening,
    )

    rng = np.random.default_rng(5)
    works, photos, queries = (vectors_of(rng, classes, plain) for _ in range(3))
    return choose_whitening(
        network,
        works,
        photos,
        HeldOutWorks(queries, works, range(WORKS), labels),
        joined_dimension=JOINED_DIMENSION,
        is_trained=is_trained,
    )


@pytest.fixture
def different():
    """What tells every work from all others."""
    return np.random.default_rng(0).random((WORKS, CHANNELS))


@pytest.fixture
def alike():
    """What is the same for all works."""
    return np.broadcast_to(np.random.default_rng(1).random(CHANNELS), (WORKS, CHANNELS))


def test_a_useless_trained_projection_is_replaced(network, different):
    layer = network.get_layer("descriptor")
    layer.projection.assign(np.zeros((DIMENSION, CHANNELS)))
    chosen = choose(network, different, different, labels={}, is_trained=True)
    assert set(chosen.figures) == {"trained", "pca", "pairs", "joined, pairs"}
    *_, kept = chosen.figures
    assert chosen.figures[kept]["recall@1"] == 1
    assert kept != "trained"
    assert np.asarray(chosen.network.get_layer("descriptor").projection).any()


def test_poolings_are_joined_where_that_finds_more(network, different, alike):
    chosen = choose(network, alike, different, labels={})
    assert chosen.pooling == pooling.JOINED
    assert [*chosen.figures][-1] == "joined, pairs"
    assert chosen.network.output["descriptor"].shape == (None, JOINED_DIMENSION)


def test_without_gain_descriptors_stay_short(network, different):
    chosen = choose(network, different, different, labels={})
    assert chosen.figures["pairs"] == chosen.figures["joined, pairs"]
    assert chosen.pooling == pooling.CAM
    assert chosen.network.output["descriptor"].shape == (None, DIMENSION)


def test_similar_works_count_too(network, different):
    """Photos are found by classes; who made a work only the plain poolings tell."""
    hands = np.random.default_rng(2).random((2, CHANNELS))
    of_hands = 4 * hands[np.arange(WORKS) % 2] + 0.2 * different
    labels = {"artist": [f"artist {number % 2}" for number in range(WORKS)]}
    chosen = choose(network, different, of_hands, labels=labels)
    share = "similar works of the same artist"
    assert chosen.figures["pairs"]["recall@1"] == 1
    assert chosen.figures["joined, pairs"][share] > chosen.figures["pairs"][share]
    assert chosen.pooling == pooling.JOINED


def test_nothing_to_compare_with_keeps_pca(network, different):
    from app.retrieval.training.components.whitening import (
        HeldOutWorks,
        choose_whitening,
    )

    rng = np.random.default_rng(3)
    works, photos = (vectors_of(rng, different, different) for _ in range(2))
    chosen = choose_whitening(
        network,
        works,
        photos,
        HeldOutWorks([], [], [], {}),
        joined_dimension=JOINED_DIMENSION,
        is_trained=True,
    )
    assert (chosen.pooling, chosen.figures) == (pooling.CAM, {})


def test_the_chosen_network_describes_as_the_choice_was_measured(network):
    """From pictures to descriptors, by the graph and by what was compared."""
    from app.retrieval.training.components import whitening as module
    from app.retrieval.training.data.batches import run_network

    pictures = [draw_picture(seed) for seed in range(12)]
    vectors = module.pooled_vectors(network, pictures, SIZES)
    assert vectors[0].shape == (2 + 2, CHANNELS)
    learnt = module._learn_from_pairs(pooling.JOINED, vectors, vectors[::-1], 16)
    from app.retrieval.descriptors.network import join_poolings
    from app.retrieval.runtime.keras import keras

    joined = join_poolings(network, 16)
    joined.get_layer("descriptor").set_whitening(learnt)
    model = keras.Model(joined.input, joined.output["descriptor"])
    found = np.stack(run_network(model, pictures, SIZES))
    parts = [pooling.join(own[:2], own[2:]) for own in vectors]
    expected = unit_length(learnt.apply(unit_length(np.concatenate(parts))))
    assert found == pytest.approx(expected, abs=1e-4)
