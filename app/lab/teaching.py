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
MOST_LESSONS = 2000
"""Works to learn from, chosen at random: three minutes on one core."""


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
        Positions of works that may be learnt from.
    name : str
        Of the model that describes them.
    seed : int
    """
    rng = np.random.default_rng([seed, 9])
    chosen: list[int] = sorted(
        rng.permutation(np.array(lessons)).tolist()[:MOST_LESSONS]
    )
    artists = works.labels(LABEL)
    labels = [artists[position] for position in chosen]
    for method in asker.methods:
        if not isinstance(method, VectorMethod) or not method.learns:
            continue
        views = [
            method.describe(Glance(works.photo(position, PROFILES[VIEW_PROFILE])))
            for position in watch(chosen, len(chosen), "Photographing works")
        ]
        sight = Sight(asker.luminance(chosen), method.descriptors[chosen])
        try:
            method.compare_by(learn(sight, np.stack(views), labels, name, seed))
        except TrainingError as error:
            say(f"No similarity is learnt for {method.name}: {error}")
