"""Renewal of a model folder: some of its parts learnt again, the network kept."""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from app.retrieval.descriptors.backbone import RANDOM
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.errors import IncompatibleArtefactError, TrainingError
from app.retrieval.files.atomic import staged_folder
from app.retrieval.measures.learnt import SIMILARITY_FILE, LearntSimilarity
from app.retrieval.model import model_id_of
from app.retrieval.training.card import renew_card
from app.retrieval.training.components.notice import WEIGHTS
from app.retrieval.training.data.works import TrainingWork
from app.retrieval.training.learning import PARTS
from app.retrieval.training.model_folder import CARD_FILE
from app.retrieval.training.plan import CATALOGUE, Reporter, RoundPhotos, TrainingPlan
from app.retrieval.training.samples import prepare_samples


def renew(
    model_dir: Path,
    parts: Collection[str],
    works: Sequence[TrainingWork],
    build_dir: Path,
    reporter: Reporter,
    *,
    round_photos: RoundPhotos | None = None,
) -> ModelManifest:
    """Learn parts of a model again, or for the first time, and renew its card.

    The works that were held out from the network stay held out. The folder is replaced
    when all of it is done.

    Parameters
    ----------
    model_dir : Path
    parts : collection of str
        Keys of `PARTS`.
    works : sequence of TrainingWork
    build_dir : Path
        For decoded pictures.
    reporter : Reporter
    round_photos : RoundPhotos, optional
        See :class:`TrainingPlan`.

    Returns
    -------
    manifest : ModelManifest
        As it is now.

    Raises
    ------
    ArtefactError
        If there is no such model folder, or published weights cannot be had.
    TrainingError
        If the model does not say what it was trained on, or there are too few pictures.
    """
    manifest = ModelManifest.read(model_dir)
    if "seed" not in manifest.training:
        raise TrainingError(f"{model_dir} does not say which works were held out.")
    plan = replace(_plan_of(manifest), round_photos=round_photos)
    folder = build_dir / f"renewal-{plan.fingerprint(works)}"
    folder.mkdir(parents=True, exist_ok=True)
    samples = prepare_samples(plan, works, folder, reporter)
    if len(samples.trained_on) < 2:
        raise TrainingError("There are fewer than two usable pictures to train on.")
    with staged_folder(model_dir) as staging:
        shutil.copytree(model_dir, staging, dirs_exist_ok=True)
        figures = dict(manifest.training["figures"])
        recipe = dict(manifest.training["recipe"])
        for name, learn in PARTS.items():
            if name in parts:
                figures |= learn(plan, samples, staging, reporter)
        if "semantic" in parts:
            recipe["semantic weights"] = WEIGHTS
        training = {**manifest.training, "recipe": recipe, "figures": figures}
        manifest = replace(manifest, training=training)
        manifest.write(staging)
        card = (model_dir / CARD_FILE).read_text(encoding="utf-8")
        (staging / CARD_FILE).write_text(renew_card(card, manifest), encoding="utf-8")
        _keep_similarity(staging, model_id_of(model_dir))
    return manifest


def _keep_similarity(folder: Path, model_id: str) -> None:
    """Keep a learnt similarity of the model before: its descriptors are the same."""
    path = folder / SIMILARITY_FILE
    if not path.is_file():
        return
    try:
        similarity = LearntSimilarity.load(path, model_id=model_id)
    except IncompatibleArtefactError:
        return  # it did not fit before either
    replace(similarity, model_id=model_id_of(folder)).save(path)


def _plan_of(manifest: ModelManifest) -> TrainingPlan:
    """Plan as far as the parts depend on it; the network is not trained again."""
    return TrainingPlan(
        name=manifest.name,
        backbone=manifest.backbone,
        layer=manifest.layer,
        weights=RANDOM,
        classes=CATALOGUE,
        dimension=manifest.dimension,
        side_px=manifest.frames[0][0],
        seed=manifest.training["seed"],
    )
