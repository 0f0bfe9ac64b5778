"""Questions with a known answer, to learn the decision from.

Photos of works that are held, of other versions of them, of works that share a frame
or a caption with others, and real photos of works in the round, where there are some.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from app.retrieval.drawings.collection import generate_collection
from app.retrieval.images.codec import read
from app.retrieval.simulation.banners import Banner, add_banner
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.simulation.versions import Change, make_version
from app.retrieval.training.components.evidence import Question
from app.retrieval.training.data.distractors import with_distractors
from app.retrieval.training.data.works import TrainingWork
from app.retrieval.training.plan import RoundPhotos
from app.retrieval.training.samples import Samples
from app.retrieval.types import Image

PHOTOS = 300
"""Simulated of works at most, each asked with and without its work."""
VERSIONS = 120
BANNERS = 60
"""At most; a pair of works each."""
PHOTOS_PER_WORK = 4
NEIGHBOURS = 6
"""In a crowded photo."""
SIDE_PX = 1280
"""Long side of the pictures that are photographed."""
FEWEST_HELD_OUT = 5
_PHOTO, _VERSION, _BANNER = 4, 5, 6
"""Streams of chance, beside the plan's seed."""


def photographed_works(samples: Samples) -> tuple[TrainingWork, ...]:
    """Return the works that are photographed: held-out ones, where they are enough.

    What the network was trained on looks more alike to it than what it will meet.
    """
    if len(samples.held_out) < FEWEST_HELD_OUT:
        return samples.works
    return tuple(samples.works[position] for position in samples.held_out)


def banner_references(
    works: Sequence[TrainingWork], seed: int
) -> Iterator[tuple[str, Image]]:
    """Yield drawn pictures with the banners of works: an id, and the picture."""
    drawn = generate_collection(min(BANNERS, len(works)), seed + _BANNER)
    for number, picture in enumerate(drawn):
        banner, rng = _banner(number, seed)
        yield f"banner {number}", add_banner(picture.image, banner, rng)


class QuestionSet:
    """Set of questions: it has a length, and makes its photos one by one.

    Parameters
    ----------
    samples : Samples
    seed : int
        Of the photos.
    round_photos : RoundPhotos, optional
    """

    def __init__(
        self, samples: Samples, seed: int, round_photos: RoundPhotos | None = None
    ) -> None:
        self._samples = samples
        self._works = photographed_works(samples)
        self._seed = seed
        works = len(self._works)
        self._photos = min(PHOTOS, PHOTOS_PER_WORK * works)
        self._versions, self._banners = min(VERSIONS, works), min(BANNERS, works)
        self._round = round_photos.photos if round_photos else ()

    def __len__(self) -> int:
        return self._photos + self._versions + self._banners + len(self._round)

    def __iter__(self) -> Iterator[Question]:
        for number in range(self._photos):
            yield self._about_work(number)
        for number in range(self._versions):
            yield self._about_version(number)
        for number in range(self._banners):
            yield self._about_banner(number)
        for path, shown in self._round:
            image = read(path, max_side_px=SIDE_PX)
            yield Question(image, shown, min(shown, default=path.name))

    def _about_work(self, number: int) -> Question:
        """Photograph works in turn: mildly, hard, and hard in a crowd of others."""
        work = self._works[number % len(self._works)]
        rng = np.random.default_rng([self._seed, _PHOTO, number])
        photo = perturb(_picture(work), PROFILES[_profile(number)], rng).image
        if number % 3 == 2:
            everything = self._samples.works
            others = rng.integers(len(everything), size=NEIGHBOURS)
            neighbours = [_picture(everything[i]) for i in others]
            photo = with_distractors(photo, neighbours, rng)
        return Question(photo, frozenset({work.accession}), work.accession)

    def _about_version(self, number: int) -> Question:
        """Photograph a version of a work: nothing that the gallery holds is in it."""
        work, everything = self._works[number], self._samples.works
        rng = np.random.default_rng([self._seed, _VERSION, number])
        donor = _picture(everything[rng.integers(len(everything))])
        change = list(Change)[number % len(Change)]
        version = make_version(_picture(work), donor, change, rng).image
        photo = perturb(version, PROFILES[_profile(number)], rng).image
        return Question(photo, frozenset(), work.accession, work.accession)

    def _about_banner(self, number: int) -> Question:
        """Photograph a work with a banner that another reference image has as well."""
        work = self._works[number]
        banner, rng = _banner(number, self._seed)
        shown = add_banner(_picture(work), banner, rng)
        chance = np.random.default_rng([self._seed, _BANNER, number, 1])
        photo = perturb(shown, PROFILES[_profile(number)], chance).image
        return Question(photo, frozenset({work.accession}), work.accession)


def _banner(number: int, seed: int) -> tuple[Banner, np.random.Generator]:
    """Return the kind of a banner, and the chance that makes it what it is."""
    kind = list(Banner)[number % len(Banner)]
    return kind, np.random.default_rng([seed, _BANNER, number])


def _profile(number: int) -> str:
    return "mild" if number % 3 == 0 else "hard"


def _picture(work: TrainingWork) -> Image:
    return read(work.image_path, max_side_px=SIDE_PX)
