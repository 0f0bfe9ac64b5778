"""Listing of a catalogue's works and pictures without importing them.

Read as an import reads them: for training and for measurements, which need no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.retrieval.settings import ImageSettings
from app.services.importing.columns.reading import propose
from app.services.importing.one_pass import check_pictured, open_beside
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.source import PictureError
from app.services.importing.records import Record
from app.services.importing.repeats import Repeats


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Picture of a work, and the label in the work's first row."""

    accession: str
    path: Path
    label: Mapping[str, str]


class CatalogueViews(NamedTuple):
    """Views that a catalogue names, in the order of the file, and its faults by line.

    A work may have several views.
    """

    views: tuple[CatalogueView, ...]
    faults: tuple[str, ...]


def list_views(catalogue: Path, images: Path) -> CatalogueViews:
    """Read a catalogue and find its pictures below a folder.

    Raises
    ------
    SourceError
        If the catalogue cannot be read, or names no works or no pictures.
    """
    pictures = FolderPictures(images, ImageSettings())
    table, source = open_beside(catalogue, pictures)
    reading = propose(table.columns)
    check_pictured(catalogue, reading)
    first_rows: dict[int, Record] = {}
    labels: dict[str, Mapping[str, str]] = {}
    repeats = Repeats(reading, first_rows.__getitem__)
    views: list[CatalogueView] = []
    faults: list[str] = []
    for record in source.records(reading):
        who = f"line {record.number}, {record.accession or 'no accession'}"
        refusal = repeats.refuse(record)
        if refusal is not None:
            faults += [f"{who}: {remark}" for remark in refusal.remarks]
            continue
        first_rows[record.number] = record
        label = labels.setdefault(record.accession, record.label)
        for name in record.images:
            try:
                path = pictures.path_of(name)
            except PictureError as error:
                faults.append(f"{who}: {error}")
            else:
                views.append(CatalogueView(record.accession, path, label))
    return CatalogueViews(tuple(views), tuple(faults))
