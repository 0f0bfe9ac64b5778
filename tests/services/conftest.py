"""An empty database and an empty media folder for the services."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.models import Base, CollectionState
from app.services.media.folder import FolderStore


@pytest.fixture
def session(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(CollectionState(id=1))  # which the migrations do
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def media(tmp_path):
    return FolderStore(tmp_path / "media")
