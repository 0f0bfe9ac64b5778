"""Identity provider for tests: OpenID Connect by Authlib's other side, over HTTP."""

import time
from dataclasses import dataclass, field
from threading import Thread
from types import SimpleNamespace

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from tests.support.waiting import ended

CLIENT, SECRET = "morelli", "a secret of the two"
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


class Site(ClientMixin):  # type: ignore[misc]  # the library has no types
    """The one site that the provider knows."""

    def __init__(self, callback):
        self.callback = callback

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return self.callback

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # the library has no types
    """A code, and what it stands for."""

    facts: dict[str, object]
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return self.facts.get("amr")


class Provider:
    """A provider at which one person is logged in at a time.

    Attributes
    ----------
    facts : dict
        What it says of whoever is logged in.
    altered : dict
        Claims that the ID token lies about.
    """

    def __init__(self):
        self.facts = {}
        self.altered = {}
        self.asked = []
        self.codes = {}
        self.callback = ""
        self.server = make_server("127.0.0.1", 0, self._application(), threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        ended(self.thread)
        self.server.server_close()

    def answer_to(self, address):
        """Go where a site led, as a browser does; return where that leads back to."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def _application(self):
        provider, app = self, Flask("provider")
        app.secret_key = "only for tests"

        class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # the library has no types
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code, request):
                data = request.payload.data
                provider.codes[code] = Code(
                    dict(provider.facts),
                    data["redirect_uri"],
                    data["scope"],
                    data.get("nonce"),
                    data.get("code_challenge"),
                    data.get("code_challenge_method"),
                )

            def query_authorization_code(self, code, client):
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code):
                codes = provider.codes
                provider.codes = {
                    name: one
                    for name, one in codes.items()
                    if one != authorization_code
                }

            def authenticate_user(self, authorization_code):
                return SimpleNamespace(facts=authorization_code.facts)

        class IdTokens(OpenIDCode):  # type: ignore[misc]  # the library has no types
            def resolve_client_private_key(self, client):
                return KEY

            def get_client_claims(self, client):
                now = int(time.time())
                times = {"iat": now, "exp": now + 60}
                named = {"iss": provider.issuer, "aud": [CLIENT]}
                return {**times, **named, **provider.altered}

            def exists_nonce(self, nonce, request):
                return False

            def generate_user_info(self, user, scope):
                return UserInfo(user.facts)

        tokens = {}

        def save_token(token, request):
            tokens[token["access_token"]] = request.user.facts

        server = AuthorizationServer(
            app, query_client=lambda _name: Site(self.callback), save_token=save_token
        )
        server.register_grant(Grant, [CodeChallenge(required=True), IdTokens(True)])

        @app.before_request
        def note():
            provider.asked.append(request.path)

        @app.get("/.well-known/openid-configuration")
        def metadata():
            here = provider.issuer
            return jsonify(
                issuer=here,
                authorization_endpoint=f"{here}/authorize",
                token_endpoint=f"{here}/token",
                userinfo_endpoint=f"{here}/userinfo",
                jwks_uri=f"{here}/keys",
                end_session_endpoint=f"{here}/end",
                id_token_signing_alg_values_supported=["RS256"],
                token_endpoint_auth_methods_supported=["client_secret_basic"],
            )

        @app.get("/keys")
        def keys():
            return jsonify(KeySet([KEY]).as_dict(private=False))

        @app.get("/authorize")
        def authorize():
            user = SimpleNamespace(facts=provider.facts)
            return server.create_authorization_response(
                grant=server.get_consent_grant(end_user=user), grant_user=user
            )

        @app.post("/token")
        def token():
            return server.create_token_response()

        @app.get("/userinfo")
        def userinfo():
            sent = request.headers["Authorization"].removeprefix("Bearer ")
            return jsonify(tokens[sent])

        return app
