"""Codes in controlled vocabularies: Getty AAT, TGN and ULAN, and Wikidata.

A term of the collection has codes, which all works that use it share. A work may state
one itself, in a detail such as ``artist_ulan``, as imports bring it: that counts for
it instead, since two artists may have one name. Nobody is asked whether a code exists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.models import Artwork

ULAN, AAT, TGN, WIKIDATA = "ulan", "aat", "tgn", "wikidata"


@dataclass(frozen=True, slots=True)
class Authority:
    """Controlled vocabulary.

    Attributes
    ----------
    title : str
        What people call it.
    example : str
        A code of it.
    form : re.Pattern
        Of its codes.
    address : str
        Before a code: together they name the concept for all the world.
    pages : tuple of str
        What else addresses of its concepts begin with, without the protocol.
    """

    title: str
    example: str
    form: re.Pattern[str]
    address: str
    pages: tuple[str, ...]

    def uri(self, code: str) -> str:
        """Return the name of a concept for all the world."""
        return f"{self.address}{code}"


def _getty(name: str, example: str, form: str) -> Authority:
    home = f"vocab.getty.edu/{name}/"
    shown = (home, f"vocab.getty.edu/page/{name}/")
    title = f"Getty {name.upper()}"
    return Authority(title, example, re.compile(form), f"http://{home}", shown)


AUTHORITIES: Mapping[str, Authority] = {
    ULAN: _getty(ULAN, "500115493", "500[0-9]{6}"),
    AAT: _getty(AAT, "300015050", "300[0-9]{6}"),
    TGN: _getty(TGN, "7007567", "[1-9][0-9]{6}"),
    WIKIDATA: Authority(
        "Wikidata",
        "Q5580",
        re.compile("Q[1-9][0-9]{0,11}"),
        "http://www.wikidata.org/entity/",
        tuple(
            f"{host}wikidata.org/{folder}/"
            for host in ("www.", "")
            for folder in ("entity", "wiki")
        ),
    ),
}
OF_FIELD: Mapping[str, tuple[str, str]] = {
    "artist": (ULAN, WIKIDATA),
    "technique": (AAT, WIKIDATA),
    "type": (AAT, WIKIDATA),
    "school": (AAT, WIKIDATA),
    "location": (TGN, WIKIDATA),
}
"""Vocabularies that a field's terms may have codes of."""
COLUMNS: Mapping[str, tuple[str, str]] = {
    f"{field}_{authority}": (field, authority)
    for field, authorities in OF_FIELD.items()
    for authority in authorities
}
"""Fields and vocabularies by the name of their detail, and of their column."""


class CodeFormError(ValueError):
    """Text that is no code of a vocabulary, by its form.

    Attributes
    ----------
    authority : str
    """

    def __init__(self, authority: str, text: str) -> None:
        self.authority = authority
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Code:
    """Code of what a work says in a field."""

    field: str
    text: str
    authority: str
    code: str

    @property
    def uri(self) -> str:
        """Return the concept's name for all the world."""
        return AUTHORITIES[self.authority].uri(self.code)

    @property
    def title(self) -> str:
        """Return what the vocabulary is called."""
        return AUTHORITIES[self.authority].title


def read_code(authority: str, text: str) -> str:
    """Return the code that a text is, or is the address of; "" of a blank one.

    >>> read_code("ulan", "http://vocab.getty.edu/page/ulan/500115493")
    '500115493'

    Raises
    ------
    CodeFormError
        If it is none.
    """
    said = text.strip()
    if not said:
        return ""
    known = AUTHORITIES[authority]
    bare = re.sub("^https?://", "", said, flags=re.IGNORECASE)
    for start in (*known.pages, f"{authority}:"):
        if bare.lower().startswith(start):
            bare = bare[len(start) :].rstrip("/")
            break
    bare = bare.upper()
    if not known.form.fullmatch(bare):
        raise CodeFormError(authority, said)
    return bare


def codes_of(work: Artwork) -> list[Code]:
    """Return the codes of what a work says, in the order of the label."""
    shared = {(one.field, one.authority): one.code for one in work.term_codes}
    found = []
    for column, (field, authority) in COLUMNS.items():
        code = own_code(work, column) or shared.get((field, authority), "")
        if code:
            found.append(Code(field, getattr(work, field), authority, code))
    return found


def codes_by_column(work: Artwork) -> dict[str, str]:
    """Return a work's codes by the names of the columns that tables have them in."""
    return {f"{one.field}_{one.authority}": one.code for one in codes_of(work)}


def uris_of(work: Artwork) -> dict[str, list[str]]:
    """Map a work's fields to the names of their concepts for all the world."""
    uris: dict[str, list[str]] = {}
    for code in codes_of(work):
        uris.setdefault(code.field, []).append(code.uri)
    return uris


def own_code(work: Artwork, column: str) -> str:
    """Return the code that a work states itself; "" without one that could be one."""
    said = (work.details or {}).get(column)
    try:
        return read_code(COLUMNS[column][1], str(said)) if said else ""
    except CodeFormError:
        return ""
