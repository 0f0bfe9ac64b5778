"""Teaching a similarity while methods are compared, by works that are not asked for."""

from collections.abc import Sequence

import numpy as np

from app.cli import say, watch
from app.lab.asking import Asker
from app.lab.collection import Collection
from app.lab.glance import Glance
from app.lab.labelled import VIEW_PROFILE
from app.lab.similarity import learn
from app.lab.vector_method import VectorMethod
from app.retrieval.errors import TrainingError
from app.retrieval.measures.structural import Sight
from app.retrieval.perturbations import PROFILES

LABEL = "artist"
"""What makes two works one kind."""


def teach(
    asker: Asker, works: Collection, lessons: Sequence[int], name: str, seed: int
) -> None:
    """Give every method that can use one a similarity of its own.

    If nothing can be learnt from these works, that is said, and the methods are
    compared without.

    Parameters
    ----------
    asker : Asker
        That knows the works.
    works : Collection
    lessons : sequence of int
        Positions of the works to learn from.
    name : str
        Of the model that describes them.
    seed : int
    """
    profile = PROFILES[VIEW_PROFILE]
    rows = np.array(lessons)
    labels = [works.labels(LABEL)[position] for position in lessons]
    for method in asker.methods:
        if not isinstance(method, VectorMethod) or not method.learns:
            continue
        views = np.stack(
            [
                method.describe(Glance(works.photo(position, profile)))
                for position in watch(lessons, len(lessons), "Photographing works")
            ]
        )
        sight = Sight(asker.luminance(lessons), method.descriptors[rows])
        try:
            method.compare_by(learn(sight, views, labels, name, seed))
        except TrainingError as error:
            say(f"No similarity is learnt for {method.name}: {error}")
