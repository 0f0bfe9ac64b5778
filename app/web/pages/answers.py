"""Rendering of an answer and its pictures, shared by owners' and share-link pages."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, render_template, url_for

from app.extensions import db
from app.models import Query, QueryMatch, now
from app.services.collection.works import works_in_order
from app.services.labels.shown import lines_read, shown_works
from app.services.search import viewfinder
from app.services.search.calibration import calibration_of
from app.services.search.evidence import heat_map, rectified_photo, small_photo
from app.web.callers.visitors import current_owner
from app.web.shell.current import media
from app.web.shell.museum import KIOSK
from app.web.shell.stored import send_stored

PICTURE_SECONDS = 3_600
"""A visitor's photo may be deleted; no browser should show it much longer."""


@dataclass(frozen=True, slots=True)
class AnswerPictures:
    """Addresses of the pictures of one answer."""

    query: Query
    token: str | None = None
    """Of the link by which somebody else looks at it; then only that link's addresses
    are given away."""

    @property
    def photo(self) -> str | None:
        """The photo; None once it is not kept any more."""
        name = self.query.photo_name
        if name is None:
            return None
        photos = media().queries
        # The database may be of another day than the folder. A bucket is not asked:
        # a list of answers would ask it for each.
        if photos.is_near and not photos.exists(name):
            return None
        return self._address("photo")

    @property
    def is_lost(self) -> bool:
        """Whether the photo could not be kept when it was sent."""
        if self.query.source == viewfinder.SOURCE:
            return False
        days = current_app.config["MORELLI_RETENTION_DAYS"]
        if self.query.source == KIOSK:
            return False
        if self.query.photo_name is not None or not self.query.is_stored:
            return False
        return self.query.created_at > now() - timedelta(days=days)

    @property
    def small(self) -> str | None:
        """The photo in a small version, for its owner's list; likewise."""
        if self.photo is None:
            return None
        return url_for("evidence.small", query_id=self.query.id)

    @property
    def heat(self) -> str | None:
        """Where the network looked, to be laid over the photo; None if unknown."""
        if self.query.activation_map is None:
            return None
        return self._address("heat")

    def rectified(self, match: QueryMatch) -> str | None:
        """Return the work as it is in the photo, set upright; None if it cannot be."""
        if self.photo is None or match.outline is None or match.image is None:
            return None
        return self._address("rectified", rank=match.rank)

    def _address(self, picture: str, **values: Any) -> str:
        if self.token is not None:
            return url_for(f"sharing.{picture}", token=self.token, **values)
        return url_for(f"evidence.{picture}", query_id=self.query.id, **values)


def own_query(query_id: UUID) -> Query:
    """Return an answer of whoever asks for it; 404 for everybody else."""
    query = db.session.get(Query, str(query_id))
    if query is None or not current_owner().owns(query):
        abort(404)
    return query


def show_answer(query: Query, token: str | None = None) -> str:
    """Render an answer, also for whoever looks at it by the token of its link."""
    named = {match.artwork.accession for match in query.proposals}
    similar = works_in_order(
        accession for accession, _ in query.similar if accession not in named
    )
    return render_template(
        "answer.html",
        query=query,
        similar=similar,
        read_works=shown_works(query),
        lines_read=lines_read(query),
        pictures=AnswerPictures(query, token),
        calibration=calibration_of(query),
        is_shared=token is not None,
    )


def photo_response(query: Query) -> Response:
    """Send the photo itself; 404 once it is not kept any more."""
    if query.photo_name is None:
        abort(404)
    return send_stored(media().queries, query.photo_name, "image/jpeg")


def small_response(query: Query) -> Response:
    """Send the photo in a small version; 404 once it is not kept any more."""
    return _picture(small_photo(query, media().queries), "image/jpeg")


def rectified_response(query: Query, rank: int) -> Response:
    """Send a work as it is in the photo, set upright; 404 where there is none."""
    match = next((match for match in query.matches if match.rank == rank), None)
    if match is None:
        abort(404)
    return _picture(rectified_photo(match, media().queries), "image/jpeg")


def heat_response(query: Query) -> Response:
    """Send where the network looked; 404 if unknown."""
    return _picture(heat_map(query), "image/png")


def _picture(data: bytes | None, mimetype: str) -> Response:
    if data is None:
        abort(404)
    return Response(data, mimetype=mimetype)
