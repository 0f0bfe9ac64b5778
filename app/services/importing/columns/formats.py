"""Formats of tables that are known by their columns: museums' and systems' exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.services.collection.exporting import EXPORTED
from app.services.collection.labels import LABEL_COLUMNS

ACCESSION, IMAGE, ABOUT_PICTURE, DETAILS = (
    *("accession", "image", "about_picture"),
    "details",
)
FIELDS = (ACCESSION, IMAGE, ABOUT_PICTURE, *LABEL_COLUMNS)
"""What a column may be mapped to; all others are ``DETAILS``."""
OURS, WGA, NGA = "ours", "wga", "nga"


@dataclass(frozen=True, slots=True)
class Format:
    """Format of table that we know.

    Attributes
    ----------
    fields : mapping of str to str
        Column, in small letters, to field. Of two columns for one field, the one that
        is named first counts.
    telling : tuple of tuple of str
        Columns that together give it away, in one of several ways.
    accession_from : str
        Column that a number is made from, where none holds one.
    """

    fields: Mapping[str, str]
    telling: tuple[tuple[str, ...], ...]
    accession_from: str = ""
    about_picture: frozenset[str] = field(default_factory=frozenset)

    def is_told_by(self, names: Mapping[str, str]) -> bool:
        """Tell whether a table with columns of these names is of this format."""
        return any(all(name in names for name in way) for way in self.telling)


def known_format(names: Mapping[str, str]) -> str:
    """Return the format of a table by its columns' names in small letters, or ""."""
    return next((key for key, one in FORMATS.items() if one.is_told_by(names)), "")


def is_ours(columns: Sequence[str]) -> bool:
    """Tell whether a table is our own export, whatever a spreadsheet left of it.

    Nobody else calls the number ``accession``, and all else in small letters, too.
    """
    return ACCESSION in columns and len(set(columns).intersection(EXPORTED)) > 1


def _format(
    fields: str, *telling: str, accession_from: str = "", about_picture: str = ""
) -> Format:
    """Read a format from lines of ``field: column, column``."""
    found = {}
    for line in fields.strip().splitlines():
        meant, _, columns = line.strip().partition(": ")
        found.update(dict.fromkeys(columns.split(", "), meant))
    ways = tuple(tuple(way.split(", ")) for way in telling)
    about = frozenset(filter(None, about_picture.split(", ")))
    return Format(found, ways, accession_from, about)


