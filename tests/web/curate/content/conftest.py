"""A curator who writes, and a visitor who reads."""

import pytest

from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def visitor(app):
    return app.test_client()
