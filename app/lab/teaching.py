"""Training of learnt similarities for `compare`, on works that are not queries."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.commands.shared import say
from app.lab.asking import Asker
from app.lab.collection import Collection
from app.lab.labelled import VIEW_PROFILE
from app.lab.picture_cache import PictureCache
from app.lab.report import file_name
from app.lab.result_cache import ResultCache, Seen
from app.lab.train_similarity import learn
from app.lab.vector_method import VectorMethod
from app.retrieval.errors import TrainingError
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.measures.structural import StructuralInput
from app.retrieval.simulation.photo import PROFILES

LABEL = "artist"
"""What makes two works one kind."""
MOST_LESSONS = 2000
"""Works to learn from, chosen at random: three minutes on one core."""


def teach(
    asker: Asker,
    works: Collection,
    lessons: Sequence[int],
    options: argparse.Namespace,
    result_cache: ResultCache,
) -> None:
    """Give every method that can use one a similarity of its own, learnt from lessons.

    If nothing can be learnt from these works, that is said, and the methods are
    compared without.
    """
    name, seed = options.model.name, options.seed
    rng = np.random.default_rng([seed, 9])
    chosen: list[int] = sorted(rng.permutation(lessons).tolist()[:MOST_LESSONS])
    artists = works.labels(LABEL)
    labels = [artists[position] for position in chosen]
    for method in asker.methods:
        if not isinstance(method, VectorMethod) or not method.learns:
            continue

        def write(path: Path, method: VectorMethod = method) -> None:
            def photograph(position: int) -> Seen:
                photo = works.photo(position, PROFILES[VIEW_PROFILE])
                return {"view": method.describe(PictureCache(photo))}

            title = f"Photographing works for {method.name}"
            views = [
                seen["view"] for seen in result_cache.each(title, chosen, photograph)
            ]
            structural = StructuralInput(
                asker.luminance(chosen), method.descriptors[chosen]
            )
            learn(structural, np.stack(views), labels, name, seed).save(path)

        try:
            path = result_cache.file(f"{file_name(method.name)}.npz", write)
        except TrainingError as error:
            say(f"No similarity is learnt for {method.name}: {error}")
        else:
            method.compare_by(LearntSimilarity.load(path, model_id=name))
