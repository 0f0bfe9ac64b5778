"""Photos of simulated versions of the collection's works."""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from app.retrieval.errors import ImageError
from app.retrieval.evaluation.versions import VersionPhoto
from app.retrieval.simulation.photo import Profile, perturb
from app.retrieval.simulation.versions import Change, make_version
from app.services.evaluation.labelled_photos import PhotoFault
from app.services.media.store import MediaStore, read_picture

CHANGES = (Change.MOVED, Change.ADDED, Change.REMOVED)
"""Those that a grey copy shows."""


def simulate_versions(
    references: Sequence[tuple[str, str]],
    media: MediaStore,
    profile: Profile,
    *,
    seed: int = 0,
) -> Iterator[VersionPhoto | PhotoFault]:
    """Make another version of each work, and photograph that.

    Parameters
    ----------
    references : sequence of (str, str)
        Accession and media name; what is added to a work comes from the next one.
    media : MediaStore
    profile : Profile
        Of the photos.
    seed : int
    """
    for number, (accession, media_name) in enumerate(references):
        rng = np.random.default_rng([seed, zlib.crc32(accession.encode()), 1])
        _, donor_name = references[(number + 1) % len(references)]
        change = CHANGES[number % len(CHANGES)]
        try:
            picture, donor = (read_picture(media, n) for n in (media_name, donor_name))
        except (OSError, ImageError) as error:
            yield PhotoFault.of(accession, media_name, error)
            continue
        made = make_version(picture, donor, change, rng)
        photo = perturb(made.image, profile, rng).image
        yield VersionPhoto(
            accession, accession, change, made.image, made.changed, photo
        )
