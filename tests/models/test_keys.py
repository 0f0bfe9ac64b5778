import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.keys import (
    LAST_KEY,
    LONGEST_WORD,
    natural_key,
    number_key,
    plain_text,
    sort_key,
    words_of,
)


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Portrait of a Man", ["portrait", "of", "man"]),
        ("The Artist’s Élégie, No. 3", ["the", "artist", "elegie", "no", "3"]),
        ("A", ["a"]),
        ("L'Été, l'été", ["ete"]),
        ("…", []),
        ("x" * 99, ["x" * LONGEST_WORD]),
    ],
)
def test_words_are_what_a_text_is_found_by(text, words):
    assert words_of(text) == words


def test_numbers_are_their_letters_and_digits():
    assert [number_key(text) for text in ("1982.23/4", "IM 24", "–")] == [
        *("1982234", "im24", ""),
    ]


@given(st.lists(st.text("ab 01.²é", max_size=6)))
def test_names_of_any_kind_are_sorted_as_people_count(names):
    numbers = [f"Room {number}" for number in range(12)]
    found = sorted([*names, *reversed(numbers)], key=natural_key)
    assert [name for name in found if name in numbers] == numbers
