import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.keys import LAST_KEY, plain_text, sort_key


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Dürer", "durer"),
        ("Musée  d’Orsay", "musee d'orsay"),
        ("Straße", "strasse"),
        ("Krøyer, Łódź", "kroyer, lodz"),
        ("Репин", "repin"),
        ("E\u0301cole", "ecole"),
        ("", ""),
    ],
)
def test_accents_capitals_and_scripts_do_not_matter(written, plain):
    assert plain_text(written) == plain


@given(st.text())
def test_plain_text_is_plain_already(text):
    plain = plain_text(text)
    assert plain.isascii()
    assert plain_text(plain) == plain


def test_names_are_sorted_as_people_expect():
    names = ["Zurbarán", "élève", "Dürer", "“Anonymous”", "", "Eakins", "van Dyck"]
    expected = ["“Anonymous”", "Dürer", "Eakins", "élève", "van Dyck", "Zurbarán", ""]
    assert sorted(names, key=sort_key) == expected


@given(st.text())
def test_what_has_no_letters_comes_last(text):
    assert sort_key(text) <= LAST_KEY
