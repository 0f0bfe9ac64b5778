"""Protocol of what the engine searches: a gallery, or an overlay of one."""

from collections.abc import Collection, Sequence
from typing import Protocol

from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryItem,
    Hit,
    LocalFeatures,
)


class Searchable(Protocol):
    """N reference images, each at a position from 0 to N - 1."""

    @property
    def items(self) -> Sequence[GalleryItem]:
        """By position; also of images that a search never returns."""
        ...

    @property
    def local_features(self) -> Sequence[LocalFeatures]:
        """By position."""
        ...

    def __len__(self) -> int: ...

    def position_of(self, image_id: str) -> int | None:
        """Look up where an image is; None if it cannot be found."""
        ...

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions (N,) that a search for other works leaves out."""
        ...

    def search_global(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """Find at most ``k`` images with the nearest descriptors."""
        ...

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Find the images that share most visual words with a photo."""
        ...

    def search_style(
        self, style: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """Find at most ``k`` images with the nearest styles (S,)."""
        ...

    def style_of(self, position: int) -> FloatArray:
        """Return the style (S,) float32 at a position; S may be 0."""
        ...

    def descriptor_of(self, position: int) -> FloatArray:
        """Return the descriptor (D,) float32 at a position."""
        ...

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor (D,) with those at K positions: (K,) cosines."""
        ...
