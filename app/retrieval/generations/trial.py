"""Trial of a new gallery with hard photos: how often it is right, and how often wrong.

Nothing that it measures keeps a gallery from being searched; it is what visitors and
curators are told.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from app.retrieval.generations import calibration
from app.retrieval.generations.calibration import (
    Calibration,
    TriedAnswer,
    states_certainty,
)
from app.retrieval.generations.proportion import Proportion
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.answers import Answer
from app.retrieval.search.engine import Engine
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.simulation.versions import Change, make_version
from app.retrieval.types import Image
from app.retrieval.verification.evidence import Verdict

FEWEST_WORKS = 50
"""Of fewer a share says little, and a small collection should be searched at once."""
PHOTOS = 60
"""Each asked with its work and without: together about half a second of one core."""
VERSIONS = 20
PROFILE = "hard"
ASKED = {
    "hard_photos_found": "hard_photos_asked",
    "hard_photos_proposed": "hard_photos_asked",
    "hard_photos_wrong": "hard_photos_asked",
    "versions_found": "versions_asked",
}
"""Figures that are shares, and the figure that says of how many photos."""
COUNTS = frozenset(ASKED.values()) | calibration.FIGURES
"""Figures that are numbers of photos or of answers."""


def proportions(figures: Mapping[str, float]) -> Mapping[str, Proportion]:
    """Return the shares of the trial among figures, each with its total, by name.

    Those of an index that was not tried, or by an older program, lack some or all.
    """
    return {
        name: Proportion.of_share(figures[name], figures[asked])
        for name, asked in ASKED.items()
        if name in figures and asked in figures
    }


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
        `COUNTS` are numbers of photos, and of answers to all of them, by how sure they
        were (`Calibration`); ``hard_photos_found``, ``…_proposed`` (named at all),
        ``…_wrong`` (another work *found*, when the photo's own was left out) and
        ``versions_found`` (the work *found*, though the photo shows another version of
        it) are shares. Empty for a gallery of fewer than `FEWEST_WORKS` works.
    """
    if engine.gallery.work_count < FEWEST_WORKS:
        return {}
    works, pictures = [], []
    for position in positions[:PHOTOS]:
        item = engine.gallery.items[position]
        picture = picture_of(item.image_id)
        if picture is not None:
            works.append(item.work_id)
            pictures.append(picture)
    found, proposed, wrong, versions = [], [], [], []
    tried: list[TriedAnswer] = []
    for number, (work_id, picture) in enumerate(zip(works, pictures, strict=True)):
        photo = PreparedPhoto(perturb(picture, PROFILES[PROFILE], rng).image)
        answer = engine.identify(photo)
        named = {match.item.work_id: match.verdict for match in answer.matches}
        found.append(named.get(work_id) is Verdict.FOUND)
        proposed.append(work_id in named)
        tried += _stated(answer, shown=work_id)
        without = engine.identify(photo, excluded_works={work_id})
        wrong.append(without.verdict is Verdict.FOUND)
        tried += _stated(without)
        if number < VERSIONS:
            donor = pictures[number - 1]
            change = list(Change)[number % len(Change)]
            version = make_version(picture, donor, change, rng).image
            photo = PreparedPhoto(perturb(version, PROFILES[PROFILE], rng).image)
            answer = engine.identify(photo)
            versions.append(answer.verdict is Verdict.FOUND)
            tried += _stated(answer, version_of=work_id)
    if not works:
        return {}
    return {
        "hard_photos_asked": len(works),
        "hard_photos_found": float(np.mean(found)),
        "hard_photos_proposed": float(np.mean(proposed)),
        "hard_photos_wrong": float(np.mean(wrong)),
        "versions_asked": len(versions),
        "versions_found": float(np.mean(versions)),
        **Calibration.of(tried).figures,
    }


def _stated(
    answer: Answer, *, shown: str | None = None, version_of: str | None = None
) -> list[TriedAnswer]:
    """Return what an answer states of a photo that shows a work, or a version of one.

    None where it names nothing, or does not say how sure it is.
    """
    if not answer.matches:
        return []
    first = answer.matches[0]
    if not states_certainty(
        answer.verdict, first.verdict, is_different=first.is_different
    ):
        return []
    named = first.item.work_id
    return [TriedAnswer(first.probability, named == shown, named == version_of)]
