"""Registering, logging in and out, and what somebody may do with their account.

Flask-Security has the pages for the most part; here it is told our rules.
"""

from datetime import timedelta

from flask import Flask
from flask_security import Security

from app.models import now
from app.services.accounts import datastore

RULES = {
    "SECURITY_URL_PREFIX": "/account",
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_EMAIL": True,
    # Same words, whether an address has an account or not.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    # Programs have tokens of their own, see app.services.tokens.
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # OWASP's first recommendation for Argon2id; thirty logins at once stay below 1 GB.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 2,
        "argon2__memory_cost": 19_456,
        "argon2__parallelism": 1,
    },
    # Hashed once: a salt beside Argon2's own would be one more secret to lose.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    # Of what links in mails carry, signed and for hours only: speed harms nothing.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DATETIME_FACTORY": now,
    "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=2),
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "SECURITY_CHANGE_EMAIL_WITHIN": timedelta(hours=2),
    # Whoever changes an address or deletes an account gives the password there.
    "SECURITY_FRESHNESS": timedelta(-1),
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_DURATION": timedelta(days=30),
}


def register(app: Flask) -> None:
    """Tie Flask-Security to an application."""
    for name, value in RULES.items():
        app.config.setdefault(name, value)
    app.config["REMEMBER_COOKIE_SECURE"] = app.config["MORELLI_HTTPS"]
    Security(app, datastore)
