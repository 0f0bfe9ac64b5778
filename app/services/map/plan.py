"""Plan of a map: the works that it shows, with what they are placed by."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, ImageFeatures, ReferenceImage
from app.retrieval.map.layout import LAYOUT
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.settings import LocalSettings
from app.retrieval.types import FloatArray
from app.services.index.features import features_key, read_half
from app.services.map.registry import FORMAT, Likeness, MapError


@dataclass(frozen=True, slots=True, eq=False)
class MapPlan:
    """Inputs of a map; the works by their accession numbers.

    Attributes
    ----------
    accessions : sequence of str, length N
    thumbnails : sequence of str, length N
        Names in the media folder.
    shapes : (N,) float32
        Width by height of the pictures.
    vectors : mapping of Likeness to (N, D) float32
        Unit length.
    """

    model_id: str
    accessions: Sequence[str]
    thumbnails: Sequence[str]
    shapes: FloatArray
    vectors: Mapping[Likeness, FloatArray]

    @property
    def name(self) -> str:
        """Follows from all that shapes the map, so that equal maps share it."""
        digest = hashlib.sha256(f"{FORMAT} {LAYOUT} {self.model_id}".encode())
        for accession, thumbnail in zip(self.accessions, self.thumbnails, strict=True):
            digest.update(f"{accession}\0{thumbnail}\0".encode())
        for likeness, vectors in self.vectors.items():
            digest.update(likeness.encode())
            digest.update(vectors.tobytes())
        return digest.hexdigest()[:16]


def read_plan(session: Session, model_id: str) -> MapPlan:
    """Read the works on show, with the descriptors of their first pictures.

    Raises
    ------
    MapError
        If there are none.
    """
    rows = session.execute(
        select(
            Artwork.accession,
            ReferenceImage.media_name,
            ReferenceImage.width,
            ReferenceImage.height,
            ImageFeatures.descriptor,
            ImageFeatures.style,
        )
        .join(ReferenceImage.artwork)
        .join(ReferenceImage.features)
        .where(
            Artwork.withdrawn_at.is_(None),
            ReferenceImage.position == 0,
            ImageFeatures.model_id == features_key(model_id, LocalSettings()),
        )
    )
    # Sorted here: databases disagree about the order of text.
    works = sorted(rows, key=lambda row: row.accession)
    if not works:
        raise MapError(
            f"No work on show has a picture and its features. Run: {INDEX_COMMAND}"
        )
    stacks = {
        Likeness.STYLE: [read_half(row.style) for row in works],
        Likeness.PICTURE: [read_half(row.descriptor) for row in works],
    }
    return MapPlan(
        model_id,
        [row.accession for row in works],
        [f"{row.media_name.removesuffix('.jpg')}.s.jpg" for row in works],
        np.array([row.width / row.height for row in works], np.float32),
        {
            likeness: np.stack(vectors).astype(np.float32)
            for likeness, vectors in stacks.items()
            if len(vectors[0])
        },
    )
