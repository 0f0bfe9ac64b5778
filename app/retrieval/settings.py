"""Settings of the retrieval library, each with its unit and its origin.

Grouped by stage and immutable. Where neither a source nor a measurement is named, the
value is a judgement that the figures of ``docs/evaluation.md`` bear out as a whole.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """Limits on an encoded picture."""

    max_pixels: int = 200_000_000
    """Ceiling on width times height, checked before a pixel is decoded: the largest
    cameras of phones."""
    max_decoded_bytes: int = 640_000_000
    """Ceiling on what decoding takes in memory: 80 megapixels of a HEIC or WebP, 160 of
    what has no reduced size, any JPEG that is not progressive."""
    heavy_bytes: int = 128_000_000
    """Pictures that take more are decoded one at a time: a HEIC of 16 megapixels."""
    heavy_lock: Path | None = None
    """Lock file that all processes take for these; None: at the same time as others."""
    max_bytes: int = 40_000_000
    """Ceiling on the encoded size."""
    min_side_px: int = 16
    """Smaller pictures hold nothing that could be recognised."""


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """RootSIFT extraction."""

    reference_side_px: int = 640
    """Long side to which a reference image is resized."""
    reference_features: int = 280
    """Each takes 30 bytes of an index."""
    query_side_px: int = 400
    """Long side to which a photo is resized. SIFT doubles it. Against 800 pixels the
    weakest right works gain inliers (they are blurred, not small), the median loses a
    tenth, and extraction takes a third of the time."""
    query_features: int = 700


@dataclass(frozen=True, slots=True)
class ShortlistSettings:
    """Shortlists of both channels."""

    global_count: int = 50
    """Neighbours asked of the global channel."""
    local_count: int = 50
    """Candidates kept of the local channel."""
    assigned_words: int = 3
    """Visual words that one query feature looks into (multiple assignment)."""
    max_hamming: int = 24
    """Largest signature distance of 64 bits that still votes (Jegou 2008)."""
    hamming_sigma: float = 16.0
    """Scale of the vote exp(-(h / sigma) ** 2)."""
    similar_count: int = 12
    """Visually similar works shown at most."""
    many_pictures: int = 200_000
    """From so many on, features vote by a stricter rule: see `among`."""

    def among(self, pictures: int) -> "ShortlistSettings":
        """Return what holds in a gallery of so many pictures.

        Among a million, voting as among few takes 750 ms, nearly all of it for votes of
        chance; two words and 20 bits take 140 ms and lose one of 69 photos.
        """
        if pictures < self.many_pictures:
            return self
        return replace(self, assigned_words=2, max_hamming=20)


@dataclass(frozen=True, slots=True)
class GallerySettings:
    """Nearest-neighbour index of a gallery."""

    n_trees: int = 20
    """Trees of Annoy's forest. Fewer take less space, and more effort for the same
    recall, which is measured when an index is built."""
    seed: int = 0
    """Annoy draws its splits from it; the same seed gives the same file."""
    forest_from: int | None = 500_000
    """Images from which a forest is grown; fewer are compared one by one. A number and
    no race against the clock: the same features must give the same files. None: never,
    where servers share an engine."""


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """Geometric verification of a candidate."""

    ratio: float = 0.92
    """Nearest against second nearest distance (Lowe 2004), of a descriptor from codes:
    what these lose is added to both."""
    max_error_px: float = 8.0
    """Largest reprojection error of an inlier, in candidate pixels."""
    epipolar_ratio: float = 0.84
    """As ``ratio``, for epipolar geometry. With 0.9 chance reaches 18 matches instead
    of 9, and no more works in the round stand above it."""
    epipolar_error_px: float = 5.0
    """Largest distance of an inlier from its epipolar line, in pixels of either
    picture: room for the perspective that affine cameras do not have."""
    epipolar_chance: int = 9
    """Most epipolar inliers of a work that is not in the photo: in 2,229 pairs of other
    works with photos of works in the round and of strangers."""
    first_verified: int = 4
    """Candidates of the local channel that are verified before anything else is done:
    nine of ten photos are answered by one of them."""
    first_share: float = 0.4
    """Of these, the ones with at least this share of the first one's votes."""
    verified_count: int = 24
    """Candidates of all channels verified at most, where none of these is certain."""
    around_count: int = 6
    """Candidates that are also looked at as works in the round."""
    around_known: int = 2
    """Of these, the ones that the semantic network puts first, whatever geometry and
    the other channels say: of a statue from another side they know nothing."""
    again_verified: int = 2
    """Candidates verified for what is left of a photo without the works found."""
    least_rest: int = 40
    """Keypoints that must be left of a photo, to look for another work there."""
    chance_inliers: int = 8
    """Most inliers that say nothing: of strangers in hard photos."""
    agreeing_ranks: int = 6
    """Of two channels or more; who is among them comes before others of whom geometry
    says nothing. Of 2,254 hard photos it puts eight more works first."""
    compared_count: int = 8
    """Candidates compared with the photo block by block, at most, whenever there are
    new ones: as many works as hang on a wall, for none is to be named unseen. Mostly
    there is one that is worth it."""
    compared_inliers: int = 8
    """Inliers from which a candidate is worth that."""
    certain_inliers: int = 40
    """Inliers from which a candidate can be certain. Wrong works had fewer than 10
    in 88 of 100 photos whose own work was left out."""
    certain_rival_share: float = 0.3
    """A certain candidate's rival explains at most this share of its inliers."""


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """All settings of one engine."""

    image: ImageSettings = field(default_factory=ImageSettings)
    local: LocalSettings = field(default_factory=LocalSettings)
    gallery: GallerySettings = field(default_factory=GallerySettings)
    shortlist: ShortlistSettings = field(default_factory=ShortlistSettings)
    verification: VerificationSettings = field(default_factory=VerificationSettings)