FORMATS: Mapping[str, Format] = {
    WGA: _format(
        """
        artist: author
        title: title
        date: date
        technique: technique
        location: location
        source: url
        type: type
        school: school
        """,
        "author, born-died, technique, url, form, timeframe",
        accession_from="url",
    ),
    "moma": _format(
        """
        accession: accessionnumber
        image: imageurl, thumbnailurl
        title: title
        artist: artist
        date: date
        technique: medium
        type: classification
        school: nationality
        source: url
        """,
        "title, artist, constituentid, accessionnumber, creditline",
    ),
    "met": _format(
        """
        accession: object number
        image: primary image, primaryimage
        title: title
        artist: artist display name
        date: object date
        technique: medium
        type: classification
        school: culture
        location: gallery number
        source: link resource
        rights: rights and reproduction
        """,
        "object number, object id, artist display name, link resource",
        "object number, is highlight, is public domain, artist display name",
    ),
    "tate": _format(
        """
        accession: acno, accession_number
        image: thumbnailurl
        title: title
        artist: artist
        date: datetext
        technique: medium
        type: classification
        source: url
        rights: thumbnailcopyright
        """,
        "acno, datetext, thumbnailurl",
        "accession_number, artistid, datetext, thumbnailurl",
    ),
    "carnegie": _format(
        """
        accession: accession_number
        image: images, image_url
        title: title
        artist: creator, full_name, cited_name
        date: creation_date
        technique: medium
        type: classification
        school: nationality
        location: physical_location
        source: web_url
        """,
        "accession_number, creation_date, creator, images",
        "accession_number, creation_date, physical_location, web_url",
    ),
    NGA: _format(
        """
        accession: accessionnum
        title: title
        artist: attribution
        date: displaydate
        technique: medium
        type: classification
        """,
        "objectid, accessionnum, displaydate, attribution",
    ),
    "cleveland": _format(
        """
        accession: accession_number
        image: image_web, image_print, image_full
        title: title
        artist: creators
        date: creation_date
        technique: technique
        type: type
        school: culture
        location: current_location
        source: url
        rights: share_license_status, copyright
        """,
        "accession_number, share_license_status, creation_date",
        "accession_number, tombstone, creators, image_web",
    ),
    "rijksmuseum": _format(
        """
        accession: objectinventorynumber, objectnumber
        image: objectimage, webimage.url, webimage
        title: objecttitle[1], objecttitle, title
        artist: objectcreator[1], objectcreator, principalorfirstmaker
        date: objectcreationdate[1], objectcreationdate, dating.presentingdate
        technique: physicalmedium
        type: objecttype[1], objecttype
        source: objectpersistentidentifier, links.web
        """,
        "objectinventorynumber, objectpersistentidentifier",
        "objectnumber, principalorfirstmaker",
    ),
    "smk": _format(
        """
        accession: object_number
        image: image_native, image_thumbnail
        title: titles, title
        artist: artist, creator, production_creator
        date: production_date, production_dates_notes, production_date_notes
        technique: techniques, medium, materials
        type: object_names
        location: current_location_name
        source: frontend_url, object_url
        rights: rights
        """,
        "object_number, image_native",
        "object_number, image_thumbnail, public_domain",
    ),
    "cooper_hewitt": _format(
        """
        accession: accession_number
        image: primary_image, image_url
        title: title
        artist: participants, designer
        date: date
        technique: medium
        type: type
        school: woe:country_name, woe:country
        source: url
        """,
        "accession_number, tms:id, media_id",
        "accession_number, woe:country, year_acquired",
    ),
    "harvard": _format(
        """
        accession: objectnumber
        image: primaryimageurl, baseimageurl
        title: title
        artist: people, artist
        date: dated
        technique: medium, technique
        type: classification
        school: culture
        source: url
        rights: copyright
        """,
        "objectnumber, primaryimageurl",
        "objectnumber, dated, verificationlevel",
    ),
    "museumplus": _format(
        """
        accession: objobjectnumbervrt, objobjectnumbertxt, objobjectnumbergrp
        image: objmultimediaref, mulreferencestxt
        title: objobjecttitlevrt, objobjecttitletxt, objobjecttitlegrp
        artist: objperassociationref, objpersonref, objartistvrt
        date: objdatevrt, objdatingvrt, objdatetxt, objdategrp
        technique: objmaterialtechniquevrt, objmaterialtechniquetxt
        type: objobjectnametxt, objclassificationtxt, objcategoryvoc
        location: objcurrentlocationvrt
        rights: objcreditlinevrt
        """,
        "objobjectnumbervrt",
        "objobjectnumbertxt",
        "objobjectnumbergrp",
    ),
    "collectiveaccess": _format(
        """
        accession: ca_objects.idno
        image: ca_object_representations.media.original, \
ca_object_representations.media.large, ca_object_representations
        title: ca_objects.preferred_labels.name, ca_objects.preferred_labels
        artist: ca_entities.preferred_labels.displayname, \
ca_entities.preferred_labels, ca_entities
        date: ca_objects.date.dates_value, ca_objects.dates.dates_value, \
ca_objects.date, ca_objects.creation_date
        technique: ca_objects.medium, ca_objects.technique, ca_objects.materials
        type: ca_objects.type_id
        location: ca_storage_locations.preferred_labels, ca_storage_locations
        rights: ca_objects.rights, ca_objects.rights.rightstext
        """,
        "ca_objects.idno",
    ),
    "omeka": _format(
        """
        accession: dcterms:identifier, dublin core:identifier
        image: o:media/o:original_url, media_url, o:original_url, files, file
        title: dcterms:title, dublin core:title
        artist: dcterms:creator, dublin core:creator
        date: dcterms:date, dcterms:created, dublin core:date
        technique: dcterms:medium, dcterms:format, dublin core:format
        type: dcterms:type, dublin core:type
        rights: dcterms:rights, dublin core:rights
        source: dcterms:source, dublin core:source
        """,
        "dcterms:title, dcterms:identifier",
        "dublin core:title, dublin core:identifier",
    ),
    "axiell": _format(
        """
        accession: object_number
        image: reproduction.reference, reproduction.identifier_url
        title: title
        artist: creator
        date: production.date.notes, production.date.start
        technique: technique, material
        type: object_name, object_category
        location: current_location, current_location.name
        rights: credit_line
        """,
        "priref, object_number",
        "object_number, reproduction.reference",
        "object_number, production.date.start",
    ),
    "tms": _format(
        """
        accession: objectnumber
        image: primarymedia, image, imagefile, mediafile
        title: title
        artist: displayname, artist, artist/maker, constituents, alphasort
        date: dated
        technique: medium
        type: classification
        location: currentlocation, location
        school: culture
        rights: copyright
        """,
        "objectnumber, dated",
        "objectid, objectnumber, creditline",
    ),
    "estense": _format(
        """
        title: title
        artist: author
        location: room
        image: image
        """,
        "title, author, room, image",
        accession_from="image",
    ),
}
