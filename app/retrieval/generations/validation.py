"""Validation of a new gallery, on samples of itself, before it may be searched.

It asks what a broken file, a wrong model or a careless setting would get wrong:
does the approximate index find what exact search finds, does every sampled image
find itself through both channels, and is a simulated visitor's photo named right?
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.nearest import CHUNK, AnnoyIndex, ExactIndex
from app.retrieval.gallery.tuning import measure_recall
from app.retrieval.gallery.writer import photo_like
from app.retrieval.generations.trial import try_hard_photos
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.engine import Engine
from app.retrieval.settings import RetrievalSettings, ShortlistSettings
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.types import Hit, Image, VectorArray

SELF_QUERIES = 100
SIMULATED_PHOTOS = 20
PROFILE = "mild"

COPIES = 10
"""Neighbours asked for when an image looks for itself: it may have copies."""
FEWEST_FEATURES = 20
"""An image with fewer local features is not expected to find itself by them."""
EQUAL = 0.9999
"""Similarities whose ratio is above it are of copies."""
LENGTH_TOLERANCE = 1e-3

FLOORS: Mapping[str, float] = {
    "unit_length": 0.98,
    "annoy_recall_at_100": 0.99,
    "self_found_global": 1.0,
    "self_found_local": 0.97,
    "simulated_photos_named": 0.85,
}
"""Least acceptable share per figure. A blank picture has the descriptor zero, and a
collection may hold a few. An image must find itself; the local channel may
miss the odd one among near-duplicates. Copies of one composition make a few simulated
photos ambiguous, and no collection is without them."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Figures of a validation, and which of them are under their floors.

    Attributes
    ----------
    figures : mapping of str to float
        What was measured; shares in [0, 1].
    failures : tuple of str
        One sentence per figure below its floor; empty when passed.
    """

    figures: Mapping[str, float]
    failures: tuple[str, ...]

    @classmethod
    def judge(cls, figures: Mapping[str, float]) -> "Validation":
        """Compare figures with their floors."""
        return cls(
            figures,
            tuple(
                f"{name} is {figures[name]:.3f}, at least {floor} is needed"
                for name, floor in FLOORS.items()
                if name in figures and not figures[name] >= floor
            ),
        )


def validate(
    gallery: Gallery,
    model: Model,
    *,
    settings: RetrievalSettings | None = None,
    picture_of: Callable[[str], Image | None] | None = None,
) -> Validation:
    """Examine a gallery with samples of its own images.

    Parameters
    ----------
    gallery : Gallery
    model : Model
        The one that the gallery was made with.
    settings : RetrievalSettings, optional
    picture_of : callable, optional
        Gives the picture of an image id, (H, W, 3) uint8 RGB, or None if it is gone
        by now; without it, no simulated photos are asked.

    Returns
    -------
    examination : Validation
    """
    settings = settings or RetrievalSettings()
    # Another sample than the one that the index was tuned with.
    rng = np.random.default_rng([0, len(gallery)])
    sample = rng.permutation(len(gallery))[:SELF_QUERIES].tolist()
    figures = {
        "unit_length": _has_unit_length(gallery.descriptors),
        "self_found_global": _share(
            _finds_itself_globally(gallery, position) for position in sample
        ),
        "self_found_local": _share(
            _finds_itself_locally(gallery, position, settings.shortlist)
            for position in sample
            if len(gallery.local_features[position]) >= FEWEST_FEATURES
        ),
    }
    if isinstance(gallery.index, AnnoyIndex):
        figures["annoy_recall_at_100"] = measure_recall(
            gallery.index,
            ExactIndex(gallery.descriptors),
            photo_like(gallery.descriptors, rng),
        )
    if picture_of is not None:
        engine = Engine(model, gallery, settings)
        figures["simulated_photos_named"] = _share(
            _is_named(engine, position, picture, rng)
            for position in sample[:SIMULATED_PHOTOS]
            if (picture := picture_of(gallery.items[position].image_id)) is not None
        )
        figures |= try_hard_photos(engine, sample, picture_of, rng)
    return Validation.judge(figures)


def _has_unit_length(descriptors: VectorArray) -> float:
    """Share of rows of length 1; 0 if any holds something that is no number."""
    lengths = np.empty(len(descriptors), np.float32)
    for start in range(0, len(descriptors), CHUNK):
        rows = descriptors[start : start + CHUNK].astype(np.float32)
        lengths[start : start + CHUNK] = np.linalg.norm(rows, axis=1)
    if not np.isfinite(lengths).all():
        return 0.0
    return float(np.mean(np.abs(lengths - 1) < LENGTH_TOLERANCE))


def _finds_itself_globally(gallery: Gallery, position: int) -> bool:
    hits = gallery.search_global(gallery.descriptor_of(position), COPIES)
    return _is_first(position, hits)


def _finds_itself_locally(
    gallery: Gallery, position: int, settings: ShortlistSettings
) -> bool:
    hits = gallery.search_local(gallery.local_features[position], settings)
    return _is_first(position, hits)


def _is_first(position: int, hits: Sequence[Hit]) -> bool:
    """Tell whether a position comes first, or level with the first.

    Copies fill the whole shortlist where a catalogue uses one placeholder for
    hundreds of works without a picture.
    """
    if not hits:
        return False
    level = EQUAL * hits[0].similarity
    return hits[-1].similarity >= level or any(
        hit.position == position and hit.similarity >= level for hit in hits
    )


def _is_named(
    engine: Engine, position: int, picture: Image, rng: np.random.Generator
) -> bool:
    """Tell whether a photo of an image is answered by its work, or by a copy of it."""
    photo = PreparedPhoto(perturb(picture, PROFILES[PROFILE], rng).image)
    matches = engine.identify(photo).matches
    if not matches:
        return False
    gallery, first = engine.gallery, matches[0].item
    if first.work_id == gallery.items[position].work_id:
        return True
    copy = gallery.position_of(first.image_id)
    if copy is None:
        return False
    likeness = gallery.descriptor_of(copy) @ gallery.descriptor_of(position)
    return float(likeness) >= EQUAL


def _share(outcomes: Iterable[bool]) -> float:
    """Share of true ones; nothing to ask is nothing wrong."""
    return float(np.mean([*outcomes] or [True]))
