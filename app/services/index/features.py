"""Features of pictures in the database, per model: computed once, packed, read.

What is still to do is never written down as a queue: it is the pictures that have no
features for the model, asked of the database. So a killed run is gone on with by
running again, and ends with the same features bit for bit: they follow from the stored
picture alone, and ids and order from accession numbers and hashes, never from the
moment something was inserted.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Artwork, ImageFeatures, ReferenceImage
from app.retrieval.local.inverted_index import weigh_words
from app.retrieval.local.product_quantiser import CODE_BYTES
from app.retrieval.settings import LocalSettings
from app.retrieval.types import CodedFeatures, FloatArray, GalleryFeatures, GalleryItem
from app.services.collection.subjects import keep_seen
from app.services.shards.computing import FeatureComputer, Pending, PictureFault

BATCH_PICTURES = 32
"""Pictures per transaction: a kill loses the work on at most these."""
BATCH_LOADED = 256
"""Pictures whose features are read from the database at once, about 4 MB."""


def features_key(model_id: str, settings: LocalSettings) -> str:
    """Name what features depend on, as ``ImageFeatures.model_id`` keeps it.

    The settings belong to it: features of another size or number do not mix.
    """
    return f"{model_id}-{settings.reference_side_px}px-{settings.reference_features}"


def gallery_item(accession: str, sha256: str) -> GalleryItem:
    """Return the ids by which the retrieval library knows a picture and its work.

    64 bits of the hash tell a work's pictures apart; the accession goes before them
    because two works may have the same picture.
    """
    return GalleryItem(image_id=f"{accession}/{sha256[:16]}", work_id=accession)


def find_pending(session: Session, key: str) -> list[Pending]:
    """List the pictures without features for a model, in the order of the gallery."""
    done = select(ImageFeatures.image_id).where(ImageFeatures.model_id == key)
    return list_pending(session, ReferenceImage.id.not_in(done))


def list_pending(session: Session, condition: ColumnElement[bool]) -> list[Pending]:
    """List the pictures that a condition holds for, in the order of the gallery."""
    rows = session.execute(
        select(ReferenceImage.id, Artwork.accession, ReferenceImage.media_name)
        .join(ReferenceImage.artwork)
        .where(condition)
    )
    # Sorted here: databases disagree about the order of text.
    return sorted(map(Pending._make, rows), key=lambda one: one[1:])


def compute_features(
    session: Session,
    pending: Sequence[Pending],
    model_id: str,
    settings: LocalSettings,
    computer: FeatureComputer,
) -> Iterator[PictureFault | None]:
    """Compute and keep the features of pictures that lack them.

    Parameters
    ----------
    session : Session
        Used by the calling thread only.
    pending : sequence of Pending
    model_id : str
        Of the model that computes them.
    settings : LocalSettings
    computer : FeatureComputer

    Yields
    ------
    fault : PictureFault or None
        One per picture, in order, once it is committed; None where all is well.
    """
    key = features_key(model_id, settings)
    computed = computer.compute(pending, settings)
    while batch := list(islice(computed, BATCH_PICTURES)):
        seen: dict[int, tuple[str, ...]] = {}
        for picture, features in batch:
            if isinstance(features, GalleryFeatures):
                session.add(pack_features(picture.image_id, key, features))
                if features.subjects is not None:
                    seen[picture.image_id] = features.subjects
        keep_seen(session, seen)
        session.commit()
        for _, features in batch:
            yield features if isinstance(features, PictureFault) else None


def pack_features(
    image_id: int | None, key: str, features: GalleryFeatures
) -> ImageFeatures:
    """Turn arrays into a database row; without an id, of an image that has none yet."""
    local = features.local_features
    return ImageFeatures(
        image_id=image_id,
        model_id=key,
        descriptor=write_half(features.descriptor),
        style=write_half(features.style),
        semantic=write_half(features.semantic),
        picture=features.picture,
        local_xy=local.xy.astype("<u2").tobytes(),
        local_codes=local.codes.tobytes(),
        local_words=local.words.astype("<i4").tobytes(),
        local_signatures=local.signatures.astype("<u8").tobytes(),
        local_height=local.size[0],
        local_width=local.size[1],
    )


def write_half(vector: FloatArray) -> bytes:
    """Turn a vector into what the database keeps of it: see `keep_half`."""
    return vector.astype("<f2").tobytes()


def read_half(data: bytes) -> FloatArray:
    """Return the vector that `write_half` was given, (D,) float32."""
    return np.frombuffer(data, "<f2").astype(np.float32)


def unpack_features(row: ImageFeatures) -> GalleryFeatures:
    """Turn a database row back into the same arrays."""
    return GalleryFeatures(
        read_half(row.descriptor),
        CodedFeatures(
            np.frombuffer(row.local_xy, "<u2").astype(np.uint16).reshape(-1, 2),
            np.frombuffer(row.local_codes, np.uint8).reshape(-1, CODE_BYTES),
            np.frombuffer(row.local_words, "<i4").astype(np.int32),
            np.frombuffer(row.local_signatures, "<u8").astype(np.uint64),
            (row.local_height, row.local_width),
        ),
        read_half(row.style),
        read_half(row.semantic),
        row.picture,
    )


def gallery_items(
    session: Session, key: str
) -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
    """Yield the searchable pictures and their features, in an order of their own.

    Withdrawn works are left out. A few hundred pictures are in memory at a time.
    """
    yield from load_in_order(session, searchable_rows(session, key))


def searchable_rows(session: Session, key: str) -> list[tuple[GalleryItem, int]]:
    """List the searchable pictures with the ids of their features, in that order."""
    rows = session.execute(
        select(Artwork.accession, ReferenceImage.sha256, ImageFeatures.id)
        .join(ReferenceImage.artwork)
        .join(ReferenceImage.features)
        .where(Artwork.withdrawn_at.is_(None), ImageFeatures.model_id == key)
    )
    return [
        (gallery_item(accession, sha256), id_)
        for accession, sha256, id_ in sorted(rows)
    ]


def load_in_order(
    session: Session, rows: Sequence[tuple[GalleryItem, int]]
) -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
    """Yield pictures and their features; a few hundred are in memory at a time."""
    for start in range(0, len(rows), BATCH_LOADED):
        yield from load_features(session, rows[start : start + BATCH_LOADED])


def weigh_all_words(
    session: Session, rows: Sequence[tuple[GalleryItem, int]], word_count: int
) -> FloatArray:
    """Weigh the visual words of some pictures as one index of all of them would: (V,).

    Parameters
    ----------
    session : Session
    rows : sequence of (GalleryItem, int)
        From `searchable_rows`.
    word_count : int
        Number V of words.
    """
    holders = np.zeros(word_count, np.int64)
    for start in range(0, len(rows), BATCH_LOADED):
        ids = [id_ for _, id_ in rows[start : start + BATCH_LOADED]]
        words = select(ImageFeatures.local_words).where(ImageFeatures.id.in_(ids))
        for packed in session.scalars(words):
            holders[np.unique(np.frombuffer(packed, "<i4"))] += 1
    return weigh_words(holders, len(rows))


def load_features(
    session: Session, rows: Sequence[tuple[GalleryItem, int]]
) -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
    """Yield pictures and their features, given the ids of these.

    What a curator has taken away meanwhile is left out.
    """
    ids = [id_ for _, id_ in rows]
    loaded = session.scalars(select(ImageFeatures).where(ImageFeatures.id.in_(ids)))
    features = {row.id: unpack_features(row) for row in loaded}
    for item, id_ in rows:
        if id_ in features:
            yield item, features[id_]
