import shutil

import numpy as np
import pytest

from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.local import inverted_index, inverted_index_writer, voting
from app.retrieval.local.inverted_index import ARRAY_NAMES, InvertedIndex
from app.retrieval.local.inverted_index_writer import InvertedIndexWriter
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import LocalFeatures
from tests.retrieval.local.test_vocabulary import draw_vocabulary

SETTINGS = ShortlistSettings(local_count=10, assigned_words=3)
VOCABULARY = draw_vocabulary(count=40, cell_count=4)


def draw_features(rng, count, like=None):
    """Descriptors near the words, or near those of another picture."""
    base = VOCABULARY.words if like is None else like.descriptors
    rows = base[rng.integers(0, len(base), count)].astype(int)
    rows += rng.integers(-12, 13, rows.shape)
    xy = rng.uniform(0, 100, (count, 2)).astype(np.float32)
    return LocalFeatures(xy, np.clip(rows, 0, 255).astype(np.uint8), (100, 100))


@pytest.fixture(scope="module")
def gallery():
    rng = np.random.default_rng(0)
    pictures = [draw_features(rng, int(n)) for n in rng.integers(5, 40, 90)]
    pictures[13] = LocalFeatures.empty()
    return pictures


@pytest.fixture(scope="module")
def index(gallery):
    return build(gallery)


def build(pictures):
    return InvertedIndex.build(map(VOCABULARY.code, pictures), VOCABULARY)


def write(folder, pictures):
    writer = InvertedIndexWriter(folder, VOCABULARY)
    for picture in pictures:
        writer.append(VOCABULARY.code(picture))
    writer.finish()
    return InvertedIndex.open(folder, VOCABULARY)


