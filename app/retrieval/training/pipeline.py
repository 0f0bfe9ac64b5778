"""Training pipeline: from a catalogue and its pictures to a model folder."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.retrieval.descriptors.backbone import BACKBONES, build_backbone
from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.network import build_network
from app.retrieval.descriptors.openvino_network import has_bfloat16
from app.retrieval.descriptors.weights import load_head
from app.retrieval.errors import TrainingError
from app.retrieval.files.atomic import staged_folder
from app.retrieval.runtime.keras import has_gpu, keras
from app.retrieval.training.assessment import (
    PROFILES_MEASURED,
    STYLE_LABELS,
    recalls,
    simulate_queries,
)
from app.retrieval.training.card import write_card
from app.retrieval.training.components.notice import WEIGHTS
from app.retrieval.training.components.whitening import (
    MAX_SAMPLES,
    PHOTOS_PER_SAMPLE,
    Choice,
    HeldOutWorks,
    choose_whitening,
    pooled_vectors,
)
from app.retrieval.training.data.works import Classes, TrainingWork, catalogue_classes
from app.retrieval.training.learning import PARTS
from app.retrieval.training.model_folder import CARD_FILE, write_network
from app.retrieval.training.network.class_head import (
    cluster_classes,
    fit_class_head,
    imagenet_classes,
    pooled_features,
)
from app.retrieval.training.network.finetune import FineTuner, interpolate
from app.retrieval.training.network.precision import choose_precision
from app.retrieval.training.network.teacher import TEACHERS, Teaching, ask_teacher
from app.retrieval.training.plan import (
    CATALOGUE,
    IMAGENET_CLASSES,
    Reporter,
    TrainingPlan,
)
from app.retrieval.training.samples import Samples, prepare_samples
from app.retrieval.types import FloatArray, Image

PART = 64
"""Photos that are held at a time, where there are thousands."""


def train(
    plan: TrainingPlan,
    works: Sequence[TrainingWork],
    out_dir: Path,
    build_dir: Path,
    reporter: Reporter,
) -> ModelManifest:
    """Learn a model and write its folder.

    Stopped at any moment it goes on where it was, given the same plan and works;
    the folder appears only when all of it is done.

    Parameters
    ----------
    plan : TrainingPlan
    works : sequence of TrainingWork
    out_dir : Path
        The model folder; replaced if it exists.
    build_dir : Path
        For decoded pictures and checkpoints.
    reporter : Reporter

    Returns
    -------
    manifest : ModelManifest
        Of the written model.

    Raises
    ------
    WeightsUnavailableError
        If the plan's weights or classes cannot be had.
    TrainingError
        If there are too few pictures to train on, or training diverges.
    """
    folder = build_dir / f"{plan.backbone}-{plan.fingerprint(works)}"
    folder.mkdir(parents=True, exist_ok=True)
    samples = prepare_samples(plan, works, folder, reporter)
    if len(samples.trained_on) < 2:
        raise TrainingError("There are fewer than two usable pictures to train on.")
    network, classes, course = _learn(plan, samples, folder, reporter)
    chosen = _whiten(plan, samples, network, reporter)
    figures: dict[str, Any] = {
        f"whitening {name}, hard photos": found
        for name, found in chosen.figures.items()
    }
    with staged_folder(out_dir) as staging:
        manifest = ModelManifest(
            plan.name,
            plan.backbone,
            plan.layer,
            BACKBONES[plan.backbone].stride,
            plan.frames,
            chosen.network.output["descriptor"].shape[-1],
            classes.names,
            pooling=chosen.pooling,
        )
        write_network(chosen.network, manifest, staging)
        manifest = choose_precision(manifest, staging, samples.gallery)
        reporter.say("Measuring on works that were not trained on.")
        figures |= measure(staging, samples, plan.seed)
        for learn in PARTS.values():
            figures |= learn(plan, samples, staging, reporter)
        manifest = replace(
            manifest,
            training={
                "seed": plan.seed,
                "data": _data(plan, samples),
                "recipe": {**_recipe(plan), **course},
                "figures": figures,
            },
        )
        manifest.write(staging)
        (staging / CARD_FILE).write_text(write_card(manifest), encoding="utf-8")
    return manifest


def measure(model_dir: Path, samples: Samples, seed: int) -> Mapping[str, Any]:
    """Find simulated photos of all held-out works by their descriptors alone.

    With the finished network as it will run, in a gallery of all works.
    """
    if not len(samples.held_out):
        return {}
    descriptor = Descriptor.open(model_dir)
    gallery = descriptor.describe_many(samples.gallery)
    return {
        f"held-out works, {profile} photos": recalls(
            descriptor.describe_many(
                simulate_queries(samples.bank, samples.held_out, profile, seed=seed)
            ),
            gallery,
            samples.held_out,
        )
        for profile in PROFILES_MEASURED
    }


def _learn(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> tuple[keras.Model, Classes, Mapping[str, Any]]:
    """Learn all of the network but its whitening, and tell how that went."""
    with _precision(plan):
        backbone = build_backbone(
            plan.backbone, weights=plan.weights, layer=plan.layer, seed=plan.seed
        )
    keras.utils.set_random_seed(plan.seed)
    teaching = _teaching(plan, samples, folder, reporter)
    if teaching is None:
        classes = _choose_classes(plan, samples, backbone, reporter)
    else:
        classes = Classes(teaching.classes, teaching.probabilities)
    network = _network(plan, backbone, classes)
    # Classes of a catalogue are this catalogue's: those of a file may be any.
    has_head = teaching is not None and load_head(network, Path(plan.weights))
    if has_head:
        reporter.say("Classes are those of the given weights.")
    if plan.is_trained:
        before = network.get_weights()
        course = _fine_tune(plan, samples, classes, network, teaching, folder, reporter)
        # Calculated with fewer digits while training; from here on with all.
        fresh = build_backbone(plan.backbone, layer=plan.layer)
        exact = _network(plan, fresh, classes)
        after = network.get_weights()
        exact.set_weights(interpolate(before, after, plan.kept_share))
        return exact, classes, course
    if not has_head:
        pictures = [samples.bank[i] for i in samples.trained_on]
        reporter.say("Fitting the class head.")
        features = pooled_features(network, pictures, plan.frames)
        fit_class_head(network, features, classes, seed=plan.seed)
    return network, classes, {}


@contextmanager
def _precision(plan: TrainingPlan) -> Iterator[None]:
    """Build what is to be trained for bfloat16 where the device is faster with it."""
    before = keras.config.dtype_policy()
    if plan.is_trained and (has_gpu() or has_bfloat16()):
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _network(
    plan: TrainingPlan, backbone: keras.Model, classes: Classes
) -> keras.Model:
    return build_network(
        backbone,
        class_count=len(classes.names),
        dimension=plan.dimension,
        top_classes=plan.top_classes,
        extra_convolution=plan.extra_convolution,
    )


def _teaching(
    plan: TrainingPlan, samples: Samples, folder: Path, reporter: Reporter
) -> Teaching | None:
    """Ask the plan's teacher, if there is one, of all pictures that are trained on."""
    if plan.teacher is None:
        return None
    pictures = [samples.bank[i] for i in samples.trained_on]
    return ask_teacher(TEACHERS[plan.teacher](), pictures, folder, reporter)


