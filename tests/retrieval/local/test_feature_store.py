import numpy as np
import pytest

from app.retrieval.local.feature_store import FeatureStore, FeatureStoreWriter
from app.retrieval.types import LocalFeatures


def picture(count: int, seed: int) -> LocalFeatures:
    rng = np.random.default_rng(seed)
    return LocalFeatures(
        rng.random((count, 2), dtype=np.float32),
        rng.integers(0, 256, (count, 128), dtype=np.uint8),
        (480 + seed, 640),
    )


PICTURES = [picture(3, 1), LocalFeatures.empty((7, 9)), picture(5, 2)]


def write(folder, pictures):
    writer = FeatureStoreWriter(folder)
    for features in pictures:
        writer.append(features)
    return writer.finish()


def assert_same(store, pictures):
    assert len(store) == len(pictures)
    for got, wanted in zip(store, pictures, strict=True):
        np.testing.assert_array_equal(got.xy, wanted.xy)
        np.testing.assert_array_equal(got.descriptors, wanted.descriptors)
        assert got.size == wanted.size


def test_a_packed_bank_gives_back_every_picture():
    assert_same(FeatureStore.pack(PICTURES), PICTURES)


def test_a_written_bank_gives_back_every_picture(tmp_path):
    assert_same(write(tmp_path, PICTURES), PICTURES)


@pytest.mark.parametrize("pictures", [[], [LocalFeatures.empty((7, 9))]])
def test_a_bank_without_features_can_be_written_and_opened(tmp_path, pictures):
    assert_same(write(tmp_path, pictures), pictures)


def test_features_of_a_mapped_bank_cannot_be_changed(tmp_path):
    with pytest.raises(ValueError, match="read-only"):
        write(tmp_path, PICTURES)[0].xy[0] = 0


def test_a_position_outside_is_an_index_error():
    with pytest.raises(IndexError):
        FeatureStore.pack(PICTURES)[3]


def test_announced_and_present_features_must_agree():
    with pytest.raises(ValueError, match="announced"):
        FeatureStore(
            np.zeros((2, 2), np.float32),
            np.zeros((2, 128), np.uint8),
            np.array([0, 3]),
            np.ones((1, 2), np.int32),
        )
