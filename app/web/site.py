"""The application class: addresses for the world outside never come from a request."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask


class Site(Flask):
    """A Flask application that knows its own address.

    Flask takes the host of an external address from the request's Host header, which
    the sender of the request chooses. In a mailed link that would lead whoever asked
    for nothing to a stranger's site, with the secret part of the link.
    """

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Build an address; an external one starts with ``PUBLIC_URL``."""
        if not _external:
            return super().url_for(endpoint, _external=_external, **values)
        public = urlsplit(self.config["PUBLIC_URL"])
        adapter = self.url_map.bind(
            public.netloc, public.path or "/", url_scheme=public.scheme
        )
        return adapter.build(endpoint, values, force_external=True)
