"""A curator, and photos that were asked."""

import pytest

from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def asked(ask, unknown_photo):
    """The id of a photo in which nothing was found."""
    return ask(unknown_photo).location.rpartition("/")[2]
