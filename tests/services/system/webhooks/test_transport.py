"""Webhooks go to the public internet by TLS, and to the museum's own hosts by name."""

import socket
import time

import pytest

from app.services.system.links.connections import LinkError, Refusal
from app.services.system.webhooks.transport import WebhookTransport


def refused(transport, address):
    with pytest.raises(LinkError) as caught:
        transport.post(address, b"{}", {})
    return caught.value.refusal


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://example.org/", Refusal.SCHEME),
        ("ftp://example.org/", Refusal.SCHEME),
        ("https://example.org:8443/", Refusal.PORT),
        ("https://me:secret@example.org/", Refusal.CREDENTIALS),
        ("https://127.0.0.1/", Refusal.NOT_PUBLIC),
        ("https://[::1]/", Refusal.NOT_PUBLIC),
        ("https://169.254.169.254/latest", Refusal.NOT_PUBLIC),
        ("https://10.1.2.3/", Refusal.NOT_PUBLIC),
        ("example.org", Refusal.MALFORMED),
    ],
)
def test_addresses_that_a_webhook_may_not_have(address, reason):
    with pytest.raises(LinkError) as caught:
        WebhookTransport().check(address)
    assert caught.value.refusal is reason


def test_a_name_that_stands_for_a_private_address_is_told_nothing(receiver):
    assert refused(WebhookTransport(), "https://localhost/") is Refusal.NOT_PUBLIC


def test_own_hosts_are_let_in_by_name_and_no_others(receiver):
    own = WebhookTransport(["127.0.0.1"])
    assert own.post(receiver.address, b'{"type":1}', {"webhook-id": "m"}) == 204
    message = receiver.messages[0]
    assert (message.path, message.body) == ("/told", b'{"type":1}')
    assert message.headers["webhook-id"] == "m"
    assert message.headers["Content-Type"] == "application/json"
    other = receiver.address.replace("127.0.0.1", "127.0.0.2")
    assert refused(own, other) is Refusal.SCHEME


def test_redirects_are_not_followed(receiver):
    receiver.answers = [302]
    assert WebhookTransport(["127.0.0.1"]).post(receiver.address, b"{}", {}) == 302
    assert len(receiver.messages) == 1


def test_a_receiver_that_never_answers_is_waited_for_no_longer_than_allowed():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        own = WebhookTransport(["127.0.0.1"], seconds=0.3)
        assert refused(own, address) is Refusal.TOO_SLOW
        assert time.monotonic() - began < 5


def test_where_nobody_listens_nothing_is_reached():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        own = WebhookTransport(["127.0.0.1"])
        assert refused(own, address) is Refusal.UNREACHABLE
