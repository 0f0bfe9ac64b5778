"""Export of somebody's searches, with all that is kept of them.

A ZIP archive of ``searches.json``, the photos and what else is asked for, written while
it is sent: neither the memory nor the disk holds more than a piece of it at a time.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Engine, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload
from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

from app.extensions import db
from app.models import Artwork, Feedback, Query, QueryMatch
from app.services.media.store import MediaStore
from app.services.search.history import Owner

LIST_NAME, PHOTOS_NAME = "searches.json", "photos"
ROWS_AT_A_TIME = 50
CHUNK_BYTES = 1 << 16


def archive(
    owner: Owner,
    photos: MediaStore,
    more: Mapping[str, Callable[[Session], list[dict[str, Any]]]] | None = None,
) -> Generator[bytes, None, None]:
    """Write somebody's searches, oldest first, piece by piece.

    Parameters
    ----------
    photos : MediaStore
        With the visitors' photos. One that is not there any more is left out.
    more : mapping, optional
        Short lists that are added as files of JSON, by the files' names.

    Yields
    ------
    piece : bytes
        Of a ZIP archive.

    Raises
    ------
    StorageAwayError
        If the storage of photos does not answer.
    """
    # Now, while it can be answered that the storage is away: an archive without its
    # photos would pass for whole.
    kept = owner.condition(), Query.photo_name.is_not(None)
    if name := db.session.scalar(select(Query.photo_name).where(*kept).limit(1)):
        photos.exists(name)
    # Now, while there is an application context; the pieces are asked for later.
    return _write(db.engine, owner, photos, more or {})


def description(query: Query) -> dict[str, Any]:
    """Return what is kept of a search, in words and numbers."""
    return {
        "id": query.id,
        "asked_at": query.created_at.isoformat(timespec="seconds"),
        "answer": query.verdict.value,
        "is_of_whole_collection": query.is_complete,
        "probability": round(query.probability, 4),
        "works": [_match(match) for match in query.matches],
        "similar_works": query.similar,
        "photo": f"{PHOTOS_NAME}/{query.photo_name}" if query.photo_name else None,
        "width": query.width,
        "height": query.height,
        "photo_quality": query.quality,
        "seen_by_the_network": query.seen,
        "read_on_labels": query.reading,
        "came_by": query.source,
        "language": query.language,
        "device": query.device,
        "is_shared": query.share_token is not None,
        "feedback": _feedback(query.feedback),
        "index": query.generation,
        "model": query.model_id,
        "durations_ms": query.timings_ms,
    }


def _match(match: QueryMatch) -> dict[str, Any]:
    return {
        **_label(match.artwork),
        "answer": match.verdict.value,
        "probability": round(match.probability, 4),
        "similarity": _rounded(match.similarity),
        "agreeing_details": match.inlier_count,
        "outline": match.outline,
        "region": match.region,
        "points": match.points,
        "comparison": match.comparison,
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _feedback(feedback: Feedback | None) -> dict[str, Any] | None:
    if feedback is None:
        return None
    return {
        "is_right": feedback.is_right,
        "work": _label(feedback.artwork) if feedback.artwork else None,
        "said_at": feedback.created_at.isoformat(timespec="seconds"),
    }


def _label(work: Artwork) -> dict[str, Any]:
    return {
        "accession": work.accession,
        "title": work.title,
        "artist": work.artist,
        "date": work.date,
    }


def _write(
    engine: Engine,
    owner: Owner,
    photos: MediaStore,
    more: Mapping[str, Callable[[Session], list[dict[str, Any]]]],
) -> Generator[bytes, None, None]:
    file = ZipStream(compress_type=ZIP_DEFLATED)
    file.add(_list(engine, owner), LIST_NAME)
    yield from file.all_files()
    for query in _all(engine, owner):
        if query.photo_name is None:
            continue
        try:
            photo = photos.open(query.photo_name)
        except FileNotFoundError:
            continue
        with photo:  # open: it may be deleted before a slow visitor has taken it
            file.add(
                iter(partial(photo.file.read, CHUNK_BYTES), b""),
                f"{PHOTOS_NAME}/{query.photo_name}",
                size=photo.size,
                compress_type=ZIP_STORED,  # a JPEG cannot be made smaller
            )
            yield from file.all_files()
    for name, read in more.items():
        with Session(engine) as session:
            text = json.dumps(read(session), ensure_ascii=False, indent=1)
        file.add(text.encode(), name)
        yield from file.all_files()
    yield from file.footer()


def _list(engine: Engine, owner: Owner) -> Iterator[bytes]:
    separator = "[\n"
    for query in _all(engine, owner):
        text = json.dumps(description(query), ensure_ascii=False)
        yield f"{separator}{text}".encode()
        separator = ",\n"
    yield b"[]" if separator == "[\n" else b"\n]\n"


def _all(engine: Engine, owner: Owner) -> Iterator[Query]:
    """Read all searches, some at a time.

    Each time in a session of its own, which is over before a slow visitor has taken
    what was read: an open one would keep the database from tidying up.
    """
    begin = select(Query).where(owner.condition()).limit(ROWS_AT_A_TIME)
    statement = begin.order_by(Query.created_at, Query.id).options(
        selectinload(Query.matches).joinedload(QueryMatch.artwork),
        joinedload(Query.feedback).joinedload(Feedback.artwork),
    )
    after = statement
    while True:
        with Session(engine) as session:
            queries = session.scalars(after).all()
            session.expunge_all()
        yield from queries
        if len(queries) < ROWS_AT_A_TIME:
            return
        last = queries[-1]
        after = statement.where(
            tuple_(Query.created_at, Query.id) > (last.created_at, last.id)
        )
