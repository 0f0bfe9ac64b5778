"""A curator, and an editor whose changes searches of the test's own learn of."""

import pytest

from app.extensions import db
from app.models import User
from app.retrieval.settings import ImageSettings
from app.services.curation.editing import WorkEditor
from app.services.curation.work_images import feature_maker
from app.services.index.live import LiveIndex
from app.services.media.folder import FolderStore
from tests.support.museum import FakePublication, make_searcher


@pytest.fixture
def publication():
    """Publishes a searcher of the test's own: it is going to change."""
    return FakePublication(make_searcher(range(7)))


@pytest.fixture
def curator(in_app):
    user = User(email="curator@example.org", fs_uniquifier="c")
    db.session.add(user)
    db.session.commit()
    return user


@pytest.fixture
def editor(in_app, curator, publication):
    media = FolderStore(in_app.config["MORELLI_INSTANCE"] / "media" / "works")
    maker = feature_maker(LiveIndex(publication))
    return WorkEditor(db.session(), media, maker, curator, ImageSettings())
