"""Which work a label names, and when nothing may be claimed."""

import numpy as np
import pytest

from app.services.labels.dictionary import CatalogueEntry, LabelDictionary
from app.services.labels.matching import works_named
from app.services.labels.reading import NamedWork, Sign
from app.services.labels.recognition import Line

CATALOGUE = (
    CatalogueEntry("WA-00937", "Mikado", "Raphael Kirchner", 1900),
    CatalogueEntry("WA-00938", "Mikado", "Raphael Kirchner", 1902),
    CatalogueEntry("AS-00008", "La Grande Odalisque", "Ingres, Jean-Auguste", 1814),
    CatalogueEntry("AS-00009", "Portrait", "Jean-Auguste Ingres", None),
    CatalogueEntry("AS-00010", "Portrait of a Lady", "Jean-Auguste Ingres", None),
    CatalogueEntry("19.1.8", "Untitled", "Ada Bright", None),
    CatalogueEntry("1918", "Armistice", "Ada Bright", None),
    CatalogueEntry("N-4", "The abundant earth of Chapingo", "", None),
)


@pytest.fixture(scope="module")
def dictionary():
    return LabelDictionary(CATALOGUE)


def label(*texts, score=0.99):
    corners = np.zeros((4, 2), np.float32)
    return [Line(text, score, corners) for text in texts]


def named(dictionary, *texts, score=0.99):
    """The work that is named for sure; None if there is none."""
    works = works_named(label(*texts, score=score), dictionary)
    return works[0].accession if works and works[0].is_sure else None


@pytest.mark.parametrize(
    ("texts", "accession"),
    [
        (("J.-A. Ingres", "La Grande Odalisque", "1814"), "AS-00008"),
        (("La Grande 0dalisque", "Jean-Auguste lngres"), "AS-00008"),
        (("Jean-Auguste Ingres", "La Grande", "Odalisque, 1814"), "AS-00008"),
        (("Raphael Kirchner", "Mikado", "Inv.WA-00938"), "WA-00938"),
        (("Raphael Kirchner", "Mikado", "1902"), "WA-00938"),
        (("Jean-Auguste Ingres", "Portrait of a Lady"), "AS-00010"),
        (("Jean-Auguste Ingres", "Portrait"), "AS-00009"),
        (("The abundant earth of Chapingo", "Fresco"), "N-4"),
        (("Ada Bright", "Armistice", "1918"), "1918"),
    ],
)
def test_a_label_names_its_work(dictionary, texts, accession):
    assert named(dictionary, *texts) == accession


@pytest.mark.parametrize(
    "texts",
    [
        ("Raphael Kirchner", "Mikado"),  # there are two
        ("Raphael Kirchner",),
        ("La Grande Odalisque", "Edgar Degas"),  # another's copy of it
        ("Portrait",),
        ("Oil on canvas", "Gift of the Friends of the Museum"),
        ("Ticket office", "1918"),
        ("Edgar Degas", "Glass of Absinthe", "1877", "AS-00008"),
        (),
    ],
)
def test_what_is_not_certain_is_not_claimed(dictionary, texts):
    assert named(dictionary, *texts) is None


def test_works_that_it_may_be_are_listed_with_what_was_read(dictionary):
    works = works_named(label("Raphael Kirchner", "Mikado"), dictionary)
    signs = (Sign.TITLE, Sign.ARTIST)
    assert works == [
        NamedWork("WA-00937", False, signs),
        NamedWork("WA-00938", False, signs),
    ]


def test_a_number_alone_must_be_read_clearly(dictionary):
    assert named(dictionary, "WA-00937") == "WA-00937"
    assert named(dictionary, "WA-00937", score=0.8) is None
    assert named(dictionary, "N-4") is None, "too short to stand for a work"


def test_a_year_is_no_accession_number(dictionary):
    works = works_named(label("Mikado", "Raphael Kirchner", "1918"), dictionary)
    assert [work.accession for work in works] == ["WA-00937", "WA-00938"]


def test_letters_like_digits_do_not_hide_a_number(dictionary):
    assert named(dictionary, "Raphael Kirchner", "WA-OO937") == "WA-00937"


def test_an_empty_catalogue_names_nothing():
    assert works_named(label("Mikado"), LabelDictionary([])) == []
