"""Names of subjects and of facets' values, in the language of the page."""

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.models.dates.years import years_of_century
from app.services.collection.subjects import SHOWS, read_statement
from app.services.collection.years import CENTURY, read_century

SUBJECT_NAMES = {
    "people": _("People"),
    "child": _("Child"),
    "angel": _("Angel"),
    "skull": _("Skull"),
    "dress": _("Dress"),
    "hat": _("Hat"),
    "jewellery": _("Jewellery"),
    "mask": _("Mask"),
    "armour": _("Armour"),
    "weapon": _("Weapon"),
    "animal": _("Animal"),
    "dog": _("Dog"),
    "cat": _("Cat"),
    "big_cat": _("Lion, tiger or leopard"),
    "horse": _("Horse"),
    "cow": _("Cow"),
    "sheep": _("Sheep"),
    "hoofed": _("Horses, cattle or deer"),
    "bird": _("Bird"),
    "fish": _("Fish"),
    "insect": _("Insect"),
    "snake": _("Snake"),
    "landscape": _("Landscape"),
    "mountain": _("Mountains or hills"),
    "tree": _("Tree"),
    "water": _("Sea, lake or river"),
    "ship": _("Ship or boat"),
    "building": _("Buildings and bridges"),
    "church": _("Church, monastery or mosque"),
    "castle": _("Castle"),
    "tower": _("Tower"),
    "bridge": _("Bridge"),
    "street": _("Street"),
    "carriage": _("Carriage"),
    "plant": _("Flowers, fruit and plants"),
    "flower": _("Flower"),
    "fruit": _("Fruit"),
    "bread": _("Bread"),
    "vessel": _("Vase or vessel"),
    "furniture": _("Furniture"),
    "book": _("Book"),
    "clock": _("Clock"),
    "musical_instrument": _("Musical instrument"),
}
"""One for each of ``descriptors.subjects.SUBJECTS``."""
NOTHING_NAME = _("None of these")


def register(app: Flask) -> None:
    """Give the templates these functions."""
    app.jinja_env.filters.update(subject_name=subject_name, year_name=year_name)
    app.jinja_env.globals.update(value_name=value_name, fact_words=fact_words)


def subject_name(subject: str) -> str:
    """Name a subject; one that there is none of, as somebody's address may have it."""
    return str(SUBJECT_NAMES.get(subject, subject))


def value_name(facet: str, value: str) -> str:
    """Name a value of a facet: labels as the museum wrote them, others in words."""
    if facet == CENTURY:
        return century_name(value)
    return subject_name(value) if facet == SHOWS else value


def century_name(value: str) -> str:
    """Name a century by its years: 1600–1699, or 600–501 B.C. in words."""
    century = read_century(value)
    if century is None:
        return value
    first, last = years_of_century(century)
    if century > 0:
        return f"{first}–{last}"
    return str(gettext("%(years)s B.C.", years=f"{-first}–{-last}"))


def year_name(year: int) -> str:
    """Name a year; one before Christ in words."""
    return str(year if year > 0 else gettext("%(years)s B.C.", years=-year))


def fact_words(name: str, value: str) -> str:
    """Say what an audit trail holds of a fact, by its name as of ``labels.fact_of``."""
    if name != SHOWS or not value:
        return value
    stated = ", ".join(map(subject_name, read_statement(value)))
    return stated or str(NOTHING_NAME)
