import numpy as np
import pytest

from app.retrieval.errors import TrainingError
from app.retrieval.measures.distances import Euclidean
from app.retrieval.measures.structural import StructuralInput

pytestmark = pytest.mark.slow

CLASSES, MEMBERS, DIMENSION = 6, 16, 24


def drawn(seed):
    """Pictures of classes: large differences mean nothing, small ones the class."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(CLASSES), MEMBERS)
    vectors = rng.normal(size=(len(labels), DIMENSION)).astype(np.float32)
    vectors[:, :12] *= 2
    vectors[:, 12:] *= 0.3
    vectors[:, 12:] += np.random.default_rng(99).normal(size=(CLASSES, 12))[labels]
    grey = rng.random((len(labels), 16, 16)).astype(np.float32)
    views = vectors + rng.normal(0, 0.05, vectors.shape).astype(np.float32)
    return StructuralInput(grey, vectors), views, [f"class {label}" for label in labels]


def learn(seed=0, examples=None):
    from app.retrieval.training.similarity.learning import Examples, learn_similarity

    return learn_similarity(
        Examples(*(examples or drawn(1))), model_id="m1", seed=seed, workers=2
    )


@pytest.fixture(scope="module")
def learnt():
    return learn()


def assess(measure):
    from app.retrieval.training.similarity.assessment import assess

    seen, views, labels = drawn(2)
    return assess(measure, seen.features, views, labels, seed=0)


def test_it_beats_the_plain_distance_on_pictures_not_learnt_from(learnt):
    plain, better = assess(Euclidean()), assess(learnt)
    assert better.figures["all"].auc > plain.figures["all"].auc + 0.15
    assert better.figures["hard"].auc > plain.figures["hard"].auc + 0.15
    assert better.precision > plain.precision + 0.2


@pytest.fixture
def few_steps(monkeypatch):
    """Learn for a moment, where it does not matter how well."""
    from app.retrieval.training.similarity import learning

    monkeypatch.setattr(learning, "STEPS", 20)


def test_the_same_seed_learns_the_same(few_steps, tmp_path):
    for name, seed in {"a": 0, "b": 0, "c": 1}.items():
        learn(seed).save(tmp_path / name)
    content = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert content["a"] == content["b"]
    assert content["a"] != content["c"]


def test_a_photo_of_a_picture_is_more_alike_than_another_class(learnt):
    seen, views, labels = drawn(2)
    own = [
        learnt.score(v, w[None])[0] for v, w in zip(seen.features, views, strict=True)
    ]
    others = [
        learnt.score(vector, seen.features[np.array(labels) != label]).mean()
        for vector, label in zip(seen.features, labels, strict=True)
    ]
    assert np.mean(np.array(own) > np.array(others)) > 0.95


def test_scores_are_those_of_the_keras_network(few_steps, monkeypatch):
    from app.retrieval.training.similarity import learning as similarity

    networks = []
    export = similarity._Network.export

    def remembered(self, *arguments):
        networks.append((self._model, *arguments))
        return export(self, *arguments)

    monkeypatch.setattr(similarity._Network, "export", remembered)
    learnt = learn()
    network, _, mean, scale = networks[0]
    vectors = drawn(2)[0].features
    scaled = (vectors - mean) / scale
    expected = network.predict(
        [np.repeat(scaled[:1], len(scaled), 0), scaled], verbose=0
    )
    scores = learnt.score(vectors[0], vectors)
    assert scores == pytest.approx(expected[:, 0], abs=1e-3)


def test_progress_is_told_to_the_end(few_steps):
    from app.retrieval.training.similarity import learning as similarity

    told = []
    similarity.learn_similarity(
        similarity.Examples(*drawn(1)),
        model_id="m1",
        seed=0,
        progress=lambda *news: told.append(news),
    )
    ends = [what for done, total, what in told if done == total]
    assert ends == ["Comparing pictures", "Learning the similarity"]
    assert told[0] == (1, CLASSES * MEMBERS, "Comparing pictures")


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        (["a"] * 8, "at least 2 classes"),
        ([""] * 8, "there are 0"),
        (list("abcdefgh"), "No two pictures"),
    ],
)
def test_labels_that_teach_nothing_are_explained(labels, fault):
    seen, views, _ = drawn(1)
    with pytest.raises(TrainingError, match=fault):
        learn(examples=(seen[:8], views[:8], labels))


def test_descriptors_that_are_all_the_same_are_explained():
    seen, views, _ = drawn(1)
    same = StructuralInput(seen.luminance[:8], np.ones((8, DIMENSION), np.float32))
    with pytest.raises(TrainingError, match="same descriptor"):
        learn(examples=(same, views[:8], list("aabbccdd")))
