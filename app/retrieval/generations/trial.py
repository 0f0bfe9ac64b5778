"""Trial of a new gallery with hard photos: how often it is right, and how often wrong.

Nothing that it measures keeps a gallery from being searched; it is what visitors and
curators are told.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.simulation.versions import Change, make_version
from app.retrieval.types import Image
from app.retrieval.verification.evidence import Verdict

FEWEST_WORKS = 50
"""Of fewer a share says little, and a small collection should be searched at once."""
PHOTOS = 40
"""Each asked with its work and without."""
VERSIONS = 20
PROFILE = "hard"
COUNTS = ("hard_photos_asked", "versions_asked")
"""Figures that are numbers of photos; all others are shares."""


def try_hard_photos(
    engine: Engine,
    positions: Sequence[int],
    picture_of: Callable[[str], Image | None],
    rng: np.random.Generator,
) -> Mapping[str, float]:
    """Ask simulated photos of works, the same without the work, and of versions.

    Parameters
    ----------
    engine : Engine
    positions : sequence of int
        Of images to photograph, in the engine's gallery.
    picture_of : callable
        Gives the picture of an image id, or None if it is gone by now.
    rng : numpy.random.Generator

    Returns
    -------
    figures : mapping of str to float
        `COUNTS` are numbers of photos; ``hard_photos_found``,
        ``…_proposed`` (named at all), ``…_wrong`` (another work *found*, when the
        photo's own was left out) and ``versions_found`` (the work *found*, though the
        photo shows another version of it) are shares. Empty for a gallery of fewer than
        `FEWEST_WORKS` works.
    """
    if len({item.work_id for item in engine.gallery.items}) < FEWEST_WORKS:
        return {}
    works, pictures = [], []
    for position in positions[:PHOTOS]:
        item = engine.gallery.items[position]
        picture = picture_of(item.image_id)
        if picture is not None:
            works.append(item.work_id)
            pictures.append(picture)
    found, proposed, wrong, versions = [], [], [], []
    for number, (work_id, picture) in enumerate(zip(works, pictures, strict=True)):
        photo = PreparedPhoto(perturb(picture, PROFILES[PROFILE], rng).image)
        answer = engine.identify(photo)
        named = {match.item.work_id: match.verdict for match in answer.matches}
        found.append(named.get(work_id) is Verdict.FOUND)
        proposed.append(work_id in named)
        without = engine.identify(photo, excluded_works={work_id})
        wrong.append(without.verdict is Verdict.FOUND)
        if number < VERSIONS:
            donor = pictures[number - 1]
            change = list(Change)[number % len(Change)]
            version = make_version(picture, donor, change, rng).image
            shown = PreparedPhoto(perturb(version, PROFILES[PROFILE], rng).image)
            versions.append(engine.identify(shown).verdict is Verdict.FOUND)
    if not works:
        return {}
    return {
        "hard_photos_asked": len(works),
        "hard_photos_found": float(np.mean(found)),
        "hard_photos_proposed": float(np.mean(proposed)),
        "hard_photos_wrong": float(np.mean(wrong)),
        "versions_asked": len(versions),
        "versions_found": float(np.mean(versions)),
    }
