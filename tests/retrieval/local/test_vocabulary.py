import numpy as np
import pytest

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.types import CodedFeatures, LocalFeatures


def draw_vocabulary(count=60, cell_count=6, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.integers(40, 200, (cell_count, 128))
    cells = np.sort(rng.integers(0, cell_count, count))
    cells[:cell_count] = np.arange(cell_count)
    cells.sort()
    words = centres[cells] + rng.integers(-20, 20, (count, 128))
    basis, _ = np.linalg.qr(rng.normal(size=(128, 64)))
    projection = np.ascontiguousarray(basis.T, np.float32)
    return Vocabulary(
        words.astype(np.uint8),
        cells.astype(np.uint16),
        projection,
        (words @ projection.T).astype(np.float16),
        draw_codebooks(rng),
    )


def draw_codebooks(rng):
    return rng.integers(0, 256, (16, 256, 8)).astype(np.uint8)


@pytest.fixture(scope="module")
def vocabulary():
    return draw_vocabulary()


@pytest.fixture(scope="module")
def descriptors():
    return np.random.default_rng(1).integers(0, 256, (2000, 128)).astype(np.uint8)


def nearest_slowly(vocabulary, descriptors, count):
    differences = descriptors[:, None].astype(int) - vocabulary.words[None].astype(int)
    distances = (differences**2).sum(axis=2)
    return np.argsort(distances, axis=1, kind="stable")[:, :count]


def test_assignment_with_all_cells_is_exact(vocabulary, descriptors):
    assigned = vocabulary.assign(descriptors, 3, probed_cells=6)
    np.testing.assert_array_equal(assigned, nearest_slowly(vocabulary, descriptors, 3))


def test_assignment_with_few_cells_is_nearly_exact(vocabulary):
    rng = np.random.default_rng(2)
    near = vocabulary.words[rng.integers(0, 60, 400)] + rng.integers(0, 30, (400, 128))
    near = near.astype(np.uint8)
    assigned = vocabulary.assign(near, probed_cells=2)[:, 0]
    exact = nearest_slowly(vocabulary, near, 1)[:, 0]
    assert np.mean(assigned == exact) > 0.95


def test_a_word_is_its_own_nearest(vocabulary):
    assigned = vocabulary.assign(vocabulary.words)
    np.testing.assert_array_equal(assigned[:, 0], np.arange(60))


def test_no_descriptors_have_no_words(vocabulary):
    nothing = np.zeros((0, 128), np.uint8)
    words = vocabulary.assign(nothing, 3)
    assert words.shape == (0, 3)
    assert vocabulary.signatures(nothing, words).shape == (0, 3)


def test_a_signature_by_hand(vocabulary):
    projected = vocabulary.projection @ vocabulary.words[7].astype(np.float32)
    signed = vocabulary.signatures(vocabulary.words[7:8], np.array([[3, 7]], np.int32))
    above = projected > vocabulary.thresholds[3]
    expected = sum(1 << i for i, bit in enumerate(above) if bit)
    assert signed[0, 0] == expected


def test_near_descriptors_have_near_signatures(vocabulary):
    rng = np.random.default_rng(3)
    words = np.zeros((500, 1), np.int32)
    near = vocabulary.words[:1] + rng.integers(-9, 9, (500, 128))
    moved = near + rng.integers(-1, 2, near.shape)
    one, other = (
        vocabulary.signatures(np.clip(d, 0, 255).astype(np.uint8), words)
        for d in (near, moved)
    )
    distances = np.bitwise_count(one ^ other)
    assert distances.mean() < 8
    assert np.bitwise_count(one ^ np.roll(one, 1)).mean() > 24


def test_a_saved_vocabulary_comes_back(vocabulary, tmp_path):
    vocabulary.save(tmp_path / "v.npz")
    loaded = Vocabulary.load(tmp_path / "v.npz")
    assert loaded.fingerprint == vocabulary.fingerprint
    np.testing.assert_array_equal(loaded.words, vocabulary.words)


def test_another_vocabulary_has_another_fingerprint(vocabulary):
    assert draw_vocabulary(seed=9).fingerprint != vocabulary.fingerprint


def test_a_missing_vocabulary_is_named(tmp_path):
    with pytest.raises(MissingArtefactError) as caught:
        Vocabulary.load(tmp_path / "v.npz")
    assert caught.value.path == tmp_path / "v.npz"


@pytest.mark.parametrize("kept", [0, 10, 3000])
def test_a_vocabulary_cut_short_is_damaged(vocabulary, tmp_path, kept):
    path = tmp_path / "v.npz"
    vocabulary.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedArtefactError):
        Vocabulary.load(path)


def test_a_file_of_other_arrays_is_damaged(tmp_path):
    np.savez(tmp_path / "v.npz", words=np.zeros((3, 128)))
    with pytest.raises(DamagedArtefactError):
        Vocabulary.load(tmp_path / "v.npz")


def test_arrays_that_do_not_belong_together_are_refused(vocabulary):
    with pytest.raises(ValueError, match="thresholds"):
        Vocabulary(
            vocabulary.words,
            vocabulary.cells,
            vocabulary.projection,
            vocabulary.thresholds[:-1],
            vocabulary.codebooks,
        )
    with pytest.raises(ValueError, match="cells"):
        Vocabulary(
            vocabulary.words,
            vocabulary.cells[::-1],
            vocabulary.projection,
            vocabulary.thresholds,
            vocabulary.codebooks,
        )


def test_impossible_counts_are_refused(vocabulary, descriptors):
    with pytest.raises(ValueError, match="count"):
        vocabulary.assign(descriptors, 61)
    with pytest.raises(ValueError, match="descriptors"):
        vocabulary.assign(descriptors[:, :64])


def test_features_are_coded_with_words_and_signatures(vocabulary, descriptors):
    xy = np.random.default_rng(3).uniform(0, 639, (50, 2)).astype(np.float32)
    features = LocalFeatures(xy, descriptors[:50], (480, 640))
    coded = vocabulary.code(features)
    words = vocabulary.assign(features.descriptors)
    np.testing.assert_array_equal(coded.words, words[:, 0])
    signatures = vocabulary.signatures(features.descriptors, words)
    np.testing.assert_array_equal(coded.signatures, signatures[:, 0])
    np.testing.assert_allclose(coded.xy / CodedFeatures.STEPS_PER_PX, xy, atol=1 / 128)
    assert coded.size == (480, 640)
    decoded = vocabulary.quantiser.decode(coded.codes)
    assert np.array_equal(vocabulary.quantiser.encode(decoded), coded.codes)


def test_a_picture_too_large_for_two_bytes_is_refused(vocabulary):
    with pytest.raises(ValueError, match="1024"):
        vocabulary.code(LocalFeatures.empty((10, 1024)))
    assert len(vocabulary.code(LocalFeatures.empty((10, 1023)))) == 0
