import pytest

from app.models.dates.edtf import edtf_years


# Expressions of ISO 8601-2:2019 and of the Library of Congress, with the bounds that
# the package edtf 5.0.2 gives (as astronomers count: its −549 is 550 B.C.).
@pytest.mark.parametrize(
    ("expression", "earliest", "latest"),
    [
        ("1985?", 1985, 1985),
        ("1985~", 1985, 1985),
        ("1985-04-12%", 1985, 1985),
        ("198X", 1980, 1989),
        ("19XX", 1900, 1999),
        ("2004-XX", 2004, 2004),
        ("1985-04-XX", 1985, 1985),
        ("1984/2004", 1984, 2004),
        ("1984-06-02?/2004-08-08~", 1984, 2004),
        ("1985/..", 1985, None),
        ("../1985", None, 1985),
        ("1985/", 1985, None),
        ("/1985", None, 1985),
        ("-0549", -550, -550),
        ("-0549/-0524", -550, -525),
        ("-0001/0001", -2, 1),
        ("-02XX", -300, -201),
        ("Y-17000", -17001, -17001),
    ],
)
def test_years_of_level_1(expression, earliest, latest):
    assert edtf_years(expression) == (earliest, latest)


@pytest.mark.parametrize(
    "words",
    ["1905-06", "1905", "", "1650/55", "../..", "Y170000002", "17X", "1985~/x", "?/?"],
)
def test_what_may_be_a_museums_own_words_is_left(words):
    assert edtf_years(words) is None