@pytest.fixture(scope="module")
def written(gallery, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    write(folder, gallery)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return tmp_path


def vote(index, features):
    looked_up = voting.look_up(VOCABULARY, features, SETTINGS)
    return voting.cast_votes(index, *looked_up, SETTINGS)


def shortlist(index, features, excluded=None):
    return vote(index, features).shortlist(SETTINGS.local_count, excluded=excluded)


def score_slowly(gallery, query, settings):
    """The definition, feature by feature."""
    posting_words, posting_signatures = [], []
    for picture in gallery:
        words = VOCABULARY.assign(picture.descriptors)
        posting_words.append(words[:, 0])
        posting_signatures.append(VOCABULARY.signatures(picture.descriptors, words))
    holders = [sum(w in words for words in posting_words) for w in range(40)]
    words = VOCABULARY.assign(query.descriptors, settings.assigned_words)
    signatures = VOCABULARY.signatures(query.descriptors, words)
    scores = np.zeros(len(gallery))
    for position, picture in enumerate(gallery):
        for feature in range(len(query)):
            best = 0.0
            for word, signature in zip(
                words[feature], signatures[feature], strict=True
            ):
                for row in np.flatnonzero(posting_words[position] == word):
                    theirs = posting_signatures[position][row, 0]
                    distance = int(signature ^ theirs).bit_count()
                    if distance <= settings.max_hamming:
                        idf = np.log(1 + len(gallery) / holders[word])
                        vote = np.exp(-((distance / settings.hamming_sigma) ** 2))
                        best = max(best, vote * idf**2)
            scores[position] += best * (1 + np.exp(-feature / 150))
        scores[position] /= np.sqrt(max(len(picture), 1))
    return scores


@pytest.mark.parametrize(
    ("chunk", "long_run"),
    [(1, 512), (300, 512), (1 << 17, 512), (300, 50), (300, 1)],
)
def test_scores_agree_with_the_definition(gallery, index, chunk, long_run, monkeypatch):
    monkeypatch.setattr(voting, "CHUNK", chunk)
    # Of one word: none is long, some are, all are.
    monkeypatch.setattr(voting, "LONG_RUN", long_run)
    query = draw_features(np.random.default_rng(1), 25, like=gallery[4])
    expected = score_slowly(gallery, query, SETTINGS)
    np.testing.assert_allclose(
        vote(index, query).scores(),
        expected,
        rtol=1e-5,
    )
    assert np.count_nonzero(expected) > 20


def test_the_picture_that_is_shown_comes_first(gallery, index):
    rng = np.random.default_rng(2)
    for position in (0, 4, 77):
        query = draw_features(rng, 30, like=gallery[position])
        assert shortlist(index, query)[0].position == position


def test_hits_are_sorted_and_limited(gallery, index):
    hits = shortlist(index, gallery[4])
    similarities = [hit.similarity for hit in hits]
    assert len(hits) == SETTINGS.local_count
    assert similarities == sorted(similarities, reverse=True)
    assert similarities[-1] > 0


def test_equal_pictures_are_ordered_by_position(gallery):
    index = build([gallery[2]] * 30)
    hits = shortlist(index, gallery[2])
    assert [hit.position for hit in hits] == list(range(10))


def test_an_excluded_picture_is_not_proposed(gallery, index):
    excluded = np.zeros(len(gallery), np.bool_)
    excluded[4] = True
    hits = shortlist(index, gallery[4], excluded=excluded)
    assert 4 not in [hit.position for hit in hits]
    assert len(hits) == SETTINGS.local_count
    assert shortlist(index, gallery[4])[0].position == 4


def test_a_gallery_of_one_picture_is_found(gallery):
    index = build(gallery[:1])
    assert [hit.position for hit in shortlist(index, gallery[0])] == [0]


@pytest.mark.parametrize("pictures", [[], [LocalFeatures.empty()]])
def test_an_empty_gallery_answers_nothing(gallery, pictures, tmp_path):
    for index in (build(pictures), write(tmp_path, pictures)):
        assert shortlist(index, gallery[0]) == ()
        assert len(index) == len(pictures)


def test_a_photo_without_features_finds_nothing(index):
    assert shortlist(index, LocalFeatures.empty()) == ()


def test_a_written_index_is_the_one_in_memory(index, written):
    opened = InvertedIndex.open(written, VOCABULARY)
    for name in ARRAY_NAMES:
        np.testing.assert_array_equal(getattr(opened, name), getattr(index, name))
    assert isinstance(opened.signatures.base, np.memmap)
    assert len(list(written.iterdir())) == len(ARRAY_NAMES) + 1


@pytest.mark.parametrize(("buffered", "ranges"), [(1, 3), (100, 64), (1 << 18, 1)])
def test_how_postings_are_sorted_does_not_matter(
    gallery, written, tmp_path, monkeypatch, buffered, ranges
):
    monkeypatch.setattr(inverted_index_writer, "BUFFERED_ROWS", buffered)
    monkeypatch.setattr(inverted_index_writer, "RANGES", ranges)
    write(tmp_path, gallery)
    for name in ARRAY_NAMES:
        one, two = (folder / f"{name}.npy" for folder in (written, tmp_path))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("pictures", [1, 7, 89, 90])
def test_blocks_of_a_large_gallery_do_not_matter(
    gallery, index, tmp_path, monkeypatch, pictures
):
    query = gallery[4]
    expected = vote(index, query).scores()
    monkeypatch.setattr(inverted_index, "BLOCK_PICTURES", pictures)
    for cut in (build(gallery), write(tmp_path, gallery)):
        assert cut.block_count == -(-len(gallery) // pictures)
        np.testing.assert_array_equal(vote(cut, query).scores(), expected)


def test_another_vocabulary_is_refused(written):
    other = draw_vocabulary(count=40, cell_count=4, seed=5)
    with pytest.raises(IncompatibleArtefactError):
        InvertedIndex.open(written, other)


@pytest.mark.parametrize("name", [*ARRAY_NAMES, "inverted_index"])
def test_missing_and_broken_files_are_named(folder, name):
    path = next(folder.glob(f"{name}.*"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DamagedArtefactError):
        InvertedIndex.open(folder, VOCABULARY)
    path.unlink()
    with pytest.raises(MissingArtefactError) as caught:
        InvertedIndex.open(folder, VOCABULARY)
    assert caught.value.path == path


def test_arrays_of_two_indexes_are_damaged(gallery, folder):
    np.save(folder / "offsets.npy", build(gallery[:40]).offsets)
    with pytest.raises(DamagedArtefactError):
        InvertedIndex.open(folder, VOCABULARY)


def test_features_that_do_not_count_have_not_voted(gallery, index):
    query = gallery[4]
    counted = np.zeros(len(query), np.bool_)
    counted[::2] = True
    cast = vote(index, query)
    # A feature's weight is that of its place among all of the photo's.
    alone = vote(index, query).scores(counted)
    rest = vote(index, query).scores(~counted)
    np.testing.assert_allclose(alone + rest, cast.scores())
    assert cast.shortlist(3, counted=np.zeros(len(query), np.bool_)) == ()


def test_votes_for_two_indexes_are_joined_in_order(gallery, index):
    cast = vote(index, gallery[4])
    joined = voting.JoinedTally([cast, cast], [len(gallery)] * 2)
    excluded = np.zeros(2 * len(gallery), np.bool_)
    excluded[len(gallery) + 4] = True
    found = [hit.position for hit in joined.shortlist(3, excluded=excluded)]
    alone = [hit.position for hit in cast.shortlist(3)]
    assert found[0] == alone[0] == 4
    assert found[1:] == [alone[1], len(gallery) + alone[1]]
