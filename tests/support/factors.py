"""What people hold in their hands to log in: an authenticator app, a passkey."""

import hashlib
import json
import re
from html import unescape

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from passlib.totp import TOTP
from webauthn.helpers import bytes_to_base64url

from tests.support.people import PASSWORD

FACTOR = "/account/second-factor"
KEY = re.compile(r"<code>([A-Z2-7-]+)</code>")
OPTIONS = re.compile(r'action="([^"]+)" data-passkey="\w+" data-options="([^"]+)"')
CODES = re.compile(r"<code>([0-9a-f-]{14})</code>")
PRESENT, ATTESTED = 0x01, 0x40


class AuthenticatorApp:
    """Authenticator app that was told a key."""

    def __init__(self, key):
        self.totp = TOTP(key)

    def code(self):
        return self.totp.generate().token


class SoftPasskey:
    """Passkey in software (WebAuthn Level 2, 6): no attestation, no counter."""

    def __init__(self, origin="http://localhost"):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.credential_id = hashlib.sha256(str(numbers.x).encode()).digest()[:16]
        point = {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        self.public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})

    def answer(self, **response):
        sent = {name: bytes_to_base64url(value) for name, value in response.items()}
        name = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": sent}
        )

    def client_data(self, kind, options):
        facts = {
            "type": f"webauthn.{kind}",
            "challenge": options["challenge"],
            "origin": self.origin,
        }
        return json.dumps(facts).encode()

    def data(self, site, flags, more=b""):
        return hashlib.sha256(site.encode()).digest() + bytes([flags, *bytes(4)]) + more

    def make(self, options):
        """Answer a page that sets a passkey up."""
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        data = self.data(
            options["rp"]["id"], PRESENT | ATTESTED, attested + self.public_key
        )
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self.answer(
            clientDataJSON=self.client_data("create", options),
            attestationObject=cbor2.dumps(attestation),
        )

    def sign(self, options):
        """Answer a page that asks for a passkey."""
        data = self.data(options["rpId"], PRESENT)
        client_data = self.client_data("get", options)
        signed = data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self.answer(
            clientDataJSON=client_data, authenticatorData=data, signature=signature
        )


def begin_app(person, password=PASSWORD):
    """Ask for a new authenticator app; return the page with its key."""
    fields = {"setup": "authenticator", "password": password}
    return person.post(f"{FACTOR}/app", **fields)


def set_up_app(person):
    """Set an authenticator app up; return it."""
    app = AuthenticatorApp(KEY.findall(begin_app(person).text)[0])
    assert person.post(f"{FACTOR}/code", code=app.code()).status_code == 302
    return app


def ceremony(page):
    """Return where a passkey's answer goes, and what it is asked."""
    [(action, options)] = OPTIONS.findall(page.text)
    return unescape(action), json.loads(unescape(options))


def begin_passkey(person, name="Telephone", password=PASSWORD):
    """Ask for a new passkey; return the page that asks the browser."""
    return person.post(f"{FACTOR}/passkeys", name=name, password=password)


def set_up_passkey(person, name="Telephone"):
    """Set a passkey up; return it."""
    passkey = SoftPasskey()
    action, options = ceremony(begin_passkey(person, name))
    made = person.post(
        action, page=f"{FACTOR}/passkeys", credential=passkey.make(options)
    )
    assert made.headers["Location"] == f"{FACTOR}/"
    return passkey


def ask_passkey(person):
    """Ask for a passkey after the password; return address and options."""
    return ceremony(person.post(f"{FACTOR}/passkey"))


def show_passkey(person, passkey):
    """Answer with a passkey after the password."""
    action, options = ask_passkey(person)
    return person.post(
        action, page=f"{FACTOR}/passkey", credential=passkey.sign(options)
    )


def make_codes(person):
    """Make recovery codes; return them."""
    page = person.post(f"{FACTOR}/recovery-codes", password=PASSWORD)
    return CODES.findall(page.text)
