"""Answer page: whose it is, and where its pictures are."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, abort, render_template, send_from_directory, url_for

from app.extensions import db
from app.models import Query, QueryMatch
from app.services.collection.works import works_in_order
from app.services.search.evidence import heat_map, rectified_photo, small_photo
from app.services.system.media import MediaFolder
from app.web.callers.visitors import owns
from app.web.shell.current import folders

PICTURE_SECONDS = 3_600
"""A visitor's photo may be deleted; no browser should show it much longer."""


@dataclass(frozen=True, slots=True)
class AnswerPictures:
    """Addresses of the pictures of one answer.

    Attributes
    ----------
    query : Query
    token : str, optional
        Of the link by which somebody else looks at it; then only that link's addresses
        are given away.
    """

    query: Query
    token: str | None = None

    @property
    def photo(self) -> str | None:
        """The photo; None once it is not kept any more."""
        name = self.query.photo_name
        if name is None or not (folders().queries / name).is_file():
            return None
        if self.token is not None:
            return url_for("sharing.photo", token=self.token)
        return url_for("evidence.photo", query_id=self.query.id)

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
        if self.token is not None:
            return url_for("sharing.heat", token=self.token)
        return url_for("evidence.heat", query_id=self.query.id)

    def rectified(self, match: QueryMatch) -> str | None:
        """Return the work as it is in the photo, set upright; None if it cannot be."""
        if self.photo is None or match.outline is None or match.image is None:
            return None
        if self.token is not None:
            return url_for("sharing.rectified", token=self.token, rank=match.rank)
        return url_for("evidence.rectified", query_id=self.query.id, rank=match.rank)


def own_query(query_id: UUID) -> Query:
    """Return an answer of whoever asks for it; 404 for everybody else."""
    query = db.session.get(Query, str(query_id))
    if query is None or not owns(query):
        abort(404)
    return query


def show_answer(query: Query, token: str | None = None) -> str:
    """Render an answer with the works that look like the photo.

    Parameters
    ----------
    query : Query
    token : str, optional
        Of the link by which somebody else looks at it.
    """
    named = {match.artwork.accession for match in query.proposals}
    similar = works_in_order(
        accession for accession, _ in query.similar if accession not in named
    )
    return render_template(
        "answer.html",
        query=query,
        similar=similar,
        pictures=AnswerPictures(query, token),
        is_shared=token is not None,
    )


def photo_response(query: Query) -> Response:
    """Send the photo itself; 404 once it is not kept any more."""
    if query.photo_name is None:
        abort(404)
    return send_from_directory(
        folders().queries, query.photo_name, mimetype="image/jpeg"
    )


def small_response(query: Query) -> Response:
    """Send the photo in a small version; 404 once it is not kept any more."""
    photos = MediaFolder(folders().queries)
    return _picture(small_photo(query, photos), "image/jpeg")


def rectified_response(query: Query, rank: int) -> Response:
    """Send a work as it is in the photo, set upright; 404 where there is none."""
    match = next((match for match in query.matches if match.rank == rank), None)
    if match is None:
        abort(404)
    photos = MediaFolder(folders().queries)
    return _picture(rectified_photo(match, photos), "image/jpeg")


def heat_response(query: Query) -> Response:
    """Send where the network looked; 404 if unknown."""
    return _picture(heat_map(query), "image/png")


def _picture(data: bytes | None, mimetype: str) -> Response:
    if data is None:
        abort(404)
    return Response(data, mimetype=mimetype)
