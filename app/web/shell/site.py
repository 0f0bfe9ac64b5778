"""Application class with trusted external addresses and files without session."""

from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.routing import IntegerConverter, RequestRedirect, ValidationError

from app.configuration.load import Folders
from app.models import LARGEST_INTEGER

FILES = (
    *("static", "assets.file", "media.work", "brand.style", "brand.picture"),
    *("iiif_images.picture", "iiif_images.information"),
    *("map_files.sheet", "map_files.places", "map_files.labels"),
)
"""Endpoints whose answer is the same for everybody."""
TAKE_CATALOGUES = ("curate_imports.begin", "admin_evaluation.begin")
"""Endpoints that take what is sent many pictures at a time."""
TAKE_RECORDINGS = ("curate_recordings.add",)
"""Endpoints that take audio and video of works."""


class PrivateRequest(Request):
    """Request whose uploads touch no disk: a photo's place and time are in them.

    Only catalogues and recordings, which are larger than the memory, are put on the
    instance's own: into files without a name, which end with the request, however
    it ends.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint not in (*TAKE_CATALOGUES, *TAKE_RECORDINGS):
            return BytesIO()
        folder = Folders(current_app.config["MORELLI_INSTANCE"]).imports
        folder.mkdir(parents=True, exist_ok=True)
        return TemporaryFile(dir=folder)


class PageSessions(SecureCookieSessionInterface):
    """Session interface that leaves files out: caches may keep those.

    Flask-Login looks into the session after each request, for which Flask tells caches
    that the answer depends on the cookie.
    """

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        """Send the session along with a page."""
        if request.endpoint not in FILES:
            super().save_session(app, session, response)


class NumberConverter(IntegerConverter):
    """Converter of numbers in addresses; those that no column holds lead nowhere."""

    def to_python(self, value: str) -> int:
        """Read a number."""
        if len(value) > len(str(LARGEST_INTEGER)) or int(value) > LARGEST_INTEGER:
            raise ValidationError
        return int(super().to_python(value))


class Site(Flask):
    """Flask application that knows its own address.

    Flask takes the host of an external address from the request's Host header, which
    the sender of the request chooses. In a mailed link that would lead whoever asked
    for nothing to a stranger's site, with the secret part of the link.
    """

    request_class = PrivateRequest
    session_interface = PageSessions()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.url_map.converters["int"] = NumberConverter

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Lead to an address with its slash on whatever host was asked, not to it.

        Werkzeug writes the Host header into such redirects, and caches on the way may
        keep what a stranger's host led to.
        """
        if isinstance(request.routing_exception, RequestRedirect):
            parts = urlsplit(request.routing_exception.new_url)
            request.routing_exception.new_url = parts._replace(
                scheme="", netloc="", path=f"/{parts.path.lstrip('/')}"
            ).geturl()
        super().raise_routing_exception(request)

    def log_exception(self, exc_info: Any) -> None:
        """Tell what failed, by its kind: Flask would write the path, which is a key."""
        facts = request.method, request.endpoint
        self.logger.error("%s %s failed", *facts, exc_info=exc_info)

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
