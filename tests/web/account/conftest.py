"""What tests of the account pages share."""

import pytest

from tests.support.identity_provider import Provider


@pytest.fixture
def provider(monkeypatch):
    """An identity provider on this machine; Authlib must be told that http is fine."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    running = Provider()
    yield running
    running.close()
