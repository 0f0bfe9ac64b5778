"""Columns of the tables that museums publish."""

from collections.abc import Mapping

from app.services.importing.columns.known import Known

MUSEUMS: Mapping[str, Known] = {
    "wga": Known(
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
        ("author, born-died, technique, url, form, timeframe",),
        accession_from="url",
    ),
    "moma": Known(
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
        ("title, artist, constituentid, accessionnumber, creditline",),
    ),
    "met": Known(
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
        (
            "object number, object id, artist display name, link resource",
            "object number, is highlight, is public domain, artist display name",
        ),
    ),
    "tate": Known(
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
        (
            "acno, datetext, thumbnailurl",
            "accession_number, artistid, datetext, thumbnailurl",
        ),
    ),
    "carnegie": Known(
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
        (
            "accession_number, creation_date, creator, images",
            "accession_number, creation_date, physical_location, web_url",
        ),
    ),
    "nga": Known(
        """
        accession: accessionnum
        title: title
        artist: attribution
        date: displaydate
        technique: medium
        type: classification
        """,
        ("objectid, accessionnum, displaydate, attribution",),
    ),
    "cleveland": Known(
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
        (
            "accession_number, share_license_status, creation_date",
            "accession_number, tombstone, creators, image_web",
        ),
    ),
    "rijksmuseum": Known(
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
        (
            "objectinventorynumber, objectpersistentidentifier",
            "objectnumber, principalorfirstmaker",
        ),
    ),
    "smk": Known(
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
        (
            "object_number, image_native",
            "object_number, image_thumbnail, public_domain",
        ),
    ),
    "cooper_hewitt": Known(
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
        (
            "accession_number, tms:id, media_id",
            "accession_number, woe:country, year_acquired",
        ),
    ),
    "harvard": Known(
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
        (
            "objectnumber, primaryimageurl",
            "objectnumber, dated, verificationlevel",
        ),
    ),
    "estense": Known(
        """
        title: title
        artist: author
        location: room
        image: image
        """,
        ("title, author, room, image",),
        accession_from="image",
    ),
}
