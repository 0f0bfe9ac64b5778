"""An empty database and an empty media folder for the services."""

import shutil

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.configuration import load
from app.models import Base, CollectionState
from app.services.media.folder import FolderStore


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory):
    """A folder whose database has tables and no rows."""
    folder = tmp_path_factory.mktemp("empty")
    engine = create_engine(load.default_database(folder))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(CollectionState(id=1))  # which the migrations do
        session.commit()
    engine.dispose()
    return folder


@pytest.fixture
def session(empty_tables, tmp_path):
    folder = tmp_path / "tables"
    shutil.copytree(empty_tables, folder)
    engine = create_engine(load.default_database(folder))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def media(tmp_path):
    return FolderStore(tmp_path / "media")
