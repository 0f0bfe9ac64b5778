"""Export of the collection as a table and as JSON.

The table is what ``app.services.importing`` reads: one row per picture, so a work with
two pictures has two rows, and a work without any has one with a blank ``image``. Audio,
video and links stand beside the pictures, one in each row, and have rows of their own
where they are more.
"""

import csv
import io
import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, WorkMedia
from app.services.collection.content.media import (
    AddressOf,
    described_media,
    shown_media,
)
from app.services.collection.labels import COLUMNS, fact_of, label_of
from app.services.collection.spreadsheets import BYTE_ORDER_MARK, preserved
from app.services.collection.subjects import SHOWS, subjects_of
from app.services.collection.vocabulary.codes import codes_by_column

BATCH_WORKS = 500
WITHDRAWN = "withdrawn"
"""Column of the table: since when; blank where the work is on show."""
YEARS = ("earliest_year", "latest_year")
"""Columns of the table that follow from the date: nothing is read from them."""
MEDIA_KIND, MEDIA_LANGUAGE, MEDIA_TITLE = "media.kind", "media.language", "media.title"
MEDIA_TRANSCRIPT, MEDIA_ADDRESS = "media.transcript", "media.address"
MEDIA_FILE = "media.file"
MEDIA_COLUMNS = (
    *(MEDIA_KIND, MEDIA_LANGUAGE, MEDIA_TITLE, MEDIA_TRANSCRIPT),
    *(MEDIA_ADDRESS, MEDIA_FILE),
)
"""Columns that tell of one of the work's audio, video and links."""
EXPORTED = (*COLUMNS, *YEARS, SHOWS, WITHDRAWN, *MEDIA_COLUMNS)
"""Columns of the table that are ours."""
NO_PICTURE: tuple[str, dict[str, Any]] = ("", {})
NO_MEDIA = ("",) * len(MEDIA_COLUMNS)
PICTURE_PREFIX = "picture."
"""Before the names of columns that describe the picture of their row."""


def all_works(session: Session, *, withdrawn: bool = False) -> Iterator[Artwork]:
    """Yield the works by their accession numbers, a few hundred in memory at a time.

    Parameters
    ----------
    withdrawn : bool
        Whether withdrawn works are meant too.
    """
    last = ""
    meant = [] if withdrawn else [Artwork.withdrawn_at.is_(None)]
    while batch := session.scalars(
        select(Artwork)
        .where(Artwork.accession > last, *meant)
        .options(
            selectinload(Artwork.images),
            selectinload(Artwork.media),
            selectinload(Artwork.term_codes),
        )
        .order_by(Artwork.accession)
        .limit(BATCH_WORKS)
    ).all():
        yield from batch
        last = batch[-1].accession
        session.expunge_all()


def table(session: Session, address_of: AddressOf) -> Iterator[str]:
    """Yield the lines of a CSV file with everything the museum's tables said.

    Every work is in it, also withdrawn ones. What a work shows is in it where a curator
    stated it: what is only seen would count as stated once it is imported. Columns that
    are not ours come last.

    Parameters
    ----------
    address_of : callable
        From the name of a recording to its address.
    """
    extra: set[str] = set()
    about: set[str] = set()
    for work in all_works(session, withdrawn=True):
        extra.update(work.details, codes_by_column(work))
        about.update(name for image in work.images for name in image.about)
    details, described = sorted(extra), sorted(about)
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file)
    names = (*EXPORTED, *details, *(f"{PICTURE_PREFIX}{name}" for name in described))
    writer.writerow([preserved(name) for name in names])
    for work in all_works(session, withdrawn=True):
        label = label_of(work)
        pictures = [(image.media_name, image.about) for image in work.images]
        media = [_media_cells(one, address_of) for one in shown_media(work)]
        for picture, one in zip_longest(pictures or [NO_PICTURE], media):
            name, said = picture or NO_PICTURE
            facts = {"accession": work.accession, "image": name, **label}
            since = work.withdrawn_at.isoformat() if work.withdrawn_at else ""
            cells = [facts[column] for column in COLUMNS]
            # Years are numbers, which spreadsheets calculate to themselves.
            years = ["" if year is None else year for year in _years(work)]
            others = [fact_of(work, SHOWS), since, *(one or NO_MEDIA)]
            told = work.details | codes_by_column(work)
            others += [str(told.get(column, "")) for column in details]
            others += [str(said.get(column, "")) for column in described]
            writer.writerow([*map(preserved, cells), *years, *map(preserved, others)])
        yield file.getvalue()
        file.seek(0)
        file.truncate()
    yield file.getvalue()


def json_lines(session: Session) -> Iterator[str]:
    """Yield the works as a JSON array, one work per line."""
    yield "["
    separator = "\n"
    for work in all_works(session, withdrawn=True):
        facts = {
            "accession": work.accession,
            **label_of(work),
            **dict(zip(YEARS, _years(work), strict=True)),
            SHOWS: subjects_of(work),
            "shows_stated": bool(work.stated_subjects),
            "details": work.details,
            "codes": codes_by_column(work),
            "media": described_media(work),
            WITHDRAWN: work.withdrawn_at.isoformat() if work.withdrawn_at else None,
            "images": [
                {
                    "name": image.media_name,
                    "sha256": image.sha256,
                    "width": image.width,
                    "height": image.height,
                    "about": image.about,
                }
                for image in work.images
            ],
        }
        yield separator + json.dumps(facts, ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n"


def _media_cells(one: WorkMedia, address_of: AddressOf) -> tuple[str, ...]:
    """Return the cells of ``MEDIA_COLUMNS``."""
    name = one.media_name or ""
    where = address_of(name) if name else one.address
    return (one.kind, one.language, one.title, one.transcript, where, name)


def _years(work: Artwork) -> tuple[int | None, int | None]:
    return work.earliest_year, work.latest_year
