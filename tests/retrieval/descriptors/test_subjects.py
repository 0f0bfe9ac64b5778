"""Groups of classes, sums of probabilities, and what counts as seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.descriptors.semantic import SemanticManifest
from app.retrieval.descriptors.subjects import (
    GROUPS,
    PICTURES,
    SUBJECTS,
    Group,
    SubjectReader,
)
from tests.retrieval.descriptors.test_semantic import BUNDLED

CLASSES = ("Beagle", "pug", "tabby cat", "dust jacket", "gown", "abacus")
READER = SubjectReader.of(CLASSES)


def view(**probabilities):
    """Return a view's probabilities by first words of classes."""
    return np.array(
        [probabilities.get(name.split()[0], 0) for name in CLASSES], np.float32
    )


def test_all_names_of_classes_are_those_of_the_bundled_network():
    known = set(SemanticManifest.read(BUNDLED).classes)
    for key, group in GROUPS.items():
        assert group.names() <= known, key
        assert group.names(), key
    assert Group(1.0, PICTURES).names() <= known


def test_every_subject_that_is_seen_is_in_the_vocabulary_once():
    assert set(GROUPS) <= set(SUBJECTS)
    assert len(set(SUBJECTS)) == len(SUBJECTS)
    assert all(0 < group.least <= 1 for group in GROUPS.values())
    # They stand between spaces in one column, and in addresses.
    assert all(key.replace("_", "").isalpha() for key in SUBJECTS)


def test_breeds_are_summed_and_a_dog_is_an_animal():
    sums = READER.sums([view(Beagle=0.3, pug=0.3, tabby=0.1, abacus=0.3)])
    assert sums["dog"] == pytest.approx(0.6)
    assert sums["animal"] == pytest.approx(0.7)
    assert READER.read([view(Beagle=0.3, pug=0.3, abacus=0.4)]) == ("animal", "dog")


def test_what_any_picture_is_taken_for_does_not_count():
    sums = READER.sums([view(dust=0.8, Beagle=0.1, abacus=0.1)])
    assert sums["dog"] == pytest.approx(0.5)
    assert READER.read([view(dust=1.0)]) == ()


def test_views_are_averaged():
    assert READER.read([view(gown=1.0), view(abacus=1.0)]) == ("people", "dress")
    assert READER.read([view(gown=0.5, abacus=0.5), view(abacus=1.0)]) == ()


@given(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6))
def test_sums_are_probabilities(drawn):
    total = sum(drawn)
    probabilities = np.array(drawn, np.float32) / np.float32(max(total, 1))
    for key, summed in READER.sums([probabilities]).items():
        assert 0 <= summed <= 1 + 1e-5, key


def test_a_network_of_other_classes_sees_nothing():
    reader = SubjectReader.of(("bright", "dark"))
    assert reader.read([np.array([0.5, 0.5], np.float32)]) == ()
