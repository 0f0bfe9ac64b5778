from hypothesis import given
from hypothesis import strategies as st

from app.models.dates.years import century_of, years_of_century


def test_centuries_are_named_by_their_number():
    assert [century_of(year) for year in (1, 99, 100, 1600, 1699)] == [1, 1, 2, 17, 17]
    assert [century_of(year) for year in (-1, -100, -101, -550)] == [-1, -1, -2, -6]
    assert years_of_century(1) == (1, 99)
    assert years_of_century(-6) == (-600, -501)


@given(st.integers(-20_000, 2999).filter(bool))
def test_every_year_lies_in_its_century(year):
    first, last = years_of_century(century_of(year))
    assert first <= year <= last
