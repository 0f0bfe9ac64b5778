"""A source that the small museum is kept in step with."""

import pytest

from tests.services.importing.sync.kept import Kept


@pytest.fixture
def kept(importer):
    return Kept(importer)
