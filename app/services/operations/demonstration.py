"""Demonstration museum: drawn works, and photos as visitors take them."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork
from app.retrieval.drawings.collection import SyntheticWork, generate_collection
from app.retrieval.evaluation.asking import LabelledPhoto
from app.retrieval.files.atomic import staged_folder
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.simulation.photo import PROFILES, perturb
from app.services.collection.labels import COLUMNS
from app.services.evaluation import labelled_photos
from app.services.media.store import MediaStore

WORKS = 120
WORKS_SEED = 2024
STRANGERS = 2
STRANGERS_SEED = 1891
"""Draws works that are in no collection."""
PHOTOS = 6
PROFILE = "hard"
PICTURE_QUALITY = 92
PHOTO_QUALITY = 85
CATALOGUE_FILE = "catalogue.csv"
IMAGES_FOLDER = "images"
LABELS_FILE = "photos.csv"
"""Says what each photo shows; ``evaluate.py --queries`` reads it."""


def draw_collection(folder: Path, works: Iterable[SyntheticWork]) -> None:
    """Write a catalogue and its pictures, as a museum would hand them over.

    The folder appears when it is complete; a killed drawing is begun again.
    """
    with staged_folder(folder) as draft:
        images = draft / IMAGES_FOLDER
        images.mkdir()
        rows = []
        for work in works:
            name = f"{work.accession}.jpg"
            data = encode_jpeg(work.image, quality=PICTURE_QUALITY)
            (images / name).write_bytes(data)
            given = {"image": name, "source": "drawn by this program", "rights": "CC0"}
            known = (column for column in COLUMNS if column not in given)
            rows.append({column: getattr(work, column) for column in known} | given)
        _write_table(draft / CATALOGUE_FILE, COLUMNS, rows)


def take_photos(session: Session, media: MediaStore, folder: Path) -> None:
    """Simulate some visitors' photos: of works on show, and of strangers.

    The folder, with the photos and ``LABELS_FILE``, appears when it is complete.
    """
    with staged_folder(folder) as draft:
        rows = []
        for number, photo in enumerate(_photos(session, media), start=1):
            shown = labelled_photos.JOINT.join(sorted(photo.works))
            references = shown or labelled_photos.NO_WORK
            name = f"photo-{number}.jpg"
            data = encode_jpeg(photo.image, quality=PHOTO_QUALITY)
            (draft / name).write_bytes(data)
            facts = name, references, photo.kind
            rows.append(dict(zip(labelled_photos.COLUMNS, facts, strict=True)))
        _write_table(draft / LABELS_FILE, labelled_photos.COLUMNS, rows)


def _photos(session: Session, media: MediaStore) -> Iterator[LabelledPhoto]:
    accessions = session.scalars(
        select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
    )
    references = labelled_photos.draw_references(
        session, set(accessions), sample=PHOTOS
    )
    profile = PROFILES[PROFILE]
    for photo in labelled_photos.simulate_photos(references, media, profile):
        if isinstance(photo, LabelledPhoto):
            yield photo
    rng = np.random.default_rng(STRANGERS_SEED)
    for stranger in generate_collection(STRANGERS, STRANGERS_SEED):
        image = perturb(stranger.image, profile, rng).image
        yield LabelledPhoto(stranger.title, image, frozenset(), "stranger")


def _write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
