"""Words by which columns are known in tables of no known format.

In the languages of the site, Italian and Dutch, and the numbers' also in Polish, Czech
and Russian. A name is compared without accents, capitals and signs, see :func:`plain`.
Among words for a field, what is more surely meant comes first.
"""

import re
import unicodedata
from collections.abc import Mapping

SIGNS = re.compile(r"[\W_]+")


def plain(name: str) -> str:
    """Return a column's name without accents, capitals and signs.

    >>> plain("Numéro d’inventaire"), plain("Inv.-Nr."), plain("accessionNumber")
    ('numero d inventaire', 'inv nr', 'accession number')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.translate(BARE))
    letters = unicodedata.normalize("NFKD", parted.casefold())
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return SIGNS.sub(" ", bare.translate(UNFOLDED)).strip()


BARE = str.maketrans({"ß": "ss", "º": None, "°": None})
"""Letters and signs that Unicode takes for others."""
UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "accession": (
        *("accession", "accession number", "accession no", "accession nr"),
        *("accession num", "accession id", "accession code", "acc no", "acc num"),
        *("inventory number", "inventory no", "inventory nr", "inventory num"),
        *("inventory", "inventory id", "inventory code", "inv no", "inv nr"),
        *("inv num", "inv", "object number", "object no", "object nr", "object num"),
        *("museum number", "registration number", "identification number"),
        # German
        *(
            "inventarnummer",
            "inventar nummer",
            "inventarnr",
            "inventar nr",
            "inv nummer",
        ),
        *("inventar no", "objektnummer", "objekt nr", "objektnr", "sammlungsnummer"),
        "inventar",
        # French
        *(
            "numero d inventaire",
            "numero inventaire",
            "n d inventaire",
            "no d inventaire",
        ),
        *("no inventaire", "n inventaire", "num inventaire", "num inv", "numero inv"),
        *("nr d inventaire", "inventaire", "numero d objet", "numero objet"),
        "numero d acquisition",
        # Spanish
        *("numero de inventario", "numero inventario", "num inventario"),
        *("no de inventario", "n de inventario", "no inventario", "n inventario"),
        *("num de inventario", "nro de inventario", "nro inventario", "inventario"),
        *("numero de registro", "numero de objeto"),
        # Italian
        *("numero di inventario", "numero d inventario", "n di inventario"),
        *("num di inventario", "nr inventario", "n inv", "codice inventario"),
        # Dutch
        *("inventarisnummer", "inventaris nummer", "inventarisnr", "inventaris nr"),
        *("objectnummer", "object nummer", "objectnr", "inventaris"),
        # Polish, Czech, Russian
        *("nr inwentarzowy", "numer inwentarzowy", "inventarni cislo"),
        *("инвентарныи номер", "инвентарныи", "инв номер"),
    ),
    "image": (
        *("image", "images", "image url", "image file", "image filename", "image name"),
        *("picture", "pictures", "photo", "photos", "file", "filename", "file name"),
        *("files", "primary image", "main image", "media", "media file", "image path"),
        *("primary media", "picture file", "picture path", "photo file", "image link"),
        *("bild", "bilder", "bilddatei", "bilddateien", "dateiname", "datei", "foto"),
        *("abbildung", "fotos", "bildname", "bildpfad", "hauptbild", "bild url"),
        *("fichier", "fichiers", "nom du fichier", "nom de fichier", "photographie"),
        *("fichier image", "illustration", "visuel", "cliche"),
        *(
            "imagen",
            "imagenes",
            "archivo",
            "nombre de archivo",
            "fotografia",
            "fichero",
        ),
        *("immagine", "immagini", "nome file", "nome del file"),
        *("afbeelding", "afbeeldingen", "bestand", "bestandsnaam", "beeld"),
        *("thumbnail", "thumbnail url"),
    ),
    "title": (
        *("title", "titles", "titel", "titre", "titulo", "titolo", "object title"),
        *("work title", "werktitel", "bezeichnung", "name", "nom", "nombre", "nome"),
        *("naam", "designation", "denominazione", "denominacion", "object name"),
        *("tytul", "nazev", "название"),
    ),
    "artist": (
        *(
            "artist",
            "artists",
            "artist name",
            "author",
            "authors",
            "creator",
            "creators",
        ),
        *("maker", "makers", "painter", "artist maker"),
        *("kunstler", "kuenstler", "kunstler in", "kunstlerin", "urheber", "maler"),
        *("hersteller", "schopfer"),
        *("artiste", "artistes", "auteur", "auteurs", "createur", "peintre"),
        *("artista", "artistas", "autor", "autores", "creador", "pintor", "autora"),
        *("autore", "autori", "artisti", "pittore", "creatore"),
        *("kunstenaar", "kunstenaars", "vervaardiger", "maker s", "schilder"),
        *("автор", "художник"),
    ),
    "date": (
        *("date", "dates", "dating", "date made", "date created", "creation date"),
        *("date text", "production date", "object date", "year", "dated"),
        *("datierung", "datum", "jahr", "entstehungszeit", "entstehungsjahr", "zeit"),
        *("herstellungsdatum",),
        *("datation", "annee", "epoque", "periode", "date de creation", "millesime"),
        *("fecha", "datacion", "ano", "epoca", "cronologia", "fecha de creacion"),
        *("data", "datazione", "anno", "periodo", "data di creazione"),
        *("datering", "jaar", "periode", "vervaardigingsdatum"),
        *("datowanie", "datace", "дата"),
    ),
    "technique": (
        *("technique", "medium", "material", "materials", "technique and material"),
        *("materials and techniques", "material technique", "medium technique"),
        *("technik", "material technik", "technik material", "materialien"),
        *("materiau", "materiaux", "technique et materiau", "matiere", "matieres"),
        *("techniques", "materiaux et techniques", "matiere et technique"),
        *("tecnica", "materia", "materia y tecnica", "tecnica y materia", "soporte"),
        *("tecnica e materiale", "materiale", "materia e tecnica", "materiali"),
        *("techniek", "materiaal", "materiaal en techniek", "techniek en materiaal"),
        *("technika", "техника"),
    ),
    "type": (
        *("type", "classification", "category", "object type", "genre"),
        *("gattung", "kategorie", "objekttyp", "objektart", "sachgruppe", "werktyp"),
        *("categorie", "domaine", "type d objet", "classement"),
        *("tipo", "categoria", "clasificacion", "tipo de objeto", "clase"),
        *("tipologia", "classe", "tipo di oggetto", "classificazione"),
        *("soort", "objectsoort", "objecttype", "objectcategorie"),
    ),
    "school": (
        *("school", "culture", "nationality", "schule", "kulturkreis", "ecole"),
        *("nationalite", "escuela", "nacionalidad", "cultura", "scuola", "nazionalita"),
        *("kultur", "cultuur", "nationaliteit"),
    ),
    "location": (
        *("location", "room", "gallery", "place", "current location"),
        *("standort", "raum", "saal", "aufstellungsort"),
        *("localisation", "emplacement", "salle", "lieu de conservation"),
        *("ubicacion", "sala", "localizacion", "emplazamiento"),
        *("collocazione", "ubicazione", "posizione"),
        *("locatie", "standplaats", "zaal", "plaats"),
    ),
    "source": (
        *("source", "url", "link", "web url", "page", "permalink", "web page"),
        *("quelle", "webseite", "lien", "page web", "fuente", "enlace", "pagina web"),
        *("fonte", "collegamento", "bron", "webpagina"),
    ),
    "rights": (
        *("rights", "licence", "license", "copyright", "rights statement"),
        *("rechte", "lizenz", "nutzungsrechte", "droits", "licence d utilisation"),
        *("derechos", "licencia", "diritti", "licenza", "rechten", "licentie"),
    ),
}
ABOUT_PICTURE_WORDS = frozenset(
    (
        *("photographer", "photo credit", "picture credit", "image credit", "view"),
        *("view type", "viewtype", "sequence", "sort order", "position", "caption"),
        *("image caption", "alt text", "assistive text", "date taken", "date of photo"),
        *("scan", "scan date", "resolution", "image width", "image height"),
        *("photo date", "image date", "reproduction", "reproduction date"),
        *(
            "reproduction number",
            "reproduction type",
            "copyright photo",
            "photo copyright",
        ),
        *(
            "image rights",
            "picture rights",
            "photo rights",
            "image copyright",
            "ansicht",
        ),
        *("fotograf", "fotografin", "fotograf in", "aufnahmedatum", "bildnachweis"),
        *("bildrechte", "bildunterschrift", "aufnahme", "aufnahmenummer", "bildnummer"),
        *("reihenfolge", "bildtyp", "foto credit", "fotonachweis", "negativnummer"),
        *(
            "photographe",
            "credit photo",
            "credit photographique",
            "date de prise de vue",
        ),
        *("vue", "legende", "legende de l image", "ordre", "date de la photo"),
        *("fotografo", "fotografa", "credito fotografico", "fecha de la foto", "vista"),
        *("fecha de la fotografia", "pie de foto", "orden", "derechos de imagen"),
        *("credito foto", "data foto", "data della foto", "didascalia", "ordine"),
        *("diritti immagine", "veduta"),
        *(
            "fotocredit",
            "fotodatum",
            "opnamedatum",
            "bijschrift",
            "volgorde",
            "aanzicht",
        ),
        *("fotorechten", "rechten afbeelding"),
    )
)
"""Of columns that say something of the picture in their row, and not of the work."""
ABOUT_PICTURE_STARTS = (
    *("reproduction ", "photo ", "image ", "picture ", "media ", "bild ", "foto "),
    *("afbeelding ", "imagen ", "immagine "),
)
"""How the names of such columns begin, if they name no picture themselves."""


def squeezed(name: str) -> str:
    """Return a column's name in plain letters alone: databases leave blanks out.

    >>> squeezed("IMAGEFILE") == squeezed("Image file")
    True
    """
    return plain(name).replace(" ", "")


SQUEEZED = {
    meant: tuple(dict.fromkeys(word.replace(" ", "") for word in words))
    for meant, words in WORDS.items()
}
"""Words for fields without their blanks, in the same order."""


def field_named(name: str) -> str:
    """Return the field that a name means, of a column or in metadata; "" if none."""
    words = squeezed(name)
    return next((meant for meant, known in SQUEEZED.items() if words in known), "")


def is_about_picture(name: str) -> bool:
    """Tell whether a column, by its name, describes the picture and not the work."""
    words = plain(name)
    return words in ABOUT_PICTURE_WORDS or words.startswith(ABOUT_PICTURE_STARTS)
