"""Known formats of tables, and mappings of columns to fields of a work.

A reading of a table maps each column to a field of the work. Columns that are no field
of ours become further details under their own names, so nothing is lost.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.services.collection.exporting import EXPORTED, WITHDRAWN, original
from app.services.collection.labels import COLUMNS, LABEL_COLUMNS

ACCESSION, IMAGE, DETAILS = "accession", "image", "details"
FIELDS = (ACCESSION, IMAGE, *LABEL_COLUMNS)
"""What a column may be mapped to; all others are ``DETAILS``."""
OURS = "ours"
WGA = "wga"
RESERVED = frozenset(EXPORTED)
"""Names of columns in our own export, which no detail may have."""


@dataclass(frozen=True, slots=True)
class Format:
    """Format of table that we know.

    Attributes
    ----------
    fields : mapping of str to str
        Column, in small letters, to field.
    telling : tuple of str
        Columns that together give it away.
    accession_from : str
        Column that a number is made from, where none holds one.
    """

    fields: Mapping[str, str]
    telling: tuple[str, ...]
    accession_from: str = ""


FORMATS = {
    OURS: Format(
        {name: name for name in EXPORTED},
        (*COLUMNS, WITHDRAWN),  # those of older exports, too
    ),
    WGA: Format(
        {
            "author": "artist",
            "title": "title",
            "date": "date",
            "technique": "technique",
            "location": "location",
            "url": "source",
            "type": "type",
            "school": "school",
        },
        ("author", "born-died", "technique", "url", "form", "timeframe"),
        accession_from="url",
    ),
    "moma": Format(
        {
            "accessionnumber": ACCESSION,
            "title": "title",
            "artist": "artist",
            "date": "date",
            "medium": "technique",
            "classification": "type",
            "nationality": "school",
            "url": "source",
            "imageurl": IMAGE,
            "thumbnailurl": IMAGE,
        },
        ("title", "artist", "constituentid", "accessionnumber", "creditline"),
    ),
    "met": Format(
        {
            "object number": ACCESSION,
            "title": "title",
            "artist display name": "artist",
            "object date": "date",
            "medium": "technique",
            "classification": "type",
            "culture": "school",
            "gallery number": "location",
            "link resource": "source",
            "rights and reproduction": "rights",
        },
        ("object number", "object id", "artist display name", "link resource"),
    ),
    "tate": Format(
        {
            "acno": ACCESSION,
            "title": "title",
            "artist": "artist",
            "datetext": "date",
            "medium": "technique",
            "classification": "type",
            "url": "source",
            "thumbnailurl": IMAGE,
        },
        ("acno", "datetext", "thumbnailurl"),
    ),
    "carnegie": Format(
        {
            "accession_number": ACCESSION,
            "title": "title",
            "creator": "artist",
            "creation_date": "date",
            "medium": "technique",
            "classification": "type",
            "physical_location": "location",
            "web_url": "source",
            "images": IMAGE,
        },
        ("accession_number", "creation_date", "creator", "images"),
    ),
    "estense": Format(
        {"title": "title", "author": "artist", "room": "location", "image": IMAGE},
        ("title", "author", "room", "image"),
        accession_from="image",
    ),
}
GUESSES = {
    ACCESSION: "accession accession_number accession_no accession_id inventory "
    "inventory_number inventory_no inv_no inv object_number object_no "
    "inventarnummer inventar_nr inv_nr numero_inventaire numero_inventario "
    "numero_di_inventario inventario",
    IMAGE: "image images image_url picture pictures photo file filename file_name "
    "bild bilddatei fichier imagen immagine thumbnail thumbnail_url",
    "title": "title titel titre titulo titolo name",
    "artist": "artist artists author creator maker painter kunstler kuenstler künstler "
    "artiste auteur artista autor autore",
    "date": "date dating year datierung datum jahr annee année fecha data anno",
    "technique": "technique medium material materials technik tecnica técnica materiau",
    "type": "type classification category object_type gattung kategorie tipo",
    "school": "school culture nationality schule ecole école escuela scuola",
    "location": "location room gallery place standort raum saal salle sala emplacement",
    "source": "source url link web_url quelle lien",
    "rights": "rights licence license copyright rechte droits derechos diritti",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Mapping of a table's columns, and how else the table is read.

    Attributes
    ----------
    columns : mapping of str to str
        Every column to a field or to ``DETAILS``.
    format : str
        One of ``FORMATS``, or "" if it is none we know.
    accession_from : str
        Column that the accession number is made from; "" if one holds it.
    fetches : bool
        Whether pictures are fetched by their addresses.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    format: str = ""
    accession_from: str = ""
    fetches: bool = True

    @property
    def details(self) -> dict[str, str]:
        """Columns that become details, and their names there."""
        return {
            column: detail_name(column)
            for column, meant in self.columns.items()
            if meant == DETAILS or (meant == IMAGE and self.format != OURS)
        }

    @property
    def labels(self) -> frozenset[str]:
        """Fields of the label that the table has."""
        return frozenset(self.columns.values()) & frozenset(LABEL_COLUMNS)

    @property
    def has_pictures(self) -> bool:
        """Whether the table says where pictures are."""
        return self.format == WGA or IMAGE in self.columns.values()

    def to_json(self) -> dict[str, Any]:
        """Return what ``ImportRun.mapping`` keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from."""
        return cls(**kept)


def detail_name(name: str) -> str:
    """Return the name of a detail that is called so: never that of our own columns."""
    return f"{name} (imported)" if name.casefold() in RESERVED else name


def propose(columns: Sequence[str]) -> Reading:
    """Map the columns of a table as its header suggests."""
    names = {original(name).strip().casefold(): name for name in columns}
    for key, known in FORMATS.items():
        if all(name in names for name in known.telling):
            return _by_format(key, columns)
    chosen: dict[str, str] = {}
    for meant, words in GUESSES.items():
        for guess in words.split():
            found = next((names[name] for name in names if _plain(name) == guess), None)
            if found is not None and found not in chosen:
                chosen[found] = meant
                break
    meanings = {meant: name for name, meant in chosen.items()}
    made_from = "" if ACCESSION in meanings else meanings.get(IMAGE, "")
    return Reading(
        {name: chosen.get(name, DETAILS) for name in columns}, accession_from=made_from
    )


def columns_hash(columns: Sequence[str]) -> str:
    """Return what a mapping is remembered by."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def _by_format(key: str, columns: Sequence[str]) -> Reading:
    known = FORMATS[key]
    chosen: dict[str, str] = {}
    made_from = ""
    for name in columns:
        plain = original(name).strip().casefold()
        meant = known.fields.get(plain, DETAILS)
        # Of two columns for one field, as MoMA has for pictures, the first counts.
        chosen[name] = DETAILS if meant in chosen.values() else meant
        if plain == known.accession_from:
            made_from = name
    return Reading(chosen, key, made_from)


def _plain(name: str) -> str:
    return "_".join(name.replace(".", " ").replace("-", " ").replace("_", " ").split())
