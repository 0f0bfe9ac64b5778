"""Computing of pictures' features: what is asked for, and whoever computes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures


class Pending(NamedTuple):
    """Picture that has no features for the model yet."""

    image_id: int
    accession: str
    media_name: str


@dataclass(frozen=True, slots=True)
class PictureFault:
    """Stored picture that features could not be computed from."""

    image_id: int
    accession: str
    media_name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.accession}: stored picture {self.media_name}: {self.reason}"


class FeatureComputer(Protocol):
    """Computer of the features of stored pictures, by one model."""

    def compute(
        self, pictures: Sequence[Pending], settings: LocalSettings
    ) -> Iterator[tuple[Pending, GalleryFeatures | PictureFault]]:
        """Yield every picture with its features, in order.

        Raises
        ------
        RetrievalError
            If no more can be computed.
        """
        ...