def _choose_classes(
    plan: TrainingPlan, samples: Samples, backbone: keras.Model, reporter: Reporter
) -> Classes:
    """Make the classes, with a row of targets per picture that is trained on."""
    if plan.classes == CATALOGUE:
        classes = catalogue_classes(samples.labelled)
        if len(classes.names) > 1:
            reporter.say(f"{len(classes.names)} classes from the catalogue.")
            # Invented schools and artists are nothing to tell a visitor about.
            missing = len(samples.trained_on) - len(classes.targets)
            targets = np.pad(classes.targets, ((0, missing), (0, 0)))
            return Classes(classes.names, targets)
        reporter.say("The catalogue has no classes to learn from: taking clusters.")
    pictures = [samples.bank[i] for i in samples.trained_on]
    if plan.classes == IMAGENET_CLASSES:
        reporter.say("Asking the published network for its classes.")
        return imagenet_classes(plan.backbone, pictures)
    reporter.say("Clustering the pictures.")
    network = _network(plan, backbone, Classes(("any",), np.zeros((0, 1), np.float32)))
    features = pooled_features(network, pictures, plan.frames)
    return cluster_classes(features, seed=plan.seed)


def _fine_tune(
    plan: TrainingPlan,
    samples: Samples,
    classes: Classes,
    network: keras.Model,
    teaching: Teaching | None,
    folder: Path,
    reporter: Reporter,
) -> Mapping[str, Any]:
    """Train the network; return how, for how long and with what success."""
    taught = {} if teaching is None else teaching.features
    tuner = FineTuner(network, plan, samples, classes.targets, folder, taught)
    tuner.run(reporter.step)
    recipe = asdict(plan.fine_tuning)
    recipe["sides_px"] = {f"from {at:.0%}": side for at, side in recipe["sides_px"]}
    device = "GPU" if has_gpu() else f"{os.cpu_count()} CPU cores"
    return {
        **{name.replace("_", " "): value for name, value in recipe.items()},
        "steps": tuner.step,
        "minutes": round(tuner.elapsed_seconds / 60, 1),
        "device": f"{device}, Keras on {keras.backend.backend()}",
        "history": tuner.history,
    }


