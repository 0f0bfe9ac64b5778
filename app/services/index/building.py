"""Building of the index from recorded pictures: the only place that does.

Features that are missing are computed, and what is seen in pictures, then a generation
of all searchable pictures is built, examined and published. Which pictures could not be
read is written down, for the curators' pages and the log, whoever let the index be
built.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from app.configuration.load import Folders
from app.models import Artwork, GenerationRecord, IndexFault, ReferenceImage
from app.retrieval.generations.registry import Generation
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import validate
from app.retrieval.model import Model
from app.retrieval.runtime.parallel import worker_count
from app.retrieval.settings import GallerySettings, LocalSettings, RetrievalSettings
from app.services.index.computing import ComputesHere
from app.services.index.cutting import cut_index
from app.services.index.features import (
    compute_features,
    features_key,
    find_pending,
    gallery_items,
)
from app.services.index.neighbours import put_descriptors
from app.services.index.publishing import IndexRecorder, reference_picture
from app.services.index.subjects import find_unseen, look_at
from app.services.media.opening import MediaStores
from app.services.media.store import MediaStore
from app.services.shards.computing import FeatureComputer, PictureFault
from app.services.shards.engine import FeatureWorkers
from app.services.vectors.store import VectorStore

logger = logging.getLogger(__name__)

FEATURES, SUBJECTS, BUILDING = "features", "subjects", "building"
"""Steps, as the pages know them."""
FAULTS_SHOWN = 50

OnProgress: TypeAlias = Callable[[int, int, str], None]
"""Is told how much is done, of how much, in which step; may raise to stop."""


@dataclass(frozen=True, slots=True)
class Built:
    """Result of building an index.

    Attributes
    ----------
    generation : GenerationRecord
        The live one.
    computed : int
        Pictures whose features were missing, and are there now.
    faults : tuple of PictureFault
        Pictures that could not be read, and are not in the index.
    """

    generation: GenerationRecord
    computed: int
    faults: tuple[PictureFault, ...]


def build_index(
    session: Session,
    folders: Folders,
    media: MediaStores,
    model: Model,
    on_progress: OnProgress,
    vectors: VectorStore | None = None,
    shard_count: int = 0,
    feature_workers: FeatureWorkers | None = None,
) -> Built:
    """Compute missing features, then build, examine and publish an index.

    Only for who holds the indexing lock. Can be stopped and begun again.

    Parameters
    ----------
    session : Session
    folders : Folders
    media : MediaStores
    model : Model
    on_progress : callable
        Building itself, the last step, tells nothing in between.
    vectors : VectorStore, optional
        What finds the nearest descriptors for all servers; None: the index does.
    shard_count : int, >= 0
        Shards that it is cut into; 0: none.
    feature_workers : FeatureWorkers, optional
        What computes features on other machines; None: this one does.

    Raises
    ------
    EmptyGalleryError
        If no picture has features.
    GenerationRejectedError
        If the new index failed its examination; the old one stays live.
    StoreBusyError, StoreWriteError
        If it cannot be built here now.
    """
    computed, faults = complete_features(
        session, media.works, model, on_progress, feature_workers
    )
    complete_subjects(session, media.works, model, on_progress)
    # What could not be read stays missing from what is done.
    on_progress(computed, computed + len(faults), BUILDING)
    if shard_count:
        live = cut_index(session, folders, media, model, shard_count)
    else:
        live = _publish(session, folders, media, model, vectors)
    return Built(live, computed, faults)


def complete_features(
    session: Session,
    media: MediaStore,
    model: Model,
    on_progress: OnProgress,
    feature_workers: FeatureWorkers | None = None,
) -> tuple[int, tuple[PictureFault, ...]]:
    """Compute the features that pictures lack; parameters as of :func:`build_index`.

    Returns
    -------
    computed : int
        Pictures that have features now.
    faults : tuple of PictureFault
        Pictures that could not be read.
    """
    settings = LocalSettings()
    key = features_key(model.model_id, settings)
    pending = find_pending(session, key)
    faults: list[PictureFault] = []
    computer: FeatureComputer = ComputesHere(model, media)
    if pending and feature_workers is not None:
        computer = feature_workers.computer(model.model_id) or computer
    computed = compute_features(session, pending, model.model_id, settings, computer)
    if pending:
        on_progress(0, len(pending), FEATURES)
    for done, fault in enumerate(computed, 1):
        if fault is not None:
            faults.append(fault)
            logger.warning("not in the index: %s", fault)
        on_progress(done, len(pending), FEATURES)
    # A picture that was taken away meanwhile is missed by nobody.
    missed = {one.image_id for one in find_pending(session, key)}
    faults = [fault for fault in faults if fault.image_id in missed]
    session.execute(delete(IndexFault))  # what was found before
    session.add_all(
        IndexFault(image_id=fault.image_id, reason=fault.reason) for fault in faults
    )
    session.commit()
    return len(pending) - len(faults), tuple(faults)


def complete_subjects(
    session: Session, media: MediaStore, model: Model, on_progress: OnProgress
) -> None:
    """Keep what is seen in pictures whose features are from before that was asked.

    Parameters as of :func:`build_index`. A model without a semantic part sees nothing.
    """
    if model.semantic is None:
        return
    unseen = find_unseen(session)
    looked = look_at(session, unseen, media, model.semantic, workers=worker_count())
    for done, _ in enumerate(looked, 1):
        on_progress(done, len(unseen), SUBJECTS)


def list_faults(session: Session) -> tuple[list[IndexFault], int]:
    """Return pictures that the last building could not read, some of all.

    Returns
    -------
    faults : list of IndexFault
        The first ``FAULTS_SHOWN``, by accession number.
    total : int
    """
    total = session.scalars(select(func.count()).select_from(IndexFault)).one()
    image = joinedload(IndexFault.image).joinedload(ReferenceImage.artwork)
    listed = (
        select(IndexFault)
        .join(IndexFault.image)
        .join(ReferenceImage.artwork)
        .options(image)
        .order_by(Artwork.accession, IndexFault.image_id)
        .limit(FAULTS_SHOWN)
    )
    return list(session.scalars(listed)), total


def _publish(
    session: Session,
    folders: Folders,
    media: MediaStores,
    model: Model,
    vectors: VectorStore | None,
) -> GenerationRecord:
    """Build, examine and publish an index of all pictures that have features."""
    settings = RetrievalSettings()
    if vectors is not None:
        settings = replace(settings, gallery=GallerySettings(forest_from=None))
    store = Store(folders.generations)

    recorder = IndexRecorder(session, folders, media)

    def share(generation: Generation) -> None:
        if vectors is not None:
            put_descriptors(vectors, generation, store.kept())
        recorder.share(generation)

    live = store.build(
        gallery_items(session, features_key(model.model_id, settings.local)),
        model,
        examine=lambda gallery: validate(
            gallery,
            model,
            settings=settings,
            picture_of=partial(reference_picture, session, media.works),
        ),
        settings=settings,
        share=share,
    )
    return recorder.end(live)
