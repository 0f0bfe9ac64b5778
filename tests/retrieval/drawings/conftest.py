"""Drawing itself, without the memory that all other tests have."""

import inspect

import pytest

from app.retrieval.drawings import collection


@pytest.fixture(scope="module", autouse=True)
def drawn_anew():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(collection, "_paint", inspect.unwrap(collection._paint))
        yield
