"""Form of a work: whether it is flat, told by the words of its label.

The pages word by it what a photo can show, and curators get advice by it. There is no
field of its own to be filled in: whoever corrects the type of a work corrects its form.
"""

import re
from enum import StrEnum

from app.models import Artwork
from app.models.keys import plain_text


class Form(StrEnum):
    """Form of a work."""

    FLAT = "flat"
    """One picture shows all of it: paintings, prints, photographs, textiles."""
    RELIEF = "relief"
    """It has one side to be seen, but changes with the light and the angle."""
    ROUND = "round"
    """It has several sides: sculpture, vessels, tools."""
    UNKNOWN = "unknown"


_STEMS = {
    Form.RELIEF: (
        *("relief", "rilievo", "relieve", "plaquette", "plakette", "placchetta"),
        *("medal", "medaille", "medaglia", "moneta", "monnaie", "moneda", "munze"),
        *("muenze", "plaque", "cameo", "kamee", "intaglio"),
    ),
    Form.ROUND: (
        *("sculpt", "skulptur", "scultur", "escultur", "bildwerk", "plastik"),
        *("statue", "statua", "estatua", "standbild", "figurine", "statuette"),
        *("busto", "buste", "bueste"),
        *("vessel", "gefass", "gefaess", "vasija", "recipiente", "amphora", "amphore"),
        *("anfora", "pokal", "goblet", "kanne", "schale", "schussel", "schuessel"),
        *("mobel", "moebel", "furniture", "mobilier", "helmet"),
        *("pottery", "ceramic", "keramik", "ceramique", "ceramica"),
        *("porcelain", "porzellan", "porcelaine", "porcellana", "porcelana"),
    ),
    Form.FLAT: (
        *("painting", "gemalde", "gemaelde", "malerei", "peinture", "pittur", "pintur"),
        *("drawing", "zeichnung", "dessin", "disegno", "dibujo", "aquarell"),
        *("watercolo", "acquerello", "acuarela", "gouache", "pastel"),
        *("etching", "radierung", "engraving", "kupferstich", "gravure", "incision"),
        *("woodcut", "holzschnitt", "linocut", "lithograph", "lithografi", "litograf"),
        *("photograph", "fotograf", "photographie", "poster", "plakat", "affiche"),
        *("manuscript", "handschrift", "tapestry", "tapisserie", "wandteppich"),
        *("collage", "fresco", "fresque", "freske", "mosaic", "mosaik", "mosaique"),
        *("canvas", "leinwand", "papier", "paper", "papel", "pergament", "parchment"),
        *("triptych", "triptyque", "altarpiece"),
    ),
}
"""Parts of words, in plain letters, that tell a form wherever they stand: German joins
words (Marmorbüste, Ölgemälde)."""
_WORDS = {
    Form.RELIEF: ("coin", "coins", "stele", "stela", "frieze", "fries", "frise"),
    Form.ROUND: (
        *("bust", "busts", "torso", "mask", "maske", "masque", "maschera", "mascara"),
        *("object", "objects", "objekt", "objekte", "objet", "objets"),
        *("oggetto", "objeto", "vase", "vaso", "bowl", "cup", "jar", "pot", "urn"),
        *("tool", "werkzeug", "axe", "sword", "armour", "armor", "puppet", "doll"),
        *("puppe", "maquette", "carving", "bronze", "bronzo"),
        *("bronce", "marble", "marmor", "marbre", "marmo", "marmol", "terracotta"),
        *("terrakotta", "skull", "skeleton"),
    ),
    Form.FLAT: (
        *("print", "prints", "druck", "estampe", "stampa", "oil", "oils", "huile"),
        *("olio", "oleo", "tempera", "acrylic", "acryl", "acrylique", "ink", "tusche"),
        *("chalk", "kreide", "pencil", "bleistift", "icon", "ikone", "icone", "ol"),
        *("landscape", "landschaft", "paysage", "paesaggio", "paisaje", "map", "karte"),
        *("stillleben", "veduta", "vedute"),
    ),
}
"""Whole words."""
_LETTERS = re.compile(r"[a-z]+")


def form_of(work: Artwork) -> Form:
    """Tell the form of a work by its type or, where that says nothing, its technique.

    Words of English, German, French, Italian and Spanish are known. A relief is a
    sculpture, too. Where words contradict each other ("photograph of a statue", "relief
    print"), the form is unknown.
    """
    for text in (work.type, work.technique):
        forms = _forms_in(plain_text(text or ""))
        if Form.RELIEF in forms:
            forms.discard(Form.ROUND)
        if forms:
            return forms.pop() if len(forms) == 1 else Form.UNKNOWN
    return Form.UNKNOWN


def _forms_in(text: str) -> set[Form]:
    words = set(_LETTERS.findall(text))
    return {
        form
        for form, stems in _STEMS.items()
        if any(stem in text for stem in stems) or words.intersection(_WORDS[form])
    }
