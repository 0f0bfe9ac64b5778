import pytest

from app.services.collection.labels import COLUMNS
from app.services.importing.columns.formats import DETAILS
from app.services.importing.columns.reading import Reading, columns_hash, propose

HEADERS = {
    "wga": "AUTHOR;BORN-DIED;TITLE;DATE;TECHNIQUE;LOCATION;URL;FORM;TYPE;SCHOOL;"
    "TIMEFRAME",
    "moma": "Title;Artist;ConstituentID;ArtistBio;Nationality;BeginDate;EndDate;Gender;"
    "Date;Medium;Dimensions;CreditLine;AccessionNumber;Classification;Department;"
    "DateAcquired;Cataloged;ObjectID;URL;ImageURL;OnView",
    "met": "Object Number;Is Highlight;Object ID;Gallery Number;Department;Title;"
    "Culture;Artist Display Name;Object Date;Medium;Classification;"
    "Rights and Reproduction;Link Resource",
    "tate": "acno;title;artist;dateText;medium;dimensions;classification;movements;"
    "subjects;creditLine;thumbnailUrl;url",
    "carnegie": "title;creation_date;medium;accession_number;id;credit_line;web_url;"
    "classification;physical_location;images;creator",
    "nga": "objectid;accessioned;accessionnum;locationid;title;displaydate;beginyear;"
    "endyear;medium;dimensions;attributioninverted;attribution;creditline;"
    "classification",
    "cleveland": "id;accession_number;share_license_status;tombstone;current_location;"
    "title;creation_date;creation_date_earliest;creators;culture;technique;department;"
    "collection;type;measurements;creditline;copyright;provenance;url;image_web;"
    "image_print;image_full;updated_at",
    "rijksmuseum": "objectInventoryNumber;objectPersistentIdentifier;objectTitle[1];"
    "objectType[1];objectCreator[1];objectCreationDate[1];objectImage",
    "smk": "object_number;titles;artist;production_date;techniques;object_names;"
    "image_native;image_thumbnail;public_domain;rights;current_location_name",
    "cooper_hewitt": "accession_number;creditline;date;decade;department_id;"
    "description;dimensions;id;media_id;medium;period_id;primary_image;provenance;"
    "title;tms:id;type;type_id;url;woe:country;year_acquired",
    "harvard": "objectid;objectnumber;title;dated;datebegin;dateend;medium;"
    "classification;culture;department;creditline;primaryimageurl;url;people",
    "museumplus": "ObjObjectNumberVrt;ObjObjectTitleVrt;ObjPerAssociationRef;"
    "ObjDateVrt;ObjMaterialTechniqueVrt;ObjDimAllVrt;ObjCurrentLocationVrt;ObjMultimediaRef",
    "collectiveaccess": "ca_objects.idno;ca_objects.preferred_labels;ca_entities;"
    "ca_objects.dates.dates_value;ca_objects.type_id",
    "omeka": "o:id;o:resource_template;dcterms:identifier;dcterms:title;"
    "dcterms:creator;dcterms:date;dcterms:medium;o:media/o:original_url",
    "axiell": "priref;object_number;title;creator;creator.role;production.date.start;"
    "production.date.end;material;technique;object_name;current_location;"
    "reproduction.reference",
    "pastperfect": "OBJECTID;OBJNAME;TITLE;ARTIST;DATE;MATERIAL;HOMELOC;IMAGEFILE",
    "tms": "ObjectID;ObjectNumber;Title;DisplayName;Dated;Medium;Dimensions;CreditLine;"
    "Classification;Department",
    "estense": "Title;Author;Room;Image",
    "ours": ";".join((*COLUMNS, "withdrawn", "Medium")),
}
MEANT = {
    "wga": {"AUTHOR": "artist", "TECHNIQUE": "technique", "URL": "source"},
    "moma": {
        "AccessionNumber": "accession",
        "ImageURL": "image",
        "Medium": "technique",
    },
    "met": {"Object Number": "accession", "Artist Display Name": "artist"},
    "tate": {"acno": "accession", "dateText": "date", "thumbnailUrl": "image"},
    "carnegie": {"accession_number": "accession", "creator": "artist"},
    "nga": {"accessionnum": "accession", "displaydate": "date"},
    "cleveland": {"accession_number": "accession", "image_web": "image", "id": DETAILS},
    "rijksmuseum": {"objectTitle[1]": "title", "objectImage": "image"},
    "smk": {"object_number": "accession", "image_native": "image"},
    "cooper_hewitt": {"accession_number": "accession", "id": DETAILS},
    "harvard": {"objectnumber": "accession", "dated": "date", "people": "artist"},
    "museumplus": {"ObjObjectNumberVrt": "accession", "ObjDateVrt": "date"},
    "collectiveaccess": {"ca_objects.idno": "accession", "ca_entities": "artist"},
    "omeka": {"dcterms:identifier": "accession", "o:media/o:original_url": "image"},
    "axiell": {"object_number": "accession", "reproduction.reference": "image"},
    "pastperfect": {"OBJECTID": "accession", "IMAGEFILE": "image", "OBJNAME": "type"},
    "tms": {"ObjectNumber": "accession", "Dated": "date", "ObjectID": DETAILS},
    "estense": {"Author": "artist", "Room": "location", "Image": "image"},
    "ours": {"accession": "accession", "withdrawn": "withdrawn", "Medium": DETAILS},
}


