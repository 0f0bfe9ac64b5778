import pytest

from app.services.importing.tables.cells import is_exponent, unwrap, visible


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="000123"', "000123"),
        ('=""', ""),
        ('="say ""x"""', 'say "x"'),
        ("'000125", "000125"),
        ("''000125", "000125"),
        ("'1998.4/12-a", "1998.4/12-a"),
        ("'90s", "'90s"),
        ("'t Hooft", "'t Hooft"),
        ("'1 of 3' plates", "'1 of 3' plates"),
        ("=SUM(A1:A3)", "=SUM(A1:A3)"),
    ],
)
def test_cells_are_unwrapped(cell, meant):
    assert unwrap(cell) == meant


def test_what_nobody_sees_is_removed():
    assert visible("\ufeff\u200bIV\u200e-4\u00a0") == "IV-4"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("1.98E+11", True), ("2E+05", True), ("1,98E+11", True), ("E+11", False)],
)
def test_exponents_are_told(text, is_one):
    assert is_exponent(text) is is_one