def _whiten(
    plan: TrainingPlan, samples: Samples, network: keras.Model, reporter: Reporter
) -> Choice:
    """Choose pooling and whitening on held-out works, if there are any."""
    reporter.say("Learning the whitening.")

    def vectors_of(pictures: Sequence[Image]) -> list[FloatArray]:
        return pooled_vectors(network, pictures, plan.frames)

    bank = samples.bank
    learnt_from = samples.trained_on[:: -(-len(samples.trained_on) // MAX_SAMPLES)]
    queries = simulate_queries(bank, samples.examined, "hard", seed=plan.seed)
    return choose_whitening(
        network,
        vectors_of([bank[i] for i in learnt_from]),
        [
            vectors
            for turn in range(1, PHOTOS_PER_SAMPLE + 1)
            for part in np.array_split(learnt_from, -(-len(learnt_from) // PART))
            for vectors in vectors_of(
                simulate_queries(bank, part, "hard", seed=plan.seed + turn)
            )
        ],
        HeldOutWorks(
            vectors_of(queries),
            vectors_of(samples.gallery if queries else []),
            samples.examined,
            {
                name: [work.label.get(name, "") for work in samples.works]
                for name in STYLE_LABELS
            },
        ),
        joined_dimension=plan.joined_dimension or plan.dimension,
        is_trained=plan.is_trained,
    )


def _data(plan: TrainingPlan, samples: Samples) -> Mapping[str, Any]:
    works = len(samples.works)
    return {
        "works": works,
        "held out": len(samples.held_out),
        "held-out rule": "app.retrieval.training.data.works.is_held_out, with the seed",
        "unlabelled pictures": len(samples.bank) - works - plan.generated,
        "generated pictures": plan.generated,
        "artists": len({work.label.get("artist", "") for work in samples.works}),
    }


def _recipe(plan: TrainingPlan) -> Mapping[str, Any]:
    return {
        "backbone": plan.backbone,
        "weights": Path(plan.weights).name,
        "classes": plan.classes if plan.teacher is None else plan.teacher,
        "teacher": plan.teacher or "none",
        "top classes": plan.top_classes,
        "extra convolution": plan.extra_convolution,
        "share of the starting weights": plan.kept_share,
        "seed": plan.seed,
        "semantic weights": WEIGHTS,
    }
