"""Works that were read on labels, as far as they are on show."""

from typing import NamedTuple

from app.models import Artwork, Query
from app.services.collection.works import works_by_accession
from app.services.labels.reading import LabelReading, ReadWork


class ShownWork(NamedTuple):
    """Work that a label in a photo names, or may name."""

    read: ReadWork
    artwork: Artwork


def reading_of(query: Query) -> LabelReading | None:
    """Return what was read in the photo of a search; None where nothing was."""
    return LabelReading.unpacked(query.reading) if query.reading else None


def lines_read(query: Query) -> tuple[str, ...]:
    """Return the lines that were read in the photo, as they were read."""
    reading = reading_of(query)
    return reading.lines if reading else ()


def shown_works(query: Query) -> list[ShownWork]:
    """Return the works that were read, the sure ones first; withdrawn ones are out."""
    reading = reading_of(query)
    if reading is None or not reading.works:
        return []
    works = works_by_accession(work.accession for work in reading.works)
    return [
        ShownWork(read, works[read.accession])
        for read in reading.works
        if read.accession in works
    ]
