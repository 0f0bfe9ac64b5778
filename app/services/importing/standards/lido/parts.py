"""Parts of LIDO records that occur everywhere: texts, names and concepts.

Each may be in several languages and under several names, of which one is usual.
"""

from app.services.importing.standards.markup import (
    Element,
    chosen_texts,
    text_of,
    texts,
)
from app.services.importing.standards.texts import Spoken, chosen, plain_text

NAMESPACE = "http://www.lido-schema.org"
SKOS = "http://www.w3.org/2004/02/skos/core#"
NAMES = {"lido": NAMESPACE, "skos": SKOS}
TYPE, PREFERENCE, SORT_ORDER, FORMAT, ADDED = (
    f"{{{NAMESPACE}}}{name}"
    for name in ("type", "pref", "sortorder", "formatResource", "addedSearchTerm")
)
ALTERNATIVE = ("alternate", "alternative", "lido00170")
"""Preferences of names that are not the usual ones."""


class LidoParts:
    """Finder of what stands in a part of a record.

    Parameters
    ----------
    inside : Element
        The part.
    language : str
        Code of the language that is wanted.
    """

    def __init__(self, inside: Element, language: str) -> None:
        self.element = inside
        self.language = language

    def all(self, path: str) -> list[Element]:
        """Return the elements at a path."""
        return list(self.element.findall(path, NAMES))

    def parts(self, path: str) -> "list[LidoParts]":
        """Return the elements at a path, each as a part."""
        return [LidoParts(one, self.language) for one in self.all(path)]

    def texts(self, path: str) -> list[str]:
        """Return the texts at a path, in the language that is wanted."""
        return [plain_text(one) for one in chosen_texts(self.all(path), self.language)]

    def first(self, path: str) -> str:
        """Return the first of the texts at a path; "" if there is none."""
        return next(iter(self.texts(path)), "")

    def spoken(self, path: str) -> dict[str, list[str]]:
        """Return the texts at a path by their languages."""
        return texts(self.all(path))

    def concepts(self, path: str) -> list[Spoken]:
        """Return what concepts are called, each by its usual terms."""
        found = (
            _usual(part.all("lido:term") or part.all("skos:Concept/skos:prefLabel"))
            for part in self.parts(path)
        )
        return [texts(terms) for terms in found if terms]

    def identifiers(self, path: str) -> list[str]:
        """Return what is at a path as concepts or things are known by."""
        return [text_of(one) for one in self.all(path)]

    def terms(self, path: str) -> list[str]:
        """Return what concepts are called, each in one language and by one name."""
        return self._called(self.concepts(path))

    def names(self, path: str) -> list[Spoken]:
        """Return what things are called whose names are at a path, each usually."""
        found = (_usual(part.all("lido:appellationValue")) for part in self.parts(path))
        return [texts(values) for values in found if values]

    def named(self, path: str) -> list[str]:
        """Return what things are called, each in one language and by one name."""
        return self._called(self.names(path))

    def _called(self, things: list[Spoken]) -> list[str]:
        names = (name for one in things for name in chosen(one, self.language)[:1])
        return list(dict.fromkeys(names))


def kind_of(element: Element) -> str:
    """Return of which type an element says that it is."""
    return str(element.get(TYPE) or "")


def is_usual(name: Element) -> bool:
    """Tell whether a name is the usual one, as far as that is said."""
    preference = str(name.get(PREFERENCE) or "").rpartition("/")[2]
    return preference not in ALTERNATIVE and name.get(ADDED) != "yes"


def _usual(names: list[Element]) -> list[Element]:
    """Return the usual ones of some names, or all of them where none is."""
    said = [one for one in names if text_of(one)]
    return [one for one in said if is_usual(one)] or said
