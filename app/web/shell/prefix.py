"""Prefix of the site: the path of its public address, such as ``/suche``.

A museum may have Morelli below a path of its own site. The proxy hands requests on as
they came, or without the prefix; every address that is written begins with it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from werkzeug.utils import redirect
from werkzeug.wrappers import Request

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class PrefixMiddleware:
    """Middleware that takes the prefix off the path of requests, as WSGI names it.

    Parameters
    ----------
    application : WSGI application
        What answers.
    prefix : str
        Without a slash at its end; "" for a site at the top of its host. Only this
        setting says it: no header of a request does.
    """

    def __init__(self, application: Application, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if self._prefix and path == self._prefix:
            # Scripts, the service worker above all, reach no further than the slash.
            query = Request(environ).query_string.decode("latin-1")
            address = f"{self._prefix}/" + (f"?{query}" if query else "")
            return redirect(address, 308)(environ, start_response)
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix)
        environ = {**environ, "SCRIPT_NAME": self._prefix, "PATH_INFO": path}
        return self._application(environ, start_response)


def asked_address() -> str:
    """Return the path that was asked, from the top of the host, with its query."""
    return request.script_root + request.full_path.rstrip("?")


def asked_path() -> str:
    """Return the path that was asked, from the top of the host."""
    return request.script_root + request.path
