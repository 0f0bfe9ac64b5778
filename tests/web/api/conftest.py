"""Applications whose every answer to a program is compared with the document."""

import pytest

from tests.web.api.conformity import CheckedClient


@pytest.fixture
def make_app(make_app):
    def make(**overrides):
        app = make_app(**overrides)
        app.test_client_class = CheckedClient
        return app

    return make


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json
