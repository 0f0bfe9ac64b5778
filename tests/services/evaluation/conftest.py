"""Photos that were asked, decided on the review desk, and put into the set."""

import pytest

from app.extensions import db
from app.models import PhotoReview, Query, ReviewOutcome
from app.retrieval.settings import ImageSettings
from app.services.curation.editing import WorkEditor
from app.services.curation.work_images import feature_maker
from app.services.evaluation.own_set import members
from app.services.evaluation.review import outcomes
from app.services.index.live import LiveIndex
from app.services.media.folder import FolderStore
from tests.support.museum import FakePublication, make_searcher, work_of


@pytest.fixture
def publication():
    """Publishes a searcher of the test's own: it is going to change."""
    return FakePublication(make_searcher(range(7)))


@pytest.fixture
def editor(in_app, publication):
    media = FolderStore(in_app.config["MORELLI_INSTANCE"] / "media" / "works")
    maker = feature_maker(LiveIndex(publication))
    return WorkEditor(db.session(), media, maker, None, ImageSettings())


@pytest.fixture
def asked(in_app, ask):
    """Return a function that asks a photo and returns what was answered."""

    def send(photo):
        number = ask(photo).location.rpartition("/")[2]
        return db.session.get_one(Query, number)

    return send


@pytest.fixture
def in_set(asked):
    """Return a function that puts a photo into the set, with a work or with none."""

    def put(photo, accession=None, entry=None):
        query = asked(photo)
        work = work_of(accession) if accession else None
        named, ours = ReviewOutcome.NAMED, ReviewOutcome.NOT_OURS
        outcome = named if work else ours
        outcomes.decide(db.session(), query, outcome, None, artwork=work, entry=entry)
        review = db.session.get_one(PhotoReview, query.id)
        assert members.join(db.session(), [review], None) == 1
        return query.id

    return put
