"""Columns that hold codes in controlled vocabularies, and what their cells say.

Names such as ``artist_ulan``, ``Artist ULAN URL`` and ``Medium AAT ID`` tell the field
and the vocabulary; the detail is named ``artist_ulan``, ``technique_aat``.
"""

from app.services.collection.vocabulary.codes import (
    COLUMNS,
    ULAN,
    CodeFormError,
    read_code,
)
from app.services.importing.columns.words import field_named, plain
from app.services.importing.messages import Remark

BESIDE = frozenset(("id", "ids", "url", "uri", "code", "number", "link", "getty"))
"""Words of such names that tell nothing else."""


def code_column(column: str) -> str:
    """Return the detail that a column of codes means by its name; "" if it is none.

    >>> code_column("Artist ULAN URL"), code_column("technique_aat")
    ('artist_ulan', 'technique_aat')
    >>> code_column("ULAN"), code_column("Object Wikidata URL")
    ('artist_ulan', '')
    """
    words = [word for word in plain(column).split() if word not in BESIDE]
    for name, (field, authority) in COLUMNS.items():
        if authority not in words:
            continue
        rest = " ".join(word for word in words if word != authority)
        # Of artists alone it goes without saying what a code is of.
        is_meant = rest == field or field_named(rest) == field
        if is_meant if rest else authority == ULAN:
            return name
    return ""


def settle_codes(details: dict[str, str]) -> list[Remark]:
    """Write the codes among a row's details as we do; say which cells hold none.

    These are kept as they are: several codes in one cell, say.
    """
    remarks = []
    for name in filter(details.__contains__, COLUMNS):  # always in this order
        try:
            details[name] = read_code(COLUMNS[name][1], details[name])
        except CodeFormError as error:
            facts = {"column": name, "value": str(error)}
            remarks.append(Remark("no_code", facts))
    return remarks
