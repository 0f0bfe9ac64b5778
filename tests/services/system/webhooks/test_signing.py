import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from app.services.system.webhooks import signing

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_the_signature_is_that_of_standard_webhooks():
    secret = signing.secret_of("5a17", "a secret of the instance")
    headers = signing.signed_headers(
        "msg", AT, b'{"a":1}', "5a17", "a secret of the instance"
    )
    # What a receiver does, written out from the specification.
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"msg.{int(AT.timestamp())}." + '{"a":1}'
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    assert headers == {
        "webhook-id": "msg",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    assert secret.startswith("whsec_")
    assert 24 <= len(key) <= 64


def test_an_event_is_known_by_the_same_id_and_no_other_has_it():
    event = ("import.recorded-7", AT, "a secret of the instance")
    assert signing.message_id(*event) == signing.message_id(*event)
    others = [
        ("import.recorded-8", *event[1:]),
        # This number again, after a backup was restored.
        (event[0], AT + timedelta(days=1), event[2]),
        (*event[:2], "a secret of another instance"),
    ]
    ids = {signing.message_id(*one) for one in (event, *others)}
    assert len(ids) == 4


def test_each_salt_and_each_instance_has_a_secret_of_its_own():
    secrets = {
        signing.secret_of(salt, key)
        for salt in (signing.new_salt(), signing.new_salt())
        for key in ("one", "two")
    }
    assert len(secrets) == 4
