import numpy as np
import pytest

from app.retrieval.local.feature_store import FeatureStore, FeatureStoreWriter
from app.retrieval.local.product_quantiser import ProductQuantiser
from app.retrieval.types import CodedFeatures
from tests.retrieval.local.test_vocabulary import draw_codebooks

QUANTISER = ProductQuantiser(draw_codebooks(np.random.default_rng(0)))


def picture(count: int, seed: int) -> CodedFeatures:
    rng = np.random.default_rng(seed)
    return CodedFeatures(
        rng.integers(0, 40_000, (count, 2), dtype=np.uint16),
        rng.integers(0, 256, (count, 16), dtype=np.uint8),
        rng.integers(0, 9, count, dtype=np.int32),
        rng.integers(0, 1 << 60, count, dtype=np.uint64),
        (480 + seed, 640),
    )


PICTURES = [picture(3, 1), CodedFeatures.empty((7, 9)), picture(5, 2)]


def write(folder, pictures):
    writer = FeatureStoreWriter(folder)
    for features in pictures:
        writer.append(features)
    writer.finish()
    return FeatureStore.open(folder, QUANTISER)


def assert_same(store, pictures):
    assert len(store) == len(pictures)
    for got, wanted in zip(store, pictures, strict=True):
        np.testing.assert_array_equal(got.xy * 64, wanted.xy)
        assert got.xy.dtype == np.float32
        np.testing.assert_array_equal(got.descriptors, QUANTISER.decode(wanted.codes))
        assert got.size == wanted.size


def test_a_packed_store_gives_back_every_picture():
    assert_same(FeatureStore.pack(PICTURES, QUANTISER), PICTURES)


def test_a_written_store_gives_back_every_picture(tmp_path):
    assert_same(write(tmp_path, PICTURES), PICTURES)


@pytest.mark.parametrize("pictures", [[], [CodedFeatures.empty((7, 9))]])
def test_a_store_without_features_can_be_written_and_opened(tmp_path, pictures):
    assert_same(write(tmp_path, pictures), pictures)


def test_a_position_outside_is_an_index_error():
    with pytest.raises(IndexError):
        FeatureStore.pack(PICTURES, QUANTISER)[3]


def test_announced_and_present_features_must_agree():
    with pytest.raises(ValueError, match="announced"):
        FeatureStore(
            np.zeros((2, 2), np.uint16),
            np.zeros((2, 16), np.uint8),
            np.array([0, 3]),
            np.ones((1, 2), np.int32),
            QUANTISER,
        )