@pytest.mark.parametrize("name", HEADERS)
def test_known_tables_are_known(name):
    columns = HEADERS[name].split(";")
    reading = propose(columns)
    assert reading.format == name
    assert set(reading.columns) == set(columns)
    assert MEANT[name].items() <= reading.columns.items()


@pytest.mark.parametrize(("name", "column"), [("wga", "URL"), ("estense", "Image")])
def test_where_no_column_holds_the_number_one_is_made(name, column):
    assert propose(HEADERS[name].split(";")).accession_from == column


def test_the_table_that_the_tate_publishes_is_known():
    columns = (
        "id;accession_number;artist;artistRole;artistId;title;dateText;medium;creditLine;"
        "year;acquisitionYear;dimensions;width;height;depth;units;inscription;"
        "thumbnailCopyright;thumbnailUrl;url"
    )
    reading = propose(columns.split(";"))
    assert reading.format == "tate"
    assert reading.columns["accession_number"] == "accession"
    assert (reading.columns["dateText"], reading.columns["year"]) == ("date", DETAILS)


@pytest.mark.parametrize("columns", ["accession;image;location", "accession;title"])
def test_our_own_export_is_known_whatever_is_missing(columns):
    assert propose(columns.split(";")).format == "ours"


@pytest.mark.parametrize(
    "header",
    [
        "Inventory No.;Picture;Title;Artist;Date;Technique;Classification;Culture;Room;"
        "Link;Copyright",
        "Inventarnr.;Bilddatei;Titel;Künstler/in;Datierung;Material/Technik;Objektart;"
        "Schule;Standort;Quelle;Rechte",
        "N° d’inventaire;Fichier;Titre;Auteur;Datation;Matériaux et techniques;Domaine;"
        "École;Localisation;Lien;Droits",
        "N.º de inventario;Imagen;Título;Autor;Datación;Técnica;Tipo de objeto;Escuela;"
        "Ubicación;Enlace;Derechos",
        "Numero d'inventario;Immagine;Titolo;Autore;Datazione;Tecnica;Tipologia;Scuola;"
        "Collocazione;Fonte;Diritti",
        "Inventarisnummer;Afbeelding;Titel;Kunstenaar;Datering;Techniek;Objectsoort;"
        "Cultuur;Locatie;Bron;Rechten",
    ],
)
def test_headers_in_the_sites_languages_are_known(header):
    meant = propose(header.split(";")).columns.values()
    assert list(meant) == [
        *("accession", "image", "title", "artist", "date", "technique", "type"),
        *("school", "location", "source", "rights"),
    ]


@pytest.mark.parametrize("header", ["Bild;Titel", "Nr;Titel;Bild", "Datei;Name;id"])
def test_where_no_column_is_surely_the_number_none_is_proposed(header):
    assert not propose(header.split(";")).has_number


def test_columns_about_the_picture_are_told_by_their_names():
    columns = ["Inv.-Nr.", "Titel", "Bild", "Fotograf:in", "Aufnahmedatum", "Maße"]
    reading = propose(columns)
    assert set(reading.about_pictures) == {"Fotograf:in", "Aufnahmedatum"}
    assert reading.columns["Maße"] == "details.dimensions@de"
    assert not propose(["Inv.-Nr.", "Titel", "Fotograf:in"]).about_pictures


def test_of_two_columns_for_one_field_the_first_counts():
    reading = propose([*HEADERS["moma"].split(";"), "ThumbnailURL"])
    assert reading.columns["ImageURL"] == "image"
    assert reading.columns["ThumbnailURL"] == DETAILS


def test_unknown_tables_are_guessed():
    reading = propose(["Inventarnummer", "Titel", "Künstler", "Masse", "Bild"])
    assert (reading.format, reading.accession_from) == ("", "")
    assert list(reading.columns.values()) == [
        "accession",
        "title",
        "artist",
        "details.dimensions@de",
        "image",
    ]


def test_details_never_take_the_names_of_our_own_columns():
    reading = propose(["Inv No", "Title", "Image", "Source"])
    assert reading.details == {"Image": "Image (imported)"}
    kept = Reading({"No": "accession", "Source": DETAILS})
    assert kept.details == {"Source": "Source (imported)"}


def test_a_reading_is_kept_and_found_by_its_header():
    reading = propose(HEADERS["tate"].split(";"))
    assert Reading.from_json(reading.to_json()) == reading
    assert columns_hash(["a", "b"]) != columns_hash(["ab"])
