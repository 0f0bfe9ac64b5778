"""Absolute addresses of what other sites and programs fetch from this one."""

from typing import Any
from urllib.parse import urljoin

from flask import Flask, current_app, request, url_for


def register(app: Flask) -> None:
    """Give the templates ``has_public_url()``."""
    app.jinja_env.globals["has_public_url"] = has_public_url


def has_public_url() -> bool:
    """Tell whether the site's address is set, or has to be guessed."""
    return bool(current_app.config["MORELLI_PUBLIC_URL"])


def public_url(endpoint: str, **values: Any) -> str:
    """Return the absolute address of an endpoint for whoever asks now.

    Where no public address is set, it begins as what was asked: the answer goes to whom
    chose that, and to nobody else. Mails, which go to others, never do so.
    """
    if has_public_url():
        return url_for(endpoint, _external=True, **values)
    return urljoin(request.host_url, url_for(endpoint, **values))
