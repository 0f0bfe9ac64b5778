"""Imports into the small museum, worked off in the test's own process."""

import pytest

from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.services.index import building
from tests.services.importing.importer import Importer
from tests.support.fakes import fake_model


@pytest.fixture
def importer(in_app, monkeypatch):
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    # The index is examined in other tests; here it would only take time.
    passed = Validation({}, ())
    monkeypatch.setattr(building, "validate", lambda *_args, **_kwargs: passed)
    return Importer(in_app, monkeypatch)
