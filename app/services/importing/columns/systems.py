"""Columns of what collection management systems export."""

from collections.abc import Mapping

from app.services.importing.columns.known import Known

JOINTS: Mapping[str, tuple[str, ...]] = {
    "axiell": ("|",),
    "collectiveaccess": ("|",),
    "omeka": ("|", "^^"),
}
"""Signs by which a system joins several values in a cell."""
SYSTEMS: Mapping[str, Known] = {
    "museumplus": Known(
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
        (
            "objobjectnumbervrt",
            "objobjectnumbertxt",
            "objobjectnumbergrp",
        ),
    ),
    "collectiveaccess": Known(
        """
        accession: ca_objects.idno
        image: ca_object_representations.media.original, \
ca_object_representations.media.original.url, \
ca_object_representations.media.large.url, \
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
        ("ca_objects.idno",),
    ),
    "omeka": Known(
        """
        accession: dcterms:identifier, dublin core:identifier
        image: media/o:original_url, o:media/o:original_url, media_url, \
o:original_url, files, file
        title: dcterms:title, dublin core:title
        artist: dcterms:creator, dublin core:creator
        date: dcterms:date, dcterms:created, dublin core:date
        technique: dcterms:medium, dcterms:format, dublin core:format
        type: dcterms:type, dublin core:type
        rights: dcterms:rights, dublin core:rights
        source: dcterms:source, dublin core:source
        """,
        (
            "dcterms:title, dcterms:identifier",
            "dublin core:title, dublin core:identifier",
        ),
    ),
    "pastperfect": Known(
        """
        accession: objectid
        image: imagefile
        title: title
        artist: artist, creator
        date: date
        technique: material, medium
        type: objname
        location: homeloc
        school: culture
        """,
        ("objectid, objname",),
    ),
    "axiell": Known(
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
        (
            "priref, object_number",
            "object_number, reproduction.reference",
            "object_number, production.date.start",
        ),
    ),
    "tms": Known(
        """
        accession: objectnumber
        image: primarymedia, image, imagefile, mediafile, filename
        title: title
        artist: displayname, artist, artist/maker, constituents, alphasort
        date: dated
        technique: medium
        type: classification
        location: currentlocation, location
        school: culture
        rights: copyright
        """,
        (
            "objectnumber, dated",
            "objectid, objectnumber, creditline",
        ),
    ),
}
