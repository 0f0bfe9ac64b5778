"""Training steps that add to a model folder what is learnt beside its network."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.semantic import SemanticDescriptor, has_semantic_part
from app.retrieval.descriptors.style import appearance
from app.retrieval.errors import TrainingError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.codec import read
from app.retrieval.local import rootsift
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.model import (
    DECISION_FILE,
    STYLE_FILE,
    VOCABULARY_FILE,
    Describer,
    Model,
)
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.training.assessment import (
    PROFILES_MEASURED,
    STYLE_LABELS,
    precision_of_similar,
    recalls,
    simulate_queries,
)
from app.retrieval.training.components.decision import (
    FOLDS,
    learn_decision,
    share_of_versions_found,
)
from app.retrieval.training.components.evidence import UNDECIDED, gather_samples
from app.retrieval.training.components.questions import (
    QuestionSet,
    banner_references,
    photographed_works,
)
from app.retrieval.training.components.semantic import learn_semantic
from app.retrieval.training.components.style import learn_style
from app.retrieval.training.components.vocabulary import learn_vocabulary
from app.retrieval.training.components.whitening import MAX_SAMPLES
from app.retrieval.training.data.works import TrainingWork
from app.retrieval.training.plan import Reporter, TrainingPlan
from app.retrieval.training.samples import Samples
from app.retrieval.types import GalleryFeatures, GalleryItem, Image

FALSE_ACCEPT_RATE = 0.01
SETTINGS = LocalSettings()


def add_vocabulary(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> Mapping[str, Any]:
    """Write the visual words: the plan's, or learnt from the collection.

    Returns
    -------
    figures : mapping
        None.
    """
    if plan.vocabulary_path is not None:
        shutil.copyfile(plan.vocabulary_path, folder / VOCABULARY_FILE)
        return {}
    descriptors = [
        rootsift.extract(
            image, side_px=SETTINGS.reference_side_px, count=SETTINGS.reference_features
        ).descriptors
        for _, image in _pictures(samples, reporter, "Extracting local features")
    ]
    learn_vocabulary(
        descriptors,
        rng=np.random.default_rng([plan.seed, 3]),
        progress=lambda done, total: reporter.count(
            done, total, "Learning visual words"
        ),
    ).save(folder / VOCABULARY_FILE)
    return {}


def add_semantic(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> Mapping[str, Any]:
    """Write the semantic descriptor, whitened on the works that are trained on.

    Returns
    -------
    figures : mapping
        How well it alone finds simulated photos of held-out works among all.
    """
    reporter.say("Whitening the semantic descriptor.")
    learnt_from = [i for i in samples.trained_on if i < len(samples.works)]
    learn_semantic((samples.bank[i] for i in learnt_from[:MAX_SAMPLES]), folder)
    if not len(samples.held_out):
        return {}
    descriptor = SemanticDescriptor.open(folder)
    gallery = np.stack(
        [descriptor.describe_reference(each).descriptor for each in samples.gallery]
    )
    figures = {}
    for profile in PROFILES_MEASURED:
        photos = simulate_queries(
            samples.bank, samples.held_out, profile, seed=plan.seed
        )
        asked = np.stack([descriptor.describe(photo).descriptor for photo in photos])
        name = f"semantic descriptor, held-out works, {profile} photos"
        figures[name] = recalls(asked, gallery, samples.held_out)
    return figures


def add_style(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> Mapping[str, Any]:
    """Learn the style from the works that are trained on, and write it.

    Returns
    -------
    figures : mapping
        How alike held-out works are to the works that they are most similar to.
    """
    describer: Describer = (
        SemanticDescriptor.open(folder)
        if has_semantic_part(folder)
        else Descriptor.open(folder)
    )
    appearances = []
    for _, image in _pictures(samples, reporter, "Looking at styles"):
        means = describer.describe(image).feature_means
        appearances.append(appearance(image, means))
    learnt_from = [i for i in samples.trained_on if i < len(samples.works)]
    labels = {
        name: [work.label.get(name, "") for work in samples.works]
        for name in STYLE_LABELS
    }
    style, is_labelled = learn_style(
        np.stack([appearances[i] for i in learnt_from]),
        [[values[i] for i in learnt_from] for values in labels.values()],
    )
    if not is_labelled:
        reporter.say("The catalogue names no artists and schools to learn style from.")
    style.save(folder / STYLE_FILE)
    styles = np.stack([style.apply(each) for each in appearances])
    return {
        "similar works": {
            f"{name} precision@10": precision_of_similar(
                styles, labels[name], samples.held_out, least=least
            )
            for name, least in STYLE_LABELS.items()
        }
    }


def add_decision(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> Mapping[str, Any]:
    """Learn the decision from the finished parts of a model, and write it.

    From photos as :mod:`app.retrieval.training.components.questions` makes them.

    Returns
    -------
    figures : mapping
        The false-accept rate that was asked for, and what passes at it.

    Raises
    ------
    TrainingError
        If there are too few works to learn from.
    """
    descriptor = Descriptor.open(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY_FILE)
    semantic = SemanticDescriptor.open(folder) if has_semantic_part(folder) else None
    model = Model("untold", descriptor, vocabulary, UNDECIDED, semantic=semantic)
    references = _references(plan, samples)

    def index(number: int) -> tuple[GalleryItem, GalleryFeatures]:
        work_id, picture = references[number]
        features = model.reference_features(picture(), SETTINGS)
        return GalleryItem(str(number), work_id), features

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        indexed = []
        for pair in pool.map(index, range(len(references))):
            indexed.append(pair)
            reporter.count(len(indexed), len(references), "Indexing the collection")
    questions = QuestionSet(samples, plan.seed, plan.round_photos)
    gathered = gather_samples(
        Engine(model, Gallery.build(indexed, vocabulary)),
        questions,
        lambda done: reporter.count(done, len(questions), "Asking photos"),
    )
    right = sum(sample.is_right for sample in gathered)
    fewest = min(right, len(gathered) - right)
    if fewest < FOLDS:
        raise TrainingError(
            f"Only {fewest} simulated photos could be judged, too few to learn the "
            "decision from. More works, or pictures with more detail, would help."
        )
    decision = learn_decision(
        gathered, false_accept_rate=FALSE_ACCEPT_RATE, seed=plan.seed
    )
    decision.save(folder / DECISION_FILE)
    return {
        "decision": {
            "asked-for false-accept rate": decision.false_accept_rate,
            "true-accept rate": decision.true_accept_rate,
            "versions found": share_of_versions_found(decision, gathered),
        }
    }


PARTS: Mapping[
    str, Callable[[TrainingPlan, Samples, Path, Reporter], Mapping[str, Any]]
] = MappingProxyType(
    {
        "vocabulary": add_vocabulary,
        "semantic": add_semantic,
        "style": add_style,
        "decision": add_decision,
    }
)
"""Steps after the network, each from what those before it wrote."""


def _pictures(
    samples: Samples, reporter: Reporter, stage: str
) -> Iterator[tuple[TrainingWork, Image]]:
    """Read the pictures of all works, as large as references are made from."""
    for number, work in enumerate(samples.works, start=1):
        reporter.count(number, len(samples.works), stage)
        yield work, read(work.image_path, max_side_px=2 * SETTINGS.reference_side_px)


def _references(
    plan: TrainingPlan, samples: Samples
) -> Sequence[tuple[str, Callable[[], Image]]]:
    """List all that the decision's gallery holds: work ids, and how to get pictures."""
    side_px = 2 * SETTINGS.reference_side_px
    files = [(work.accession, work.image_path) for work in samples.works]
    if plan.round_photos is not None:
        files += plan.round_photos.references
    drawn = banner_references(photographed_works(samples), plan.seed)
    return [
        *(
            (work_id, partial(read, path, max_side_px=side_px))
            for work_id, path in files
        ),
        *((name, partial(np.asarray, picture)) for name, picture in drawn),
    ]
