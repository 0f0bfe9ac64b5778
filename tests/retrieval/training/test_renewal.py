"""Parts of a model learnt again, with steps that only leave a trace."""

import json
import shutil
from pathlib import Path

import pytest

from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.errors import MissingArtefactError, TrainingError
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.model import model_id_of
from app.retrieval.training.data.works import TrainingWork
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow
BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default"


class QuietReporter:
    """Says nothing."""

    def say(self, text):
        """Keep quiet."""

    def count(self, done, total, what):
        """Keep quiet."""

    def step(self, progress):
        """Keep quiet."""


@pytest.fixture
def works(tmp_path):
    works = []
    for number in range(6):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(encode_jpeg(draw_picture(number)))
        works.append(TrainingWork(f"W-{number}", path))
    return works


@pytest.fixture
def model_dir(tmp_path):
    return Path(shutil.copytree(BUNDLED, tmp_path / "model"))


@pytest.fixture
def renew(works, tmp_path, monkeypatch):
    """Renew with steps that write down that they were asked, and with what seed."""
    from app.retrieval.training import renewal

    def step(name):
        def learn(plan, samples, folder, reporter):
            assert (folder / "descriptor.bin").is_file()
            assert len(samples.works) == 6
            (folder / f"{name}.trace").write_text(str(plan.seed))
            if name == "style":
                shutil.copy(BUNDLED / "vocabulary.npz", folder / "style.npz")
            return {name: {"learnt": 1.0}}

        return learn

    parts = {name: step(name) for name in ("semantic", "style", "decision")}
    monkeypatch.setattr(renewal, "PARTS", parts)

    def renew(model_dir, *parts):
        build = tmp_path / "build"
        return renewal.renew(model_dir, parts, works, build, QuietReporter())

    return renew


def test_only_the_parts_that_are_named_are_learnt_again(renew, model_dir):
    before = ModelManifest.read(model_dir)
    manifest = renew(model_dir, "style", "semantic")
    assert (model_dir / "style.trace").read_text() == str(before.training["seed"])
    assert (model_dir / "semantic.trace").is_file()
    assert not (model_dir / "decision.trace").exists()
    figures = manifest.training["figures"]
    assert figures["style"] == {"learnt": 1.0}
    assert figures["decision"] == before.training["figures"]["decision"]
    assert ModelManifest.read(model_dir) == manifest
    for name in ("descriptor.bin", "vocabulary.npz", "decision.json"):
        assert (model_dir / name).read_bytes() == (BUNDLED / name).read_bytes()


def test_the_card_has_the_new_figures_and_what_a_person_wrote(renew, model_dir):
    renew(model_dir, "style")
    card = (model_dir / "MODEL_CARD.md").read_text()
    assert "- style: learnt 1" in card
    _, heading, by_hand = card.partition("## How this one came about")
    assert heading
    assert by_hand == (BUNDLED / "MODEL_CARD.md").read_text().partition(heading)[2]


def test_without_a_model_or_its_seed_nothing_is_touched(renew, model_dir, tmp_path):
    with pytest.raises(MissingArtefactError):
        renew(tmp_path / "nowhere", "style")
    facts = json.loads((model_dir / "model.json").read_text())
    del facts["training"]["seed"]
    (model_dir / "model.json").write_text(json.dumps(facts))
    with pytest.raises(TrainingError, match="held out"):
        renew(model_dir, "style")
    assert not (model_dir / "style.trace").exists()


def test_a_learnt_similarity_stays_with_the_network_that_it_compares(renew, model_dir):
    before = model_id_of(model_dir)
    LearntSimilarity.load(model_dir / "similarity.npz", model_id=before)
    renew(model_dir, "style")
    after = model_id_of(model_dir)
    assert after != before
    LearntSimilarity.load(model_dir / "similarity.npz", model_id=after)
    stranger = shutil.copytree(model_dir, model_dir.with_name("stranger"))
    (stranger / "style.npz").unlink()
    content = (stranger / "similarity.npz").read_bytes()
    renew(stranger, "decision")
    assert (stranger / "similarity.npz").read_bytes() == content
