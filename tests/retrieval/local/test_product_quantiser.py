import numpy as np
import pytest

from app.retrieval.local.product_quantiser import ProductQuantiser
from tests.retrieval.local.test_vocabulary import draw_codebooks


@pytest.fixture(scope="module")
def quantiser():
    return ProductQuantiser(draw_codebooks(np.random.default_rng(0)))


def draw_descriptors(count):
    return np.random.default_rng(1).integers(0, 256, (count, 128)).astype(np.uint8)


def test_each_part_is_coded_by_its_nearest_centre(quantiser):
    descriptors = draw_descriptors(20)
    codes = quantiser.encode(descriptors)
    for row, descriptor in enumerate(descriptors.astype(int)):
        for part, centres in enumerate(quantiser.codebooks.astype(int)):
            own = descriptor[8 * part : 8 * part + 8]
            distances = ((centres - own) ** 2).sum(axis=1)
            assert distances[codes[row, part]] == distances.min()


def test_decoding_puts_the_centres_side_by_side(quantiser):
    codes = np.arange(32, dtype=np.uint8).reshape(2, 16)
    decoded = quantiser.decode(codes)
    assert decoded.shape == (2, 128)
    np.testing.assert_array_equal(decoded[1, 24:32], quantiser.codebooks[3, 19])


def test_what_was_decoded_is_coded_alike(quantiser):
    codes = quantiser.encode(draw_descriptors(50))
    np.testing.assert_array_equal(quantiser.encode(quantiser.decode(codes)), codes)


def test_no_descriptors_have_no_codes(quantiser):
    codes = quantiser.encode(np.zeros((0, 128), np.uint8))
    assert codes.shape == (0, 16)
    assert quantiser.decode(codes).shape == (0, 128)


def test_codebooks_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="codebooks"):
        ProductQuantiser(np.zeros((8, 256, 16), np.uint8))
