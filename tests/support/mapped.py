"""A map of the small museum."""

import numpy as np
from sqlalchemy import select

from app.configuration.load import Folders
from app.extensions import db
from app.models import ReferenceImage
from app.retrieval.settings import LocalSettings
from app.retrieval.types import CodedFeatures, GalleryFeatures
from app.services.index.features import features_key, pack_features
from app.services.map import building
from app.services.media.opening import open_stores

MODEL = "fake"


def add_features(session, *, style_length=6):
    """Give all pictures made-up descriptors."""
    for image in session.scalars(select(ReferenceImage)):
        rng = np.random.default_rng(image.id)
        descriptor, style = (
            rng.normal(size=length).astype(np.float32) for length in (8, style_length)
        )
        for vector in (descriptor, style):
            vector /= max(float(np.linalg.norm(vector)), 1e-9)
        features = GalleryFeatures(descriptor, CodedFeatures.empty(), style)
        key = features_key(MODEL, LocalSettings())
        session.add(pack_features(image.id, key, features))
    session.commit()


def make_map(app, **options):
    """Make the map as the worker does, and return it."""
    with app.app_context():
        add_features(db.session(), **options)
        folders = Folders(app.config["MORELLI_INSTANCE"])
        stored = building.build(
            db.session(),
            folders,
            open_stores("", folders),
            MODEL,
            lambda _done, _total, _step: None,
        )
        db.session.remove()
    return stored
