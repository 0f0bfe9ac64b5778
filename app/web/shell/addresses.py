"""Absolute addresses of what other sites and programs fetch from this one."""

from typing import Any
from urllib.parse import urljoin

from flask import (
    Flask,
    abort,
    current_app,
    has_request_context,
    redirect,
    request,
    url_for,
)

from app.models import Artwork
from app.services.collection.manifests import Addresses
from app.web.shell.prefix import asked_path


def register(app: Flask) -> None:
    """Give the templates ``has_public_url()`` and ``asked_path()``."""
    app.jinja_env.globals.update(has_public_url=has_public_url, asked_path=asked_path)


def has_public_url() -> bool:
    """Tell whether the site's address is set, or has to be guessed."""
    return bool(current_app.config["MORELLI_PUBLIC_URL"])


def public_url(endpoint: str, **values: Any) -> str:
    """Return the absolute address of an endpoint for whoever asks now.

    Where no public address is set, it begins as what was asked: the answer goes to whom
    chose that, and to nobody else. Mails, which go to others, never do so. Commands,
    which nobody asks by an address, take the one that the server listens on.
    """
    if has_public_url() or not has_request_context():
        return url_for(endpoint, _external=True, **values)
    return urljoin(request.host_url, url_for(endpoint, **values))


def addresses_of(accession: str) -> Addresses:
    """Return the absolute addresses of what belongs to a work."""
    return Addresses(
        public_url("iiif.work", accession=accession),
        public_url("artworks.show", accession=accession),
        lambda name: public_url("media.work", name=name),
        lambda sha256: public_url("iiif_images.service", sha256=sha256),
        recording_address,
    )


def recording_address(name: str) -> str:
    """Return the absolute address of a recording by its name."""
    return public_url("media.recording", name=name)


def lead_on(work: Artwork, asked: str) -> None:
    """Lead from the number of a work that was merged to the work that was kept.

    Browsers ask anew each time: a merge can be taken back.
    """
    if work.accession != asked:
        address = {**(request.view_args or {}), "accession": work.accession}
        response = redirect(url_for(request.endpoint or "", **address), 301)
        response.headers["Cache-Control"] = "no-cache"
        abort(response)
